#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jim {

/// The columns that UTF-8 text without control characters takes on a terminal: two for wide
/// letters (East Asian, emoji), none for combining marks.
std::size_t columns(std::string_view text);

/// The first `most` columns of such text, ending in `…` where something is missing.
std::string cut_columns(std::string_view text, std::size_t most);

/// The bytes of the first `letters` code points of `text`, or all of them.
std::size_t bytes_of_letters(std::string_view text, std::size_t letters);

}  // namespace jim
