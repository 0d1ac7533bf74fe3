#include "core/config/yaml_scalar.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace jim::detail {

namespace {

constexpr std::string_view kDigits = "0123456789";

bool is_one_of(std::string_view text, std::string_view a, std::string_view b, std::string_view c) {
  return text == a || text == b || text == c;
}

bool all_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

std::string_view take_digits(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_not_of(kDigits), text.size());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

/// `12`, `1.5`, `.5`, `1.`, `1e9`: a number with digits, and nothing but it.
bool is_decimal(std::string_view text) {
  bool some = !take_digits(text).empty();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    some = !take_digits(text).empty() || some;
  }
  if (!some) return false;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !take_digits(text).empty() && text.empty();
}

template <class Number, class Format>
std::optional<Number> read(std::string_view text, Format format) {
  Number number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, format);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

Diagnostic too_big(const std::string& text) {
  return {.code = ErrorCode::invalid_config,
          .message = "the number " + text + " is out of range",
          .hint = "put it in quotes if it is meant as text"};
}

Result<Value> whole(std::string_view digits, int base, const std::string& text) {
  const auto number = read<std::int64_t>(digits, base);
  return number ? Result<Value>(*number) : too_big(text);
}

}  // namespace

Result<Value> plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || is_one_of(text, "null", "Null", "NULL")) return Value();
  if (is_one_of(text, "true", "True", "TRUE")) return Value(true);
  if (is_one_of(text, "false", "False", "FALSE")) return Value(false);
  std::string_view digits = text;
  if (digits.starts_with("0x") && all_of(digits.substr(2), "0123456789abcdefABCDEF"))
    return whole(digits.substr(2), 16, text);
  if (digits.starts_with("0o") && all_of(digits.substr(2), "01234567"))
    return whole(digits.substr(2), 8, text);
  if (digits.starts_with('+')) digits.remove_prefix(1);  // from_chars knows only the minus
  const std::string_view unsigned_part = text[0] == '-' ? digits.substr(1) : digits;
  if (all_of(unsigned_part, kDigits)) return whole(digits, 10, text);
  if (is_decimal(unsigned_part)) {
    const auto number = read<double>(digits, std::chars_format::general);
    return number ? Result<Value>(*number) : too_big(text);
  }
  if (is_one_of(unsigned_part, ".inf", ".Inf", ".INF") || is_one_of(text, ".nan", ".NaN", ".NAN"))
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = text + " is a number that no vendor takes",
                      .hint = "put it in quotes if it is meant as text"};
  return Value(text);
}

}  // namespace jim::detail
