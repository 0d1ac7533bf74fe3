#pragma once

#include <string>

#include "core/value/json.h"
#include "core/value/value.h"

namespace jim {

/// What stands for a secret in state and plan files: `{"$secret": "hmac:..."}`, an HMAC of the
/// value's canonical JSON under the state's key. It tells changed from same to whoever has the key,
/// and nothing to anybody else. Null, the unknown and what is a fingerprint already stay as they
/// are.
Value fingerprint_value(const Value& value, const std::string& key);
/// The same as text, for a whole request: changes whenever any value in it does.
std::string fingerprint(const Value& value, const std::string& key);
bool is_fingerprint(const Value& value);
/// Whether `fingerprint` stands for `value`; also true when both are the same fingerprint.
bool same_secret(const Value& fingerprint, const Value& value, const std::string& key);
/// `attributes` with a fingerprint for every secret inside, at any depth.
ValueMap redact(const ValueMap& attributes, const std::string& key);
/// `value`, read back from where secrets are shown, with what is a secret or a fingerprint in
/// `like` marked secret: at the same place, and in lists and other shapes wherever in doubt.
Value veil(const Value& value, const Value& like);
/// The same for each attribute that both have.
ValueMap veil(const ValueMap& attributes, const ValueMap& like);
/// How stores write JSON: a secret that nobody redacted becomes a fingerprint, so that none is ever
/// written.
JsonStyle stored_style(const std::string& key);

}  // namespace jim
