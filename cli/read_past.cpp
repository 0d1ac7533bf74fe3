#include "cli/read_past.h"

#include <fmt/format.h>

#include <vector>

namespace jim {

std::optional<Past> read_past(Session& session, const std::function<bool(const Run&)>& wanted) {
  const auto runs = session.loop().run(session.store().runs());
  if (!runs) return session.fail(runs.error()), std::nullopt;
  std::vector<PastRun> all;
  for (const Run& run : *runs) {
    PastRun& past = all.emplace_back(PastRun{.run = run});
    if (!wanted(run)) continue;
    auto steps = session.loop().run(session.store().steps(run.number));
    if (!steps && steps.error().code == ErrorCode::io) {
      // The others are as good as before.
      if (run.unreadable.empty()) past.run.unreadable = steps.error().message;
      continue;
    }
    if (!steps) return session.fail(steps.error()), std::nullopt;
    past.steps = std::move(*steps);
  }
  return Past(std::move(all));
}

const PastRun* find_run(Session& session, const Past& past, std::int64_t number) {
  const auto& runs = past.runs();
  const bool last = number == 0 && !runs.empty();
  if (const PastRun* found = last ? &runs.front() : past.find(number)) return found;
  session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                          .message = number == 0 ? "the history has no run yet"
                                                 : fmt::format("the history has no run {}", number),
                          .hint = runs.empty()
                                      ? "nothing was applied yet"
                                      : fmt::format("it has runs {} to {}", runs.back().run.number,
                                                    runs.front().run.number)});
  return nullptr;
}

}  // namespace jim
