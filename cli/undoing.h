#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/past.h"
#include "core/config/config.h"
#include "core/config/expand.h"
#include "core/plan/plan.h"
#include "core/resource/resource_type.h"
#include "core/state/state_store.h"

namespace jim {

/// What must exist for a run to be undone: the user's file with other resources, as far as state
/// and history tell. Holds what its expansion points to.
struct Undoing {
  Undoing() = default;
  Undoing(Undoing&&) = default;
  Undoing& operator=(Undoing&&) = default;
  Undoing(const Undoing&) = delete;  // the resources point to its blocks
  Undoing& operator=(const Undoing&) = delete;

  Config config = {};  ///< the file's, with the blocks that it no longer has
  std::optional<Expansion> expansion = {};
  std::map<Address, RunStep> targets = {};    ///< what is undone: the run's step of each address
  std::vector<std::string> cannot = {};       ///< sentences on what is not restored
  std::map<Address, std::int64_t> done = {};  ///< undone already, and by which run
  std::deque<ResourceBlock> blocks = {};
};

/// What is known when a run is undone.
struct UndoInput {
  std::int64_t run = 0;
  const Past& past;
  const State& state;
  const Config& config;   ///< the user's file
  const Expansion& file;  ///< what it asks for: the only place where secrets still are
  const std::map<std::string, const ResourceType*>& types;
  std::set<Address> staying = {};  ///< left as they are, whatever the run did
};

/// Pure.
Undoing undo_run(const UndoInput& input);

/// The options of a plan for it, with true reasons. `undoing` and `input` outlive them.
PlanOptions options_of(const UndoInput& input, const Undoing& undoing);

/// What a run took over jim did not make: an undo gives it back instead of deleting it.
void give_back(Plan& plan, const UndoInput& input, const Undoing& undoing);

/// Where a plan by the user's file would change something back that `plan` does; sorted.
std::vector<Address> contradicted(const Plan& plan, const UndoInput& input);

}  // namespace jim
