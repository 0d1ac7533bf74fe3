#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace jim {

/// The time so many milliseconds after 1970-01-01T00:00Z, as the stores of state keep it. What no
/// clock can show, in a state that is damaged, is the nearest that one can: the years 1678 to 2261.
inline std::chrono::system_clock::time_point from_unix(std::int64_t milliseconds) {
  constexpr std::int64_t kMost = 9'200'000'000'000;
  return std::chrono::system_clock::time_point(
      std::chrono::milliseconds(std::clamp(milliseconds, -kMost, kMost)));
}

inline std::int64_t to_unix(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace jim
