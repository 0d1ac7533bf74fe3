#pragma once

#include <string>

namespace jim {

/// A code block of markdown, whose fence nothing inside can end. `text` ends with a line break.
std::string fenced(const std::string& language, const std::string& text);

}  // namespace jim
