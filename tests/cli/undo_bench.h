#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/still_needed.h"
#include "cli/undoing.h"
#include "tests/core/plan/workbench.h"

namespace jim {

/// A step that a run did to its end; `before` and `after` as JSON.
inline RunStep step_of(const std::string& action, const std::string& address, const std::string& id,
                       const std::string& before = "{}", const std::string& after = "{}",
                       const std::string& type = "fake.machine") {
  RunStep step = {.address = *parse_address(address),
                  .type = type,
                  .action = action,
                  .outcome = "done",
                  .before = attributes(before),
                  .after = attributes(after)};
  if (!id.empty()) step.ids.push_back(id);
  return step;
}

/// Runs 1, 2, 3... as the history has them.
inline std::vector<PastRun> runs_of(
    const std::vector<std::pair<std::string, std::vector<RunStep>>>& commands) {
  std::vector<PastRun> runs;
  runs.reserve(commands.size());
  for (const auto& [command, steps] : commands)
    runs.push_back({.run = {.number = static_cast<std::int64_t>(runs.size()) + 1,
                            .command = command,
                            .ended = "then",
                            .status = 0},
                    .steps = steps});
  return runs;
}

/// A workbench with a history.
class UndoTest : public testing::Test {
 protected:
  void standing(const std::string& address, const std::string& id, const std::string& json,
                const std::string& type = "fake.machine", std::vector<std::string> needs = {}) {
    Record record = {.address = *parse_address(address),
                     .type = type,
                     .id = id,
                     .attributes = attributes(json),
                     .needs = std::move(needs)};
    bench.record(record);
    bench.vendor.put(type, id, attributes(json), Workbench::mark(address));
  }

  /// What is said of the undo, then its plan.
  std::string undone(std::int64_t run, std::vector<PastRun> runs) {
    const Past past(std::move(runs));
    const State state = bench.state();
    const auto types = bench.types();
    const UndoInput input = {.run = run,
                             .past = past,
                             .state = state,
                             .config = bench.config(),
                             .file = bench.expansion(),
                             .types = types,
                             .staying = staying};
    undoing = undo_run(input);
    std::string all;
    for (const std::string& why : undoing.cannot) all += "cannot " + why + "\n";
    for (const auto& [address, by] : undoing.done)
      all += fmt::format("done {} by {}\n", address.text(), by);
    plan.reset();
    if (undoing.targets.empty()) return all;
    const PlanOptions options = options_of(input, undoing);
    Diagnostics found;
    plan = make_plan(undoing.config, *undoing.expansion, state, *bench.look(state), options, types,
                     found);
    if (!plan) return all + messages(found);
    give_back(*plan, input, undoing);
    all += shown(*plan);
    for (const auto& [address, by] : still_needed(*plan, state))
      all += address.text() + " is needed by " + folded(by) + "\n";
    const std::string against = folded(contradicted(*plan, input));
    return all + (against.empty() ? "" : "the file contradicts " + against + "\n");
  }

  Workbench bench = {};
  std::set<Address> staying = {};
  Undoing undoing = {};
  std::optional<Plan> plan = {};
};

}  // namespace jim
