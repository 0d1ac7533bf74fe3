#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace jim::detail {

/// Where one match starts and ends; and its groups, nullopt where one took no part.
struct RegexMatch {
  std::size_t start = 0;
  std::size_t end = 0;
  std::vector<std::optional<std::string>> groups = {};
};

/// All matches of an extended regular expression in a text, from left to right, at most `most`.
/// Besides the POSIX syntax \d \D \w \W \s \S \b are known. Neither back references nor lazy
/// repetition: it always ends soon.
Result<std::vector<RegexMatch>> find_matches(std::string_view pattern, const std::string& text,
                                             std::size_t most);

}  // namespace jim::detail
