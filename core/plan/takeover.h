#pragma once

#include <string>

#include "core/resource/resource_type.h"
#include "core/state/record.h"
#include "core/value/value.h"

namespace jim {

/// The prior of an object that jim did not make, or no longer remembers: what it shows. An
/// attribute that the vendor never shows is taken to be as the file says (`desired`; null: the file
/// has no such resource). What nobody knows yet stands there as null, which `diff` takes for equal.
ValueMap prior_as_found(const ResourceType& type, const ValueMap& actual, const ValueMap* desired);

/// Whether an object is what the file asks for, as far as both are known: the whole identity, and
/// all that the file sets and the vendor shows. For what carries no mark.
bool looks_like(const ResourceType& type, const ValueMap& desired, const ValueMap& actual);

/// What the nulls of `prior` turn out to be now that the file's values are known: null where the
/// file is silent. Leaves out what is still not known.
ValueMap presumed(const ResourceType& type, const ValueMap& prior, const ValueMap& desired);

/// What state knows, as expressions may see it: a secret, of which it has but the fingerprint, is
/// unknown.
Value in_clear(const Value& prior);
ValueMap in_clear(const ValueMap& prior);

/// Writes what was presumed into the record, secrets as fingerprints under `key`.
void settle(Record& record, const ValueMap& presumed, const std::string& key);

}  // namespace jim
