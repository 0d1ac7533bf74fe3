#include "core/resource/risk.h"

#include <array>
#include <utility>

namespace jim {

namespace {

constexpr std::array<std::pair<Risk, std::string_view>, 7> kWords = {{
    {Risk::none, "none"},
    {Risk::in_place, "in-place"},
    {Risk::reboot, "reboot"},
    {Risk::reinstall, "reinstall"},
    {Risk::replace, "replace"},
    {Risk::release, "release"},
    {Risk::bill, "bill"},
}};

}  // namespace

std::string_view risk_word(Risk risk) {
  for (const auto& [known, word] : kWords)
    if (known == risk) return word;
  return "none";
}

std::optional<Risk> parse_risk(std::string_view word) {
  for (const auto& [risk, known] : kWords)
    if (known == word) return risk;
  return std::nullopt;
}

}  // namespace jim
