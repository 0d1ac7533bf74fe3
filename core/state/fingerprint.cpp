#include "core/state/fingerprint.h"

#include <algorithm>
#include <vector>

#include "core/base/digest.h"
#include "core/value/redact.h"

namespace jim {

namespace {

constexpr std::string_view kField = "$secret";
constexpr std::string_view kScheme = "hmac:";

bool is_veiled(const Value& value) { return value.is_secret() || is_fingerprint(value); }

bool has_veiled(const Value& value) {
  if (is_veiled(value)) return true;
  if (value.is_list())
    return std::any_of(value.as_list().begin(), value.as_list().end(), has_veiled);
  if (!value.is_map()) return false;
  return std::any_of(value.as_map().begin(), value.as_map().end(),
                     [](const ValueMap::Entry& entry) { return has_veiled(entry.second); });
}

/// Items of a list may have moved: only what is known to be open stays so.
Value veil_item(const Value& item, std::size_t at, const ValueList& like) {
  for (const Value& one : like)
    if (!has_veiled(one) && one == item) return item;
  const bool alike = at < like.size() && !is_veiled(like[at]) && like[at].kind() == item.kind();
  return alike && (item.is_list() || item.is_map()) ? veil(item, like[at]) : item.as_secret();
}

}  // namespace

Value veil(const Value& value, const Value& like) {
  if (value.is_null() || !has_veiled(like)) return value;
  if (is_veiled(like) || value.kind() != like.kind()) return value.as_secret();
  if (value.is_map()) return veil(value.as_map(), like.as_map());
  ValueList items;
  for (std::size_t i = 0; i < value.as_list().size(); ++i)
    items.push_back(veil_item(value.as_list()[i], i, like.as_list()));
  return items;
}

ValueMap veil(const ValueMap& attributes, const ValueMap& like) {
  std::vector<ValueMap::Entry> entries;
  entries.reserve(attributes.size());
  for (const auto& [name, value] : attributes) {
    const Value* other = like.find(name);
    entries.emplace_back(name, other == nullptr ? value : veil(value, *other));
  }
  return ValueMap::from_entries(std::move(entries));
}

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
