#include "core/state/clock_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace jim {

std::optional<Diagnostic> check_clock(const State& state,
                                      std::chrono::system_clock::time_point now) {
  const auto last = std::max_element(
      state.records.begin(), state.records.end(),
      [](const Record& one, const Record& other) { return one.updated < other.updated; });
  // Texts of utc_text() are in the order of their times.
  if (last == state.records.end() || last->updated <= utc_text(now + std::chrono::minutes(2)))
    return std::nullopt;
  return Diagnostic{
      .message = fmt::format("the clock of this machine is behind, or was set back: it is {}, and "
                             "{} was written at {}",
                             utc_text(now), last->address.text(), last->updated),
      .hint = "set it right; nothing is lost, but until then the history is out of order",
      .severity = Severity::warning};
}

}  // namespace jim
