#include "core/state/http_document.h"

#include <fmt/format.h>

#include "core/base/digest.h"
#include "core/state/damage.h"
#include "core/state/fields.h"
#include "core/state/unix_time.h"
#include "core/value/json.h"

namespace jim {

namespace {

using WallTime = std::chrono::system_clock::time_point;

constexpr std::int64_t kFormat = 1;
/// What Terraform tells when it is pointed at this document: that it is "not a valid version".
constexpr const char* kVersion = "none: this is the state of jim";

Value lock_value(const HttpLock& lock) {
  FieldWriter out;
  out.text("id", lock.id);
  out.text("who", lock.who);
  out.text("command", lock.command);
  out.value("since", to_unix(lock.since));
  out.value("renewed", to_unix(lock.renewed));
  out.value("term", lock.term.count());
  out.text("machine", lock.process.machine);
  out.value("pid", lock.process.pid);
  out.text("started", lock.process.started);
  return out.take();
}

std::optional<HttpLock> lock_from(const Value& value) {
  HttpLock lock;
  std::int64_t since = 0;
  std::int64_t renewed = 0;
  std::int64_t term = 0;
  FieldReader in(value);
  in.text("id", lock.id);
  in.text("who", lock.who);
  in.text("command", lock.command);
  in.number("since", since);
  in.number("renewed", renewed);
  in.number("term", term);
  in.text("machine", lock.process.machine);
  in.number("pid", lock.process.pid);
  in.text("started", lock.process.started);
  if (!in.finish().empty() || lock.id.empty() || term <= 0) return std::nullopt;
  lock.since = from_unix(since);
  lock.renewed = from_unix(renewed);
  lock.term = Duration(term);
  return lock;
}

Diagnostic not_ours(const std::string& place, const Value& document) {
  const bool terraform =
      document.get("terraform_version") != nullptr || document.get("resources") != nullptr;
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("what is kept at {} is {}, not of jim", place,
                                 terraform ? "a state of terraform" : "something else"),
          .hint = "nothing was written; name another address for the state of jim"};
}

}  // namespace

std::string write_document(const HttpDocument& document) {
  // Nothing below may be called "serial" too: GitLab looks for that word as it reads.
  std::string text = fmt::format(
      R"({{"version":4,"terraform_version":{},"serial":{},"lineage":{},"outputs":{{}},"resources":[],"jim":{{"format":{},"write":{},"token":{},"lock":{},"entries":[)",
      to_json(Value(kVersion)), document.serial, to_json(Value(document.lineage)), kFormat,
      to_json(Value(document.write)), document.token,
      document.lock ? to_json(lock_value(*document.lock)) : "null");
  bool first = true;
  for (const auto& [key, entry] : document.entries) {
    text += fmt::format("{}[{},{},{}]", first ? "\n" : ",\n", to_json(Value(key)), entry.serial,
                        to_json(Value(entry.body)));
    first = false;
  }
  return text + "]}}\n";
}

Result<HttpDocument> read_document(std::string_view text, const std::string& place) {
  const auto value = parse_json(text);
  if (!value)
    return Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = fmt::format("what is kept at {} is no state: {}", place, value.error().message),
        .hint = "check the address; nothing was written"};
  const Value* ours = value->get("jim");
  if (ours == nullptr) return not_ours(place, *value);
  const Value* serial = value->get("serial");
  const Value* lineage = value->get("lineage");
  const Value* format = ours->get("format");
  if (format != nullptr && format->is_integer() && format->as_integer() > kFormat)
    return Diagnostic{
        .code = ErrorCode::io,
        .message = fmt::format("the state {} was written by a newer version of jim", place),
        .hint = "use that version or a newer one"};
  const Value* write = ours->get("write");
  const Value* token = ours->get("token");
  const Value* lock = ours->get("lock");
  const Value* entries = ours->get("entries");
  const bool shaped = format != nullptr && format->is_integer() && serial != nullptr &&
                      serial->is_integer() && lineage != nullptr && lineage->is_string() &&
                      write != nullptr && write->is_string() && token != nullptr &&
                      token->is_integer() && lock != nullptr && entries != nullptr &&
                      entries->is_list();
  if (!shaped) return damaged_state(place, "its document is malformed");
  HttpDocument document = {.serial = serial->as_integer(),
                           .lineage = lineage->as_string(),
                           .write = write->as_string(),
                           .token = token->as_integer()};
  if (!lock->is_null()) {
    document.lock = lock_from(*lock);
    if (!document.lock) return damaged_state(place, "its lock is malformed");
  }
  for (const Value& one : entries->as_list()) {
    const bool entry = one.is_list() && one.as_list().size() == 3 && one.as_list()[0].is_string() &&
                       one.as_list()[1].is_integer() && one.as_list()[2].is_string();
    if (!entry) return damaged_state(place, "an entry of its document is malformed");
    const std::string& key = one.as_list()[0].as_string();
    document.entries[key] = {
        .key = key, .serial = one.as_list()[1].as_integer(), .body = one.as_list()[2].as_string()};
  }
  return document;
}

std::string new_uuid() {
  std::string text = random_hex(16);
  text[12] = '4';  // random, and of the usual variant
  text[16] = '8';
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, "-");
  return text;
}

}  // namespace jim
