#include "core/plan/diff.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"
#include "core/value/redact.h"

namespace jim {

namespace {

std::vector<std::string> sorted_texts(const ValueList& items, bool ignore_case) {
  std::vector<std::string> texts;
  texts.reserve(items.size());
  const JsonStyle style = {.reveal_secrets = true};
  for (const Value& item : items) {
    const std::string text = to_json(item, style);
    texts.push_back(ignore_case ? lower(text) : text);
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

/// Nothing set: a vendor answers null, "" or an empty list for the same thing.
bool is_blank(const Value& value) {
  return value.is_null() || (value.is_string() && value.as_string().empty()) ||
         (value.is_list() && value.as_list().empty()) || (value.is_map() && value.as_map().empty());
}

bool is_ignored(const std::vector<std::string>& ignore, const std::string& name) {
  return std::find(ignore.begin(), ignore.end(), name) != ignore.end();
}

const Value kNull = {};

/// Prior values hold fingerprints where the value is secret.
bool same_as_prior(const Attribute& attribute, const Value& value, const Value& prior,
                   const std::string& key) {
  if (is_fingerprint(prior)) return same_secret(prior, value, key);
  return same_attribute(attribute, value, prior);
}

}  // namespace

bool same_attribute(const Attribute& attribute, const Value& want, const Value& have) {
  if (is_blank(want) && is_blank(have)) return true;
  if (attribute.unordered && want.is_list() && have.is_list())
    return sorted_texts(want.as_list(), attribute.ignore_case) ==
           sorted_texts(have.as_list(), attribute.ignore_case);
  if (attribute.partial && want.is_map() && have.is_map()) {
    for (const auto& [name, value] : want.as_map()) {
      const Value* other = have.get(name);
      if (other == nullptr || !(value == *other)) return false;
    }
    return true;
  }
  return same_text(attribute, want, have);
}

std::vector<AttributeChange> diff(const ResourceType& type, const ValueMap& desired,
                                  const ValueMap& actual, const Record* prior,
                                  const std::vector<std::string>& ignore, const std::string& key) {
  std::vector<AttributeChange> changes;
  for (const auto& [name, want] : desired) {
    const Attribute* attribute = type.attribute(name);
    if (attribute == nullptr || (attribute->computed && !attribute->optional_computed)) continue;
    if (want.is_null() || is_ignored(ignore, name)) continue;
    const Value* before = attribute->readable ? actual.find(name) : nullptr;
    if (!attribute->readable) {
      const Value* applied = prior == nullptr ? nullptr : prior->attributes.find(name);
      if (prior == nullptr || (applied == nullptr && prior->half_made)) continue;
      if (applied != nullptr && applied->is_null()) continue;  // taken over, see takeover.h
      before = applied;
      if (!want.has_unknown() && before != nullptr && same_as_prior(*attribute, want, *before, key))
        continue;
    } else if (!want.has_unknown() &&
               same_as_prior(*attribute, want, before == nullptr ? kNull : *before, key)) {
      continue;
    }
    changes.push_back({.name = name,
                       .before = before == nullptr ? kNull : *before,
                       .after = want,
                       .risk = attribute->change,
                       .secret = attribute->secret || want.has_secret()});
  }
  return changes;
}

std::vector<AttributeChange> drift(const ResourceType& type, const Record& prior,
                                   const ValueMap& actual, const ValueMap& set,
                                   const std::vector<std::string>& ignore, const std::string& key) {
  std::vector<AttributeChange> changes;
  for (const auto& [name, was] : prior.attributes) {
    const Attribute* attribute = type.attribute(name);
    if (attribute == nullptr || !attribute->readable || is_ignored(ignore, name)) continue;
    // No file can set it; and what a file no longer names is held against its record, which has it.
    if (attribute->computed && !attribute->optional_computed) continue;
    if (attribute->optional_computed && !set.contains(name)) continue;
    const Value* now = actual.find(name);
    const Value* asked = set.find(name);
    Value is = veil(now == nullptr ? kNull : *now, was);
    const Value stored = redacted(is, key);  // as the record would have it
    if (asked != nullptr) is = veil(is, *asked);
    if (is_fingerprint(was) ? same_secret(was, is, key) : same_attribute(*attribute, was, stored))
      continue;
    changes.push_back({.name = name,
                       .before = was,
                       .after = is,
                       .risk = attribute->change,
                       .secret = attribute->secret || is_fingerprint(was)});
  }
  return changes;
}

Risk worst(const std::vector<AttributeChange>& changes) {
  Risk risk = Risk::none;
  for (const AttributeChange& change : changes) risk = std::max(risk, change.risk);
  return risk;
}

}  // namespace jim
