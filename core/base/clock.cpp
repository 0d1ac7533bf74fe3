#include "core/base/clock.h"

#include <charconv>
#include <ctime>

namespace jim {

Instant SystemClock::now() const {
  return std::chrono::duration_cast<Instant>(std::chrono::steady_clock::now().time_since_epoch());
}

std::chrono::system_clock::time_point SystemClock::wall() const {
  return std::chrono::system_clock::now();
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr std::int64_t kYear = 365LL * 24 * 3600 * 1000;
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > kYear) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    std::int64_t unit = 0;
    std::size_t length = 1;
    if (text.starts_with("ms")) {
      unit = 1, length = 2;
    } else if (text.starts_with("s")) {
      unit = 1000;
    } else if (text.starts_with("m")) {
      unit = 60'000;
    } else if (text.starts_with("h")) {
      unit = 3'600'000;
    } else if (text.starts_with("d")) {
      unit = 86'400'000;
    } else {
      return std::nullopt;
    }
    text.remove_prefix(length);
    if (number > kYear / unit) return std::nullopt;
    total += number * unit;
    if (total > kYear) return std::nullopt;
  }
  return Duration(total);
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[32] = {};
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text, length);
}

}  // namespace jim
