#pragma once

#include <string>

#include "core/base/result.h"
#include "core/value/value.h"

namespace jim::detail {

/// What a plain scalar means by the core schema of YAML 1.2, which knows no `yes`, no octal `010`
/// and no numbers to base 60. Fails, without a place, for numbers that no value can hold.
Result<Value> plain_scalar(const std::string& text);

}  // namespace jim::detail
