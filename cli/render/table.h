#pragma once

#include <string>
#include <vector>

namespace jim {

/// Rows of texts, each column as wide as its widest. The texts hold no control characters.
std::string text_table(const std::vector<std::vector<std::string>>& rows);
/// The same for a pull request; the first row is the head. Short rows are filled.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace jim
