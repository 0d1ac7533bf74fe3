#include "core/plan/takeover.h"

#include <algorithm>

#include "core/plan/diff.h"
#include "core/state/fingerprint.h"
#include "core/value/redact.h"

namespace jim {

namespace {

/// Whether the value is known in clear. From state alone a secret is known by its fingerprint only.
bool is_known(const Value& value) {
  if (value.has_unknown() || is_fingerprint(value)) return false;
  if (value.is_list()) return std::all_of(value.as_list().begin(), value.as_list().end(), is_known);
  if (!value.is_map()) return true;
  return std::all_of(value.as_map().begin(), value.as_map().end(),
                     [](const ValueMap::Entry& entry) { return is_known(entry.second); });
}

Value marked(const Attribute& attribute, const Value& value) {
  return attribute.secret ? value.as_secret() : value;
}

}  // namespace

ValueMap prior_as_found(const ResourceType& type, const ValueMap& actual, const ValueMap* desired) {
  ValueMap found;
  for (const Attribute& attribute : type.attributes) {
    if (attribute.readable) {
      const Value* value = actual.find(attribute.name);
      if (value != nullptr && !value->is_null())
        found.set(attribute.name, marked(attribute, *value));
      continue;
    }
    const Value* value = desired == nullptr ? nullptr : desired->find(attribute.name);
    if (desired == nullptr || (value != nullptr && !is_known(*value))) {
      found.set(attribute.name, Value());
    } else if (value != nullptr && !value->is_null()) {
      found.set(attribute.name, marked(attribute, *value));
    }
  }
  return found;
}

bool looks_like(const ResourceType& type, const ValueMap& desired, const ValueMap& actual) {
  if (type.identity.empty()) return false;
  for (const std::string& name : type.identity) {
    const Value* want = desired.find(name);
    if (want == nullptr || want->is_null() || !is_known(*want)) return false;
    if (const Value* have = actual.find(name); have == nullptr || have->is_null()) return false;
  }
  return std::all_of(desired.begin(), desired.end(), [&](const ValueMap::Entry& entry) {
    const Attribute* attribute = type.attribute(entry.first);
    if (attribute == nullptr || !attribute->readable || !is_known(entry.second)) return true;
    const Value* have = actual.find(entry.first);
    return entry.second.is_null() || have == nullptr ||
           same_attribute(*attribute, entry.second, *have);
  });
}

ValueMap presumed(const ResourceType& type, const ValueMap& prior, const ValueMap& desired) {
  ValueMap values;
  for (const auto& [name, was] : prior) {
    const Attribute* attribute = type.attribute(name);
    if (attribute == nullptr || attribute->readable || !was.is_null()) continue;
    const Value* value = desired.find(name);
    if (value == nullptr || value->is_null()) {
      values.set(name, Value());
    } else if (is_known(*value)) {
      values.set(name, marked(*attribute, *value));
    }
  }
  return values;
}

Value in_clear(const Value& prior) {
  if (is_fingerprint(prior)) return Value::unknown();
  if (prior.is_map()) return in_clear(prior.as_map());
  if (!prior.is_list()) return prior;
  ValueList items;
  items.reserve(prior.as_list().size());
  for (const Value& item : prior.as_list()) items.push_back(in_clear(item));
  return items;
}

ValueMap in_clear(const ValueMap& prior) {
  std::vector<ValueMap::Entry> entries;
  entries.reserve(prior.size());
  for (const auto& [name, value] : prior) entries.emplace_back(name, in_clear(value));
  return ValueMap::from_entries(std::move(entries));
}

void settle(Record& record, const ValueMap& presumed, const std::string& key) {
  for (const auto& [name, value] : presumed) {
    if (value.is_null()) {
      record.attributes.erase(name);
    } else {
      record.attributes.set(name, redacted(value, key));
    }
  }
}

}  // namespace jim
