#include "core/value/redact.h"

#include "core/base/digest.h"
#include "core/value/json.h"

namespace jim {

namespace {

Value stand_in(const Value& secret, std::string_view key) {
  if (key.empty() || secret.has_unknown()) return "(sensitive)";
  // 64 bits: enough to tell values apart, and less to attack.
  const std::string text = to_json(secret, {.reveal_secrets = true});
  ValueMap print;
  print.set("$secret", "hmac:" + hmac_sha256_hex(key, text).substr(0, 16));
  return print;
}

}  // namespace

Value redacted(const Value& value, std::string_view key) {
  if (value.is_secret()) return stand_in(value, key);
  if (!value.has_secret()) return value;
  if (value.is_list()) {
    ValueList items;
    items.reserve(value.as_list().size());
    for (const Value& item : value.as_list()) items.push_back(redacted(item, key));
    return items;
  }
  std::vector<ValueMap::Entry> entries;
  entries.reserve(value.as_map().size());
  for (const auto& [name, item] : value.as_map()) entries.emplace_back(name, redacted(item, key));
  return ValueMap::from_entries(std::move(entries));
}

void collect_secrets(const Value& value, std::vector<std::string>& out) {
  if (!value.has_secret()) return;
  if (value.is_list()) {
    for (const Value& item : value.as_list())
      collect_secrets(value.is_secret() ? item.as_secret() : item, out);
  } else if (value.is_map()) {
    for (const auto& [key, item] : value.as_map()) {
      collect_secrets(value.is_secret() ? item.as_secret() : item, out);
    }
  } else if (value.is_string() && value.as_string().size() >= 3) {
    out.push_back(value.as_string());
  }
}

}  // namespace jim
