#pragma once

#include <optional>
#include <string_view>

namespace jim {

/// What a change does to a running machine, mildest first.
enum class Risk {
  none,
  in_place,   ///< nobody notices
  reboot,     ///< down for minutes, disks kept
  reinstall,  ///< disks wiped, same machine and address
  replace,    ///< another machine, another address
  release,    ///< a reservation or discount is given up
  bill,       ///< a prepaid period starts
};

/// The word the manifests and the JSON plan use: `in-place`, `reboot`, ...
std::string_view risk_word(Risk risk);
std::optional<Risk> parse_risk(std::string_view word);

}  // namespace jim
