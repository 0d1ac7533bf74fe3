#include "cli/render/value_text.h"

#include "cli/render/columns.h"
#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr const char* kSensitive = "(sensitive)";
constexpr const char* kUnknown = "(known after apply)";

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

std::string bare_text(const Value& value) {
  const Value shown = without_secrets(value);
  if (shown.is_string()) return escape_control(shown.as_string(), true);
  return to_json(shown);
}

}  // namespace jim
