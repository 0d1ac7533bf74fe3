#include <charconv>
#include <cmath>
#include <limits>

#include "core/value/arguments.h"
#include "core/value/operators.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

/// An integer when it is whole and fits.
Result<Value> from_double(double number) {
  if (!std::isfinite(number)) return function_error("the result is not a finite number");
  if (std::trunc(number) == number && number >= -0x1p63 && number < 0x1p63)
    return Value(static_cast<std::int64_t>(number));
  return Value(number);
}

Result<Value> absolute(const Values& values, const Scope&) {
  Arguments in(values);
  const double number = in.number(0);
  if (!in) return in.error();
  return number < 0 ? negated(values[0]) : values[0];
}

Result<Value> ceiling(const Values& values, const Scope&) {
  Arguments in(values);
  const double number = in.number(0);
  if (!in) return in.error();
  return values[0].is_integer() ? values[0] : from_double(std::ceil(number));
}

Result<Value> floor_of(const Values& values, const Scope&) {
  Arguments in(values);
  const double number = in.number(0);
  if (!in) return in.error();
  return values[0].is_integer() ? values[0] : from_double(std::floor(number));
}

Result<Value> extreme(const Values& values, std::string_view symbol) {
  Arguments in(values);
  Value best = values[0];
  for (std::size_t i = 0; i < in.size(); ++i) {
    in.number(i);
    if (!in) return in.error();
    const auto better = apply_operator(symbol, values[i], best);
    if (better && better->as_bool()) best = values[i];
  }
  return best;
}

Result<Value> largest(const Values& values, const Scope&) { return extreme(values, ">"); }
Result<Value> smallest(const Values& values, const Scope&) { return extreme(values, "<"); }

Result<Value> parse_integer(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::int64_t base = in.integer(1);
  if (!in) return in.error();
  if (base < 2 || base > 36) return function_error("the base must be 2 to 36");
  std::int64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto read = std::from_chars(text.data(), last, number, static_cast<int>(base));
  if (read.ec != std::errc() || read.ptr != last)
    return function_error("\"" + text + "\" is not an integer of base " + std::to_string(base));
  return Value(number);
}

Result<Value> power(const Values& values, const Scope&) {
  Arguments in(values);
  const double base = in.number(0);
  const double exponent = in.number(1);
  if (!in) return in.error();
  return from_double(std::pow(base, exponent));
}

Result<Value> logarithm(const Values& values, const Scope&) {
  Arguments in(values);
  const double number = in.number(0);
  const double base = in.number(1);
  if (!in) return in.error();
  return from_double(std::log(number) / std::log(base));
}

Result<Value> sign(const Values& values, const Scope&) {
  Arguments in(values);
  const double number = in.number(0);
  if (!in) return in.error();
  return Value(number > 0 ? 1 : number < 0 ? -1 : 0);
}

Result<Value> sum(const Values& values, const Scope&) {
  Arguments in(values);
  Value total = 0;
  for (const Value& item : in.list(0)) {
    if (!item.is_number()) return function_error("argument 1 must be a list of numbers");
    auto next = apply_operator("+", total, item);
    if (!next) return next.error();
    total = *next;
  }
  if (!in) return in.error();
  return total;
}

}  // namespace

void add_number_functions(Functions& all) {
  all.push_back(
      {"abs", "abs(number)", "The number without its sign.", "abs(-3.5)", "3.5", 1, 1, absolute});
  all.push_back({"ceil", "ceil(number)", "The nearest integer that is not less.", "ceil(2.1)", "3",
                 1, 1, ceiling});
  all.push_back({"floor", "floor(number)", "The nearest integer that is not greater.", "floor(2.9)",
                 "2", 1, 1, floor_of});
  all.push_back({"log", "log(number, base)", "The logarithm of the number to a base.", "log(16, 2)",
                 "4", 2, 2, logarithm});
  all.push_back({"max", "max(number, ...)", "The greatest of the numbers.", "max(1, 7, 3)", "7", 1,
                 -1, largest});
  all.push_back({"min", "min(number, ...)", "The least of the numbers.", "min(1, 7, 3)", "1", 1, -1,
                 smallest});
  all.push_back({"parseint", "parseint(text, base)",
                 "The integer that a text holds in a base from 2 to 36.", "parseint(\"ff\", 16)",
                 "255", 2, 2, parse_integer});
  all.push_back({"pow", "pow(base, exponent)", "The base raised to the exponent.", "pow(2, 10)",
                 "1024", 2, 2, power});
  all.push_back({"signum", "signum(number)",
                 "-1, 0 or 1, as the number is negative, zero or positive.", "signum(-8)", "-1", 1,
                 1, sign});
  all.push_back({"sum", "sum(list)", "The sum of the numbers in a list.", "sum([1, 2, 3.5])", "6.5",
                 1, 1, sum});
}

}  // namespace jim::detail
