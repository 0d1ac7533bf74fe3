#include "cli/render/duration.h"

#include <algorithm>
#include <cstdint>

namespace jim {

namespace {

std::string two(std::int64_t big, const char* big_unit, std::int64_t small,
                const char* small_unit) {
  std::string text = std::to_string(big) + " " + big_unit;
  if (small > 0) text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

}  // namespace

std::string duration_text(Duration time) {
  const std::int64_t ms = std::max<std::int64_t>(0, time.count());
  if (ms < 1'000) return std::to_string(ms) + " ms";
  if (ms < 10'000) {
    const std::int64_t tenths = ms / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  }
  const std::int64_t seconds = ms / 1'000;
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3'600) return two(seconds / 60, "min", seconds % 60, "s");
  return two(seconds / 3'600, "h", seconds % 3'600 / 60, "min");
}

}  // namespace jim
