#include "core/value/operators.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace jim::detail {

namespace {

Diagnostic wrong(std::string message, std::string hint = {}) {
  return {
      .code = ErrorCode::invalid_config, .message = std::move(message), .hint = std::move(hint)};
}

Result<Value> finite(double number) {
  if (!std::isfinite(number)) return wrong("the result is too big for a number");
  return Value(number);
}

Result<Value> divided(std::string_view symbol, const Value& left, const Value& right) {
  if (right.as_number() == 0) return wrong("division by zero");
  if (left.is_integer() && right.is_integer()) {
    const std::int64_t a = left.as_integer();
    const std::int64_t b = right.as_integer();
    if (a == std::numeric_limits<std::int64_t>::min() && b == -1) {
      if (symbol == "%") return Value(0);
      return wrong("the result is too big for an integer");
    }
    if (symbol == "%") return Value(a % b);
    if (a % b == 0) return Value(a / b);
  }
  if (symbol == "%") return finite(std::fmod(left.as_number(), right.as_number()));
  return finite(left.as_number() / right.as_number());
}

Result<Value> calculated(std::string_view symbol, const Value& left, const Value& right) {
  if (symbol == "/" || symbol == "%") return divided(symbol, left, right);
  if (left.is_integer() && right.is_integer()) {
    std::int64_t result = 0;
    const std::int64_t a = left.as_integer();
    const std::int64_t b = right.as_integer();
    const bool overflow = symbol == "+"   ? __builtin_add_overflow(a, b, &result)
                          : symbol == "-" ? __builtin_sub_overflow(a, b, &result)
                                          : __builtin_mul_overflow(a, b, &result);
    if (overflow) return wrong("the result is too big for an integer");
    return Value(result);
  }
  const double a = left.as_number();
  const double b = right.as_number();
  return finite(symbol == "+" ? a + b : symbol == "-" ? a - b : a * b);
}

template <class T>
bool ordered(std::string_view symbol, const T& a, const T& b) {
  if (symbol == "<") return a < b;
  if (symbol == "<=") return a <= b;
  if (symbol == ">") return a > b;
  return a >= b;
}

}  // namespace

Result<Value> negated(const Value& value) {
  if (!value.is_number())
    return wrong(fmt::format("'-' needs a number, found {}", kind_name(value.kind())));
  return calculated("-", Value(0), value);
}

Result<Value> apply_operator(std::string_view symbol, const Value& left, const Value& right) {
  if (symbol == "==") return Value(left == right);
  if (symbol == "!=") return Value(!(left == right));
  const bool compares = symbol[0] == '<' || symbol[0] == '>';
  if (left.is_number() && right.is_number()) {
    if (!compares) return calculated(symbol, left, right);
    if (left.is_integer() && right.is_integer())
      return Value(ordered(symbol, left.as_integer(), right.as_integer()));
    return Value(ordered(symbol, left.as_number(), right.as_number()));
  }
  if (compares && left.is_string() && right.is_string())
    return Value(ordered(symbol, left.as_string(), right.as_string()));
  if (symbol == "+" && (left.is_string() || right.is_string()))
    return wrong("'+' adds numbers, not strings", "join texts by \"${a}${b}\"");
  if (symbol == "+" && left.is_list() && right.is_list())
    return wrong("'+' adds numbers, not lists", "join lists by concat(a, b)");
  return wrong(fmt::format("'{}' needs {}, found {} and {}", symbol,
                           compares ? "two numbers or two strings" : "two numbers",
                           kind_name(left.kind()), kind_name(right.kind())));
}

}  // namespace jim::detail
