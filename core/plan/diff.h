#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/plan/change.h"
#include "core/resource/resource_type.h"
#include "core/state/record.h"
#include "core/value/value.h"

namespace jim {

/// Whether `have` is what `want` asks for, by the attribute's own rules (order, case, keys left to
/// others).
bool same_attribute(const Attribute& attribute, const Value& want, const Value& have);

/// What differs between what the file sets and what exists. Only attributes in `desired` are
/// compared, less those in `ignore`: what the vendor sets by itself is never noise. An attribute
/// that cannot be read back is compared with what was last applied (`prior`, where a secret is a
/// fingerprint under `key`); without a prior, and with a null one, it counts as equal.
std::vector<AttributeChange> diff(const ResourceType& type, const ValueMap& desired,
                                  const ValueMap& actual, const Record* prior,
                                  const std::vector<std::string>& ignore, const std::string& key);

/// What moved without jim: prior against actual, for attributes that can be read. What the vendor
/// may set by itself counts only where the file (`set`) sets it too.
std::vector<AttributeChange> drift(const ResourceType& type, const Record& prior,
                                   const ValueMap& actual, const ValueMap& set,
                                   const std::vector<std::string>& ignore, const std::string& key);

/// The worst risk among `changes`.
Risk worst(const std::vector<AttributeChange>& changes);

}  // namespace jim
