#include "cli/render/fenced.h"

#include <algorithm>

namespace jim {

std::string fenced(const std::string& language, const std::string& text) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char letter : text) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + language + "\n" + text + fence + "\n";
}

}  // namespace jim
