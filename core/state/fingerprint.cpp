#include "core/state/fingerprint.h"

#include <vector>

#include "core/base/digest.h"
#include "core/value/redact.h"

namespace jim {

namespace {

constexpr std::string_view kField = "$secret";
constexpr std::string_view kScheme = "hmac:";

}  // namespace

bool is_fingerprint(const Value& value) {
  if (!value.is_map() || value.as_map().size() != 1) return false;
  const Value* text = value.get(kField);
  return text != nullptr && text->is_string() && text->as_string().starts_with(kScheme);
}

Value fingerprint_value(const Value& value, const std::string& key) {
  if (value.is_null() || value.is_unknown() || is_fingerprint(value)) return value;
  return redacted(value.as_secret(), key);
}

std::string fingerprint(const Value& value, const std::string& key) {
  return std::string(kScheme) + hmac_sha256_hex(key, to_json(value, {.reveal_secrets = true}));
}

bool same_secret(const Value& fingerprint, const Value& value, const std::string& key) {
  return !value.is_null() && !value.has_unknown() && fingerprint_value(value, key) == fingerprint;
}

ValueMap redact(const ValueMap& attributes, const std::string& key) {
  std::vector<ValueMap::Entry> entries;
  entries.reserve(attributes.size());
  for (const auto& [name, value] : attributes) {
    const bool null_secret = value.is_null() && value.is_secret();
    entries.emplace_back(name, null_secret ? Value() : redacted(value, key));
  }
  return ValueMap::from_entries(std::move(entries));
}

JsonStyle stored_style(const std::string& key) {
  return {.secret = [key](const Value& secret) { return redacted(secret.as_secret(), key); }};
}

}  // namespace jim
