#pragma once

#include <string>
#include <utility>

#include "core/value/value.h"

namespace jim {

/// A value on one line for people: JSON, with `(sensitive)` for what is secret, `(known after
/// apply)` for what is unknown and `(not set)` for null; control characters escaped, cut with `…`
/// after `most` columns.
std::string value_text(const Value& value, bool secret = false, std::size_t most = 80);

/// Both values as above. Where one is too long, both begin a little before the first difference, so
/// that what changes is in sight.
std::pair<std::string, std::string> changed_text(const Value& before, const Value& after,
                                                 bool secret = false, std::size_t most = 80);

/// A value as data on stdout: a string as it is, anything else as JSON. Secrets and unknowns as
/// above.
std::string bare_text(const Value& value);

/// The value with every secret and unknown inside replaced by the words above, for JSON output.
Value without_secrets(const Value& value);

}  // namespace jim
