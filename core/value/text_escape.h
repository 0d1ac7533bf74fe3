#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jim::detail {

/// Adds the character with this number to `out`, as UTF-8; U+FFFD for a number that is none.
void append_utf8(std::uint32_t character, std::string& out);

/// Reads the escape that starts `text` (a backslash and what follows) into `out`. How many bytes it
/// took; 0 when it is none of \n \r \t \" \\ \u.
std::size_t read_escape(std::string_view text, std::string& out);

/// The text cut into characters. A byte that is not UTF-8 counts as one.
std::size_t character_size(std::string_view text);

}  // namespace jim::detail
