#include "core/state/etcd_text.h"

#include <fmt/format.h>

#include <charconv>

#include "core/base/digest.h"

namespace jim {

namespace {

void append(std::string& list, const std::string& item) {
  if (!list.empty()) list += ',';
  list += item;
}

std::string get_text(std::string_view key) {
  return fmt::format(R"({{"requestRange":{{"key":"{}"}}}})", base64_encode(key));
}

bool read_text(const Value& map, std::string_view name, std::string& out) {
  const Value* found = map.get(name);
  if (found == nullptr) return true;  // an empty one is left out
  return found->is_string() && base64_decode(found->as_string(), out);
}

std::optional<EtcdKey> read_key(const Value& kv) {
  EtcdKey key;
  if (!read_text(kv, "key", key.key) || !read_text(kv, "value", key.value)) return std::nullopt;
  key.modified = etcd_number(kv, "mod_revision");
  key.version = etcd_number(kv, "version");
  key.lease = etcd_number(kv, "lease");
  if (key.key.empty() || key.modified <= 0 || key.version <= 0) return std::nullopt;
  return key;
}

std::int64_t revision_of(const Value& reply) {
  const Value* header = reply.get("header");
  return header == nullptr ? 0 : etcd_number(*header, "revision");
}

}  // namespace

std::int64_t etcd_number(const Value& map, std::string_view name, std::int64_t otherwise) {
  const Value* found = map.get(name);
  if (found == nullptr || !found->is_string()) return otherwise;
  const std::string& text = found->as_string();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

void EtcdTransaction::expect(std::string_view key, std::int64_t modified) {
  append(expected_,
         fmt::format(R"({{"key":"{}","target":"MOD","result":"EQUAL","mod_revision":"{}"}})",
                     base64_encode(key), modified));
}

void EtcdTransaction::put(std::string_view key, std::string_view value, std::int64_t lease) {
  append(then_, fmt::format(R"({{"requestPut":{{"key":"{}","value":"{}","lease":"{}"}}}})",
                            base64_encode(key), base64_encode(value), lease));
}

void EtcdTransaction::remove(std::string_view key) {
  append(then_, fmt::format(R"({{"requestDeleteRange":{{"key":"{}"}}}})", base64_encode(key)));
}

void EtcdTransaction::get(std::string_view key) { append(then_, get_text(key)); }

void EtcdTransaction::get_else(std::string_view key) { append(else_, get_text(key)); }

void EtcdTransaction::get_always(std::string_view key) {
  get(key);
  get_else(key);
}

std::string EtcdTransaction::text() const {
  return fmt::format(R"({{"compare":[{}],"success":[{}],"failure":[{}]}})", expected_, then_,
                     else_);
}

std::optional<EtcdOutcome> read_outcome(const Value& reply) {
  EtcdOutcome outcome = {.revision = revision_of(reply)};
  if (outcome.revision <= 0) return std::nullopt;
  const Value* succeeded = reply.get("succeeded");  // left out when false
  outcome.succeeded = succeeded != nullptr && succeeded->is_bool() && succeeded->as_bool();
  const Value* responses = reply.get("responses");
  if (responses == nullptr) return outcome;
  if (!responses->is_list()) return std::nullopt;
  for (const Value& one : responses->as_list()) {
    const Value* range = one.get("response_range");
    if (range == nullptr) continue;
    const Value* kvs = range->get("kvs");  // left out when there are none
    if (kvs == nullptr) {
      outcome.read.emplace_back();
      continue;
    }
    if (!kvs->is_list() || kvs->as_list().size() != 1) return std::nullopt;
    auto key = read_key(kvs->as_list().front());
    if (!key) return std::nullopt;
    outcome.read.push_back(std::move(*key));
  }
  return outcome;
}

std::string etcd_range(std::string_view from, std::string_view end, std::int64_t limit,
                       std::int64_t revision) {
  return fmt::format(R"({{"key":"{}","range_end":"{}","limit":"{}","revision":"{}"}})",
                     base64_encode(from), base64_encode(end), limit, revision);
}

std::optional<EtcdPage> read_page(const Value& reply) {
  EtcdPage page = {.revision = revision_of(reply)};
  if (page.revision <= 0) return std::nullopt;
  const Value* more = reply.get("more");
  page.more = more != nullptr && more->is_bool() && more->as_bool();
  const Value* kvs = reply.get("kvs");
  if (kvs == nullptr) return page.more ? std::nullopt : std::optional(std::move(page));
  if (!kvs->is_list()) return std::nullopt;
  page.keys.reserve(kvs->as_list().size());
  for (const Value& kv : kvs->as_list()) {
    auto key = read_key(kv);
    if (!key) return std::nullopt;
    page.keys.push_back(std::move(*key));
  }
  return page;
}

}  // namespace jim
