#include "core/value/regex.h"

#include <regex.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/value/arguments.h"
#include "core/value/limits.h"

namespace jim::detail {

namespace {

// glibc's matcher keeps some hundred bytes per byte of text, and copies what is repeated by number.
constexpr std::size_t kMaxPattern = 500;
constexpr int kMaxRepeats = 200;
constexpr std::size_t kMaxGroups = 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string class_text(char letter, bool inside) {
  switch (letter) {
    case 'd':
      return inside ? "0-9" : "[0-9]";
    case 'D':
      return inside ? "" : "[^0-9]";
    case 'w':
      return inside ? "[:alnum:]_" : "[[:alnum:]_]";
    case 'W':
      return inside ? "" : "[^[:alnum:]_]";
    case 's':
      return inside ? "[:space:]" : "[[:space:]]";
    case 'S':
      return inside ? "" : "[^[:space:]]";
    default:
      return {};
  }
}

/// Copies `[...]` that starts at `i`, escapes in it turned into POSIX, which knows none there.
Result<void> copy_set(std::string_view pattern, std::size_t& i, std::string& out) {
  out += pattern[i++];
  if (i < pattern.size() && pattern[i] == '^') out += pattern[i++];
  if (i < pattern.size() && pattern[i] == ']') out += pattern[i++];
  bool has_minus = false;  // which is only itself at the end
  bool closes = false;
  while (i < pattern.size() && !closes) {
    if (pattern[i] == ']') {
      closes = true;
    } else if (pattern.substr(i, 2) == "[:") {
      const std::size_t end = pattern.find(":]", i);
      if (end == std::string_view::npos) break;
      out += pattern.substr(i, end + 2 - i);
      i = end + 2;
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      const char letter = pattern[i + 1];
      const std::string known = class_text(letter, true);
      if (letter == '-')
        has_minus = true;
      else if (!known.empty())
        out += known;
      else if (letter == 'n' || letter == 't')
        out += letter == 'n' ? '\n' : '\t';
      else if (letter == '\\' || letter == '.' || letter == '/' || letter == '[' || letter == '$' ||
               letter == '+')
        out += letter;
      else
        return function_error(std::string("unknown escape \\") + letter +
                              " in a set of the pattern");
      i += 2;
    } else {
      out += pattern[i++];
    }
  }
  if (!closes) return function_error("a '[' in the pattern does not close");
  if (has_minus) out += '-';
  out += pattern[i++];
  return {};
}

/// Reads `{2,5}`; the counts multiply, since repeats nest.
bool count_repeat(std::string_view pattern, std::size_t i, int& repeats) {
  int count = 0;
  int largest = 1;
  for (++i; i < pattern.size() && pattern[i] != '}'; ++i) {
    if (is_digit(pattern[i])) {
      count = count * 10 + (pattern[i] - '0');
      if (count > kMaxRepeats) return false;
      largest = std::max(largest, count);
    } else {
      count = 0;
    }
  }
  repeats *= largest;
  return repeats <= kMaxRepeats;
}

Result<std::string> to_posix(std::string_view pattern) {
  if (pattern.size() > kMaxPattern) return function_error("the pattern is longer than 500 bytes");
  if (pattern.find('\0') != std::string_view::npos)
    return function_error("the pattern has a NUL byte");
  std::string out;
  int repeats = 1;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (c == '[') {
      if (auto copied = copy_set(pattern, i, out); !copied) return copied.error();
      continue;
    }
    if (c == '\\') {
      if (is_digit(next)) return function_error("back references are not supported in a pattern");
      const std::string known = class_text(next, false);
      if (!known.empty())
        out += known;
      else if (next == 'n' || next == 't' || next == 'r')
        out += next == 'n' ? '\n' : next == 't' ? '\t' : '\r';
      else if (next == '-' || next == '/')
        out += next;
      else
        out.append({c, next});
      if (next == '\0') return function_error("the pattern ends with '\\'");
      i += 2;
      continue;
    }
    if (c == '(' && next == '?') return function_error("'(?' is not supported in a pattern");
    if ((c == '*' || c == '+' || c == '?' || c == '}') &&
        (next == '?' || next == '*' || next == '+'))
      return function_error("lazy and repeated repetition are not supported in a pattern");
    if (c == '{' && !count_repeat(pattern, i, repeats))
      return function_error("the pattern repeats too often");
    out += c;
    ++i;
  }
  return out;
}

struct RegexFree {
  void operator()(regex_t* regex) const {
    regfree(regex);
    delete regex;
  }
};

}  // namespace

Result<std::vector<RegexMatch>> find_matches(std::string_view pattern, const std::string& text,
                                             std::size_t most) {
  if (text.size() > kMaxSearched) return function_error("the text is longer than 16 KiB");
  const auto posix = to_posix(pattern);
  if (!posix) return posix.error();
  auto compiled = std::make_unique<regex_t>();
  if (const int code = regcomp(compiled.get(), posix->c_str(), REG_EXTENDED); code != 0) {
    std::array<char, 200> why = {};
    regerror(code, compiled.get(), why.data(), why.size());
    return function_error(std::string("the pattern is wrong: ") + why.data());
  }
  const std::unique_ptr<regex_t, RegexFree> regex(compiled.release());
  if (regex->re_nsub > kMaxGroups) return function_error("the pattern has more than 20 groups");
  std::vector<RegexMatch> matches;
  std::size_t from = 0;
  while (from <= text.size() && matches.size() < most) {
    std::array<regmatch_t, kMaxGroups + 1> places = {};
    places[0].rm_so = static_cast<regoff_t>(from);
    places[0].rm_eo = static_cast<regoff_t>(text.size());
    // REG_STARTEND: the text may hold NUL bytes, and places count from its start.
    const int flags = REG_STARTEND | (from > 0 ? REG_NOTBOL : 0);
    if (regexec(regex.get(), text.c_str(), regex->re_nsub + 1, places.data(), flags) != 0) break;
    RegexMatch match = {static_cast<std::size_t>(places[0].rm_so),
                        static_cast<std::size_t>(places[0].rm_eo)};
    for (std::size_t group = 1; group <= regex->re_nsub; ++group) {
      const regmatch_t& place = places[group];
      match.groups.emplace_back();
      if (place.rm_so >= 0)
        match.groups.back() = text.substr(static_cast<std::size_t>(place.rm_so),
                                          static_cast<std::size_t>(place.rm_eo - place.rm_so));
    }
    from = match.end > match.start ? match.end : match.end + 1;
    matches.push_back(std::move(match));
  }
  return matches;
}

}  // namespace jim::detail
