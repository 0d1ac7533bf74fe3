#pragma once

#include <string>
#include <string_view>

namespace jim {

/// What `--help` says of a command beyond its flags.
struct ManualPage {
  std::string_view path = {};      ///< `state list`
  std::string_view more = {};      ///< paragraphs, at most 96 columns wide
  std::string_view examples = {};  ///< one a line
};

/// The page of a command by the words after `jim`; null when there is none.
const ManualPage* manual_page(std::string_view path);

}  // namespace jim
