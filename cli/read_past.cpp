#include "cli/read_past.h"

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
    if (!steps) return session.fail(steps.error()), std::nullopt;
    past.steps = std::move(*steps);
  }
  return Past(std::move(all));
}

}  // namespace jim
