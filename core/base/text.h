#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jim {

/// Text from outside, made safe for a terminal: control characters (C0, DEL, C1), bytes that are
/// not UTF-8 and Unicode's direction overrides become visible escapes such as `\x1b` or `\u202e`.
/// Newline and tab are escaped too unless `keep_lines`.
std::string escape_control(std::string_view text, bool keep_lines = false);

/// JSON text that reads back the same, made safe for a terminal in the same way: what JSON leaves
/// as it is becomes `\u009b` or `\u202e`.
std::string escape_json_control(std::string_view json);

/// The offset of the first byte that is not part of UTF-8 text; npos when all is.
std::size_t find_bad_utf8(std::string_view text);

/// The candidate nearest to `word` by edit distance, if it is near enough to be a likely slip; else
/// the only one that begins with it.
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates);

std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, std::string_view separator);
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);
/// `text` as one word of a command to paste into a shell: in quotes unless nothing in it needs
/// them.
std::string shell_word(std::string_view text);
/// `1 list`, `2 lists`: `count` with `noun`, which takes an `s` unless count is 1.
std::string counted(std::size_t count, std::string_view noun);
/// The length in columns of UTF-8 text that holds no control characters and no wide ones.
std::size_t width(std::string_view text);

}  // namespace jim
