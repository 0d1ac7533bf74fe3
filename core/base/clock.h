#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace jim {

using Duration = std::chrono::milliseconds;
/// Monotonic time since an arbitrary start; for waits and ages within one run.
using Instant = std::chrono::milliseconds;

/// The two clocks of the world, passed in so that tests can move time.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  /// Wall-clock time in UTC; for records that outlive the run.
  virtual std::chrono::system_clock::time_point wall() const = 0;
};

/// The machine's own clocks.
class SystemClock : public Clock {
 public:
  Instant now() const override;
  std::chrono::system_clock::time_point wall() const override;
};

/// Reads `90s`, `12m`, `1h30m`, `250ms`; nullopt when it is no duration or longer than a year.
std::optional<Duration> parse_duration(std::string_view text);

/// `2026-11-24T15:04:05Z`.
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace jim
