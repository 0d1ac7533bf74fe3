#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/value/arguments.h"
#include "core/value/json.h"
#include "core/value/limits.h"
#include "core/value/text_escape.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

/// `%-08.3f`, taken apart.
struct Verb {
  bool left = false;
  bool zero = false;
  bool plus = false;
  bool space = false;
  std::size_t width = 0;
  int precision = -1;
  char letter = 0;
};

constexpr std::size_t kMaxWidth = 1000;

std::string padded(std::string text, const Verb& verb) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); i += character_size(std::string_view(text).substr(i)))
    ++columns;
  if (columns >= verb.width) return text;
  const std::size_t missing = verb.width - columns;
  if (verb.left) return text + std::string(missing, ' ');
  if (!verb.zero) return std::string(missing, ' ') + text;
  const std::size_t sign =
      !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == ' ') ? 1 : 0;
  return text.insert(sign, missing, '0');
}

std::string with_sign(std::string digits, const Verb& verb) {
  if (digits[0] == '-') return digits;
  if (verb.plus) return "+" + digits;
  return verb.space ? " " + digits : digits;
}

Result<std::string> formatted_integer(const Verb& verb, const Value& value) {
  if (!value.is_number() || std::trunc(value.as_number()) != value.as_number() ||
      std::fabs(value.as_number()) >= 0x1p63)
    return function_error(
        fmt::format("%{} needs an integer, found {}", verb.letter, kind_name(value.kind())));
  const std::int64_t number =
      value.is_integer() ? value.as_integer() : static_cast<std::int64_t>(value.as_number());
  const int base = verb.letter == 'b' ? 2 : verb.letter == 'o' ? 8 : verb.letter == 'd' ? 10 : 16;
  std::array<char, 80> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
  std::string text(digits.data(), end.ptr);
  if (verb.letter == 'X')
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return padded(with_sign(std::move(text), verb), verb);
}

Result<std::string> formatted_number(const Verb& verb, const Value& value) {
  if (!value.is_number())
    return function_error(
        fmt::format("%{} needs a number, found {}", verb.letter, kind_name(value.kind())));
  const char form[] = {'{', ':', '.', '{', '}', verb.letter, '}', 0};
  const char plain[] = {'{', ':', verb.letter, '}', 0};
  const double number = value.as_number();
  // Without a precision %g writes what reads back the same, as Go does.
  if (verb.precision < 0 && verb.letter == 'g')
    return padded(with_sign(fmt::format("{}", number), verb), verb);
  const std::string text = verb.precision < 0
                               ? fmt::format(fmt::runtime(plain), number)
                               : fmt::format(fmt::runtime(form), number, verb.precision);
  return padded(with_sign(text, verb), verb);
}

Result<std::string> formatted(const Verb& verb, const Value& value) {
  std::string text;
  switch (verb.letter) {
    case 'd':
    case 'x':
    case 'X':
    case 'o':
    case 'b':
      return formatted_integer(verb, value);
    case 'f':
    case 'e':
    case 'g':
      return formatted_number(verb, value);
    case 't':
      if (!value.is_bool())
        return function_error(
            fmt::format("%t needs true or false, found {}", kind_name(value.kind())));
      break;
    case 's':
      if (!plain_text(value, text))
        return function_error(fmt::format("%s needs a string, found {}", kind_name(value.kind())),
                              "%v writes any value");
      break;
    case 'q':
      if (!plain_text(value, text))
        return function_error(fmt::format("%q needs a string, found {}", kind_name(value.kind())));
      return padded(to_json(Value(text)), verb);
    case 'v':
      break;
    default:
      return function_error(fmt::format("unknown verb %{}", verb.letter),
                            "known are %s %d %f %v %q %t %x %X %o %b %e %g %%");
  }
  if (!plain_text(value, text)) text = to_json(value);
  if (verb.precision >= 0) {
    std::size_t end = 0;
    for (int i = 0; i < verb.precision && end < text.size(); ++i)
      end += character_size(std::string_view(text).substr(end));
    text.resize(end);
  }
  return padded(std::move(text), verb);
}

