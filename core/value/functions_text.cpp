#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/value/arguments.h"
#include "core/value/limits.h"
#include "core/value/text_escape.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

constexpr std::string_view kSpace = " \t\r\n\v\f";

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    all.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return all;
}

std::string trimmed(std::string_view text, std::string_view set, bool left, bool right) {
  while (left && !text.empty() && set.find(text.front()) != std::string_view::npos)
    text.remove_prefix(1);
  while (right && !text.empty() && set.find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return std::string(text);
}

Result<Value> chomp(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  return Value(trimmed(text, "\r\n", false, true));
}

Result<Value> ends_with(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string suffix = in.text(1);
  if (!in) return in.error();
  return Value(text.ends_with(suffix));
}

Result<Value> starts_with(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string prefix = in.text(1);
  if (!in) return in.error();
  return Value(text.starts_with(prefix));
}

Result<Value> contains_text(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string part = in.text(1);
  if (!in) return in.error();
  return Value(text.find(part) != std::string::npos);
}

Result<Value> indent(const Values& values, const Scope&) {
  Arguments in(values);
  const std::int64_t spaces = in.integer(0);
  const std::string text = in.text(1);
  if (!in) return in.error();
  if (spaces < 0 || spaces > 1000) return function_error("the spaces must be 0 to 1000");
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  if (lines * static_cast<std::size_t>(spaces) > kMaxText)
    return function_error("the text gets too long");
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out.append(static_cast<std::size_t>(spaces), ' ');
  }
  return Value(std::move(out));
}

Result<Value> join_texts(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string separator = in.text(0);
  std::vector<std::string> parts;
  std::size_t size = 0;
  for (std::size_t i = 1; i < in.size(); ++i) {
    for (std::string& part : in.texts(i)) {
      size += part.size() + separator.size();
      if (size > kMaxText) return function_error("the text gets too long");
      parts.push_back(std::move(part));
    }
  }
  if (!in) return in.error();
  return Value(join(parts, separator));
}

Result<Value> lower_case(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  return Value(lower(text));
}

Result<Value> upper_case(const Values& values, const Scope&) {
  Arguments in(values);
  std::string text = in.text(0);
  if (!in) return in.error();
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return Value(std::move(text));
}

Result<Value> title_case(const Values& values, const Scope&) {
  Arguments in(values);
  std::string text = in.text(0);
  if (!in) return in.error();
  bool starts = true;
  for (char& c : text) {
    if (starts && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    starts = kSpace.find(c) != std::string_view::npos;
  }
  return Value(std::move(text));
}

Result<Value> split_text(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string separator = in.text(0);
  const std::string text = in.text(1);
  if (!in) return in.error();
  ValueList parts;
  if (separator.empty()) {
    for (const std::string_view character : characters(text)) parts.emplace_back(character);
    return Value(std::move(parts));
  }
  std::size_t start = 0;
  while (true) {
    const std::size_t end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end == std::string::npos ? end : end - start));
    if (end == std::string::npos) return Value(std::move(parts));
    start = end + separator.size();
  }
}

Result<Value> reversed_text(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  std::string out;
  std::vector<std::string_view> all = characters(text);
  std::for_each(all.rbegin(), all.rend(), [&out](std::string_view c) { out += c; });
  return Value(std::move(out));
}

Result<Value> part_of_text(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  std::int64_t start = in.integer(1);
  const std::int64_t length = in.integer(2);
  if (!in) return in.error();
  const std::vector<std::string_view> all = characters(text);
  const auto count = static_cast<std::int64_t>(all.size());
  if (start < 0) start = std::max<std::int64_t>(0, count + std::max(start, -count));
  start = std::min(start, count);
  const std::int64_t end = length < 0 ? count : start + std::min(length, count - start);
  std::string out;
  for (std::int64_t i = start; i < end; ++i) out += all[static_cast<std::size_t>(i)];
  return Value(std::move(out));
}

Result<Value> trim_set(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string set = in.text(1);
  if (!in) return in.error();
  return Value(trimmed(text, set, true, true));
}

Result<Value> trim_prefix(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string prefix = in.text(1);
  if (!in) return in.error();
  return Value(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

Result<Value> trim_suffix(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string suffix = in.text(1);
  if (!in) return in.error();
  return Value(text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text);
}

Result<Value> trim_space(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  if (!in) return in.error();
  return Value(trimmed(text, kSpace, true, true));
}

}  // namespace

void add_text_functions(Functions& all) {
  all.push_back({"chomp", "chomp(text)", "The text without line ends at its end.",
                 R"(chomp("hi\n"))", R"("hi")", 1, 1, chomp});
  all.push_back({"endswith", "endswith(text, suffix)", "Whether the text ends so.",
                 R"(endswith("gpu-8x", "8x"))", "true", 2, 2, ends_with});
  all.push_back({"indent", "indent(spaces, text)",
                 "The text with spaces before every line but the first.", R"(indent(2, "a\nb"))",
                 R"("a\n  b")", 2, 2, indent});
  all.push_back({"join", "join(separator, list, ...)",
                 "The texts of lists as one, with a separator between them.",
                 R"(join("-", ["a", "b"]))", R"("a-b")", 2, -1, join_texts});
  all.push_back({"lower", "lower(text)", "The text in small ASCII letters.", R"(lower("NYC"))",
                 R"("nyc")", 1, 1, lower_case});
  all.push_back({"split", "split(separator, text)",
                 "The parts of a text between the separators, as a list.", R"(split(",", "a,b"))",
                 R"(["a","b"])", 2, 2, split_text});
  all.push_back({"startswith", "startswith(text, prefix)", "Whether the text starts so.",
                 R"(startswith("gpu-8x", "gpu"))", "true", 2, 2, starts_with});
  all.push_back({"strcontains", "strcontains(text, part)",
                 "Whether the part stands somewhere in the text.",
                 R"(strcontains("bare metal", "met"))", "true", 2, 2, contains_text});
  all.push_back({"strrev", "strrev(text)", "The characters in reverse order.", R"(strrev("abc"))",
                 R"("cba")", 1, 1, reversed_text});
  all.push_back(
      {"substr", "substr(text, start, length)",
       "A part of a text; a negative start counts from the end, length -1 means the rest.",
       R"(substr("machine", 0, 4))", R"("mach")", 3, 3, part_of_text});
  all.push_back({"title", "title(text)", "The text with a capital at the start of each word.",
                 R"(title("bare metal"))", R"("Bare Metal")", 1, 1, title_case});
  all.push_back({"trim", "trim(text, characters)",
                 "The text without any of the characters at both ends.", R"(trim("--a--", "-"))",
                 R"("a")", 2, 2, trim_set});
  all.push_back({"trimprefix", "trimprefix(text, prefix)",
                 "The text without the prefix, where it has it.", R"(trimprefix("sv_1", "sv_"))",
                 R"("1")", 2, 2, trim_prefix});
  all.push_back({"trimspace", "trimspace(text)", "The text without white space at both ends.",
                 R"(trimspace(" a\n"))", R"("a")", 1, 1, trim_space});
  all.push_back({"trimsuffix", "trimsuffix(text, suffix)",
                 "The text without the suffix, where it has it.",
                 R"(trimsuffix("a.yaml", ".yaml"))", R"("a")", 2, 2, trim_suffix});
  all.push_back({"upper", "upper(text)", "The text in capital ASCII letters.", R"(upper("nyc"))",
                 R"("NYC")", 1, 1, upper_case});
}

}  // namespace jim::detail
