#include <limits>

#include "core/value/arguments.h"
#include "core/value/limits.h"
#include "core/value/regex.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// The whole match, or a list of the groups where the pattern has some.
Value match_value(const RegexMatch& match, const std::string& text) {
  if (match.groups.empty()) return text.substr(match.start, match.end - match.start);
  ValueList groups;
  for (const auto& group : match.groups) groups.push_back(group ? Value(*group) : Value());
  return groups;
}

Result<Value> regex(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string pattern = in.text(0);
  const std::string text = in.text(1);
  if (!in) return in.error();
  const auto matches = find_matches(pattern, text, 1);
  if (!matches) return matches.error();
  if (matches->empty())
    return function_error("the pattern matches nothing in the text",
                          "regexall() gives an empty list then");
  return match_value(matches->front(), text);
}

Result<Value> regex_all(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string pattern = in.text(0);
  const std::string text = in.text(1);
  if (!in) return in.error();
  const auto matches = find_matches(pattern, text, kAll);
  if (!matches) return matches.error();
  ValueList out;
  for (const RegexMatch& match : *matches) out.push_back(match_value(match, text));
  return Value(std::move(out));
}

/// `$1` and `${1}` are groups, `$0` is the whole match, `$$` is the sign itself.
void append_replacement(const std::string& form, const std::string& text, const RegexMatch& match,
                        std::string& out) {
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool braces = form.compare(i, 2, "${") == 0;
    const std::size_t digit = i + (braces ? 2 : 1);
    const bool group = form[i] == '$' && digit < form.size() && form[digit] >= '0' &&
                       form[digit] <= '9' &&
                       (!braces || (digit + 1 < form.size() && form[digit + 1] == '}'));
    if (group) {
      const auto number = static_cast<std::size_t>(form[digit] - '0');
      if (number == 0) out.append(text, match.start, match.end - match.start);
      if (number > 0 && number <= match.groups.size() && match.groups[number - 1])
        out += *match.groups[number - 1];
      i = digit + (braces ? 1 : 0);
    } else {
      if (form.compare(i, 2, "$$") == 0) ++i;
      out += form[i];
    }
  }
}

Result<Value> replace_pattern(const std::string& text, const std::string& pattern,
                              const std::string& by) {
  const auto matches = find_matches(pattern, text, kAll);
  if (!matches) return matches.error();
  std::string out;
  std::size_t from = 0;
  for (const RegexMatch& match : *matches) {
    out.append(text, from, match.start - from);
    append_replacement(by, text, match, out);
    from = match.end;
    if (out.size() > kMaxText) return function_error("the text gets too long");
  }
  out.append(text, from, std::string::npos);
  return Value(std::move(out));
}

Result<Value> replace(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string part = in.text(1);
  const std::string by = in.text(2);
  if (!in) return in.error();
  if (part.size() > 1 && part.front() == '/' && part.back() == '/')
    return replace_pattern(text, part.substr(1, part.size() - 2), by);
  if (part.empty()) return function_error("the part to replace is empty");
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, from)) {
    out.append(text, from, at - from);
    out += by;
    from = at + part.size();
    if (out.size() > kMaxText) return function_error("the text gets too long");
  }
  out.append(text, from, std::string::npos);
  return Value(std::move(out));
}

}  // namespace

void add_regex_functions(Functions& all) {
  all.push_back({"regex", "regex(pattern, text)",
                 "The first match of a pattern, or the list of its groups where it has some.",
                 R"(regex("[0-9]+", "web-12"))", R"("12")", 2, 2, regex, false, true});
  all.push_back({"regexall", "regexall(pattern, text)", "All matches of a pattern, as a list.",
                 R"(regexall("[a-z]", "a1b"))", R"(["a","b"])", 2, 2, regex_all, false, true});
  all.push_back({"replace", "replace(text, part, by)",
                 "The text with every such part replaced; /.../ is a pattern, $1 its group.",
                 R"(replace("a.b", ".", "-"))", R"("a-b")", 3, 3, replace, false, true});
}

}  // namespace jim::detail