/// Reads the digits at `i`, at most kMaxWidth; false when there are more.
bool read_count(const std::string& form, std::size_t& i, std::size_t& out) {
  for (; i < form.size() && form[i] >= '0' && form[i] <= '9'; ++i) {
    out = out * 10 + static_cast<std::size_t>(form[i] - '0');
    if (out > kMaxWidth) return false;
  }
  return true;
}

/// Reads what follows a '%'. False when a count is too big or the letter is missing.
bool read_verb(const std::string& form, std::size_t& i, Verb& verb) {
  for (; i < form.size(); ++i) {
    if (form[i] == '-')
      verb.left = true;
    else if (form[i] == '0')
      verb.zero = true;
    else if (form[i] == '+')
      verb.plus = true;
    else if (form[i] == ' ')
      verb.space = true;
    else
      break;
  }
  if (!read_count(form, i, verb.width)) return false;
  if (i < form.size() && form[i] == '.') {
    ++i;
    std::size_t precision = 0;
    if (!read_count(form, i, precision)) return false;
    verb.precision = static_cast<int>(precision);
  }
  if (i == form.size()) return false;
  verb.letter = form[i++];
  return true;
}

Result<std::string> format_text(const std::string& form, const Values& values) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < form.size();) {
    if (form[i] != '%') {
      out += form[i++];
      continue;
    }
    Verb verb;
    if (!read_verb(form, ++i, verb))
      return function_error("a '%' in the format is not followed by a verb",
                            "write %% for the sign itself");
    if (verb.letter == '%') {
      out += '%';
      continue;
    }
    if (used == values.size())
      return function_error("the format has more verbs than there are arguments");
    const auto text = formatted(verb, values[used++]);
    if (!text) return text.error();
    out += *text;
    if (out.size() > kMaxText) return function_error("the text gets too long");
  }
  if (used < values.size())
    return function_error("there are more arguments than the format has verbs");
  return out;
}

Result<Value> format(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string form = in.text(0);
  if (!in) return in.error();
  auto text = format_text(form, {values.begin() + 1, values.end()});
  if (!text) return text.error();
  return Value(std::move(*text));
}

Result<Value> format_list(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string form = in.text(0);
  if (!in) return in.error();
  std::size_t count = 1;
  bool first = true;
  for (std::size_t i = 1; i < in.size(); ++i) {
    if (!values[i].is_list()) continue;
    const std::size_t size = values[i].as_list().size();
    if (!first && size != count) return function_error("the lists have different lengths");
    count = size;
    first = false;
  }
  ValueList out;
  std::size_t size = 0;
  for (std::size_t row = 0; row < count; ++row) {
    Values arguments;
    for (std::size_t i = 1; i < in.size(); ++i)
      arguments.push_back(values[i].is_list() ? values[i].as_list()[row] : values[i]);
    auto text = format_text(form, arguments);
    if (!text) return text.error();
    size += text->size();
    if (size > kMaxText) return function_error("the text gets too long");
    out.emplace_back(std::move(*text));
  }
  return Value(std::move(out));
}

}  // namespace

void add_format_functions(Functions& all) {
  all.push_back({"format", "format(form, value, ...)",
                 "A text from a form with verbs such as %s, %d, %05.2f, %q, %x, %v.",
                 R"(format("web-%02d.%s", 3, "nyc"))", R"("web-03.nyc")", 1, -1, format});
  all.push_back({"formatlist", "formatlist(form, value, ...)",
                 "As format, once for each element of the lists among the values.",
                 R"(formatlist("%s:%d", ["a", "b"], 80))", R"(["a:80","b:80"])", 1, -1,
                 format_list});
}

}  // namespace jim::detail
