#include "cli/render/value_text.h"

#include <algorithm>

#include "cli/render/columns.h"
#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr const char* kSensitive = "(sensitive)";
constexpr const char* kUnknown = "(known after apply)";

/// What is shown before the first difference of two long values, and at least after it.
constexpr std::size_t kAround = 20;

/// The bytes that both texts begin with, whole letters only.
std::size_t shared_bytes(const std::string& a, const std::string& b) {
  const auto differs = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  auto at = static_cast<std::size_t>(differs.first - a.begin());
  const auto inside = [&at](const std::string& text) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  while (at > 0 && (inside(a) || inside(b))) --at;
  return at;
}

/// Inside lists and maps too, what stands for a value is no text of its own.
std::string unquoted(std::string json) {
  for (const char* word : {kSensitive, kUnknown}) {
    const std::string quoted = '"' + std::string(word) + '"';
    for (auto at = json.find(quoted); at != std::string::npos; at = json.find(quoted, at))
      json.replace(at, quoted.size(), word);
  }
  return json;
}

}  // namespace

Value without_secrets(const Value& value) {
  if (value.is_secret() || is_fingerprint(value)) return kSensitive;
  if (value.is_unknown()) return kUnknown;
  if (value.is_list()) {
    ValueList items;
    for (const Value& item : value.as_list()) items.push_back(without_secrets(item));
    return items;
  }
  if (value.is_map()) {
    ValueMap entries;
    for (const auto& [name, item] : value.as_map()) entries.set(name, without_secrets(item));
    return entries;
  }
  return value;
}

std::string value_text(const Value& value, bool secret, std::size_t most) {
  if (value.is_null()) return "(not set)";
  if (value.is_unknown()) return kUnknown;
  if (secret || value.is_secret() || is_fingerprint(value)) return kSensitive;
  return cut_columns(unquoted(escape_control(to_json(without_secrets(value)))), most);
}

std::pair<std::string, std::string> changed_text(const Value& before, const Value& after,
                                                 bool secret, std::size_t most) {
  const std::string a = value_text(before, secret, std::string::npos);
  const std::string b = value_text(after, secret, std::string::npos);
  const bool fit = columns(a) <= most && columns(b) <= most;
  const std::size_t shared = shared_bytes(a, b);
  const std::size_t ahead = columns(std::string_view(a).substr(0, shared));
  if (fit || a == b || ahead + kAround <= most) return {cut_columns(a, most), cut_columns(b, most)};
  std::size_t from = shared;
  for (std::size_t back = 0; back < kAround && from > 0; ++back) {
    --from;
    while (from > 0 && (static_cast<unsigned char>(a[from]) & 0xc0) == 0x80) --from;
  }
  return {cut_columns("…" + a.substr(from), most), cut_columns("…" + b.substr(from), most)};
}

std::string bare_text(const Value& value) {
  const Value shown = without_secrets(value);
  if (shown.is_string()) return escape_control(shown.as_string(), true);
  return escape_json_control(to_json(shown));
}

}  // namespace jim
