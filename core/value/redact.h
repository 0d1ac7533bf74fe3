#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.h"

namespace jim {

/// The value as state and plan files may hold it: every secret inside is replaced by the text
/// "(sensitive)", or, when `key` is not empty, by `{"$secret": "hmac:<16 hexadecimal digits>"}`,
/// which tells changed from unchanged to whoever has the key and nothing to anybody else. Unknowns
/// stay. The result holds no secret.
Value redacted(const Value& value, std::string_view key = {});

/// Adds the texts of all secrets inside `value` to `out`, for `conceal`.
void collect_secrets(const Value& value, std::vector<std::string>& out);

}  // namespace jim
