#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/value/value.h"

namespace jim::detail {

/// `left symbol right` for arithmetic, comparison and equality of known values. Errors have no
/// place.
Result<Value> apply_operator(std::string_view symbol, const Value& left, const Value& right);
/// `-value`.
Result<Value> negated(const Value& value);

}  // namespace jim::detail
