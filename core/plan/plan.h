#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/expand.h"
#include "core/plan/change.h"
#include "core/plan/snapshot.h"
#include "core/state/state_store.h"

namespace jim {

/// What was found to differ from what jim last did: prior against actual.
struct Drift {
  Address address = {};
  const ResourceType* type = nullptr;
  std::string id = {};
  bool gone = false;                             ///< the object was deleted behind jim's back
  std::vector<AttributeChange> attributes = {};  ///< before: prior, after: actual
};

/// What to plan for.
struct PlanOptions {
  bool destroy = false;
  std::vector<std::string> targets =
      {};  ///< addresses or block names; empty: everything. What they need comes along
  std::vector<std::string> excludes =
      {};              ///< addresses or block names; what needs them stays out too
  bool exact = false;  ///< exactly the targets, without what they need: for a saved plan
  /// Says why something changes where it is not the file that asks for it: of one attribute
  /// (`os: ...`), or, given none, of the whole. Null: the file asks.
  std::function<std::string(const Address&, const AttributeChange*)> because = {};
};

/// A resource that is as it should be, or its object as far as it is known: what expressions see of
/// it.
struct Standing {
  Address address = {};
  std::string id = {};
  ValueMap attributes = {};
};

/// Priors that nobody could know when an object was taken over: the file's values stand for them.
struct Presumption {
  Address address = {};
  ValueMap attributes = {};  ///< null: the file is silent about it
};

/// A resource that is as it should be, but whose `protect` or `keep` state has yet to learn.
struct GuardChange {
  Address address = {};
  std::string name = {};  ///< protect or keep
  bool value = false;     ///< what the file says now
};

/// All changes, in an order in which they can be made, and what was found on the way.
struct Plan {
  std::string project = {};
  std::string lineage = {};  ///< empty: no state yet, one will be made
  ValueMap vars = {};        ///< those that came from outside the file; secrets inside are marked
  std::vector<Change> changes =
      {};  ///< no no-ops; in order of dependency, removals last and in reverse
  std::vector<Drift> drift = {};           ///< sorted by address
  std::vector<Presumption> presumed = {};  ///< an apply writes them down, without any request
  std::vector<GuardChange> guards = {};    ///< likewise; in order of the resources
  std::size_t unchanged = 0;
  bool destroy = false;
  /// Attributes of every block that something else refers to, unknown where a change will tell.
  std::map<std::string, std::vector<Standing>> standing = {};
  HttpTotals requests = {};  ///< what the refresh took
};

/// Compares desired, prior and actual. Pure. Errors: protected resources that would go, a target
/// that does not exist, ambiguous identity, objects that another state of the project made; all of
/// them are added to `diagnostics`, and nullopt
/// returned.
std::optional<Plan> make_plan(const Config& config, const Expansion& expansion, const State& state,
                              const Snapshot& snapshot, const PlanOptions& options,
                              const std::map<std::string, const ResourceType*>& types,
                              Diagnostics& diagnostics);

/// Counts per action, for the last line.
struct PlanCounts {
  std::size_t create = 0, update = 0, replace = 0, remove = 0, adopt = 0, rename = 0, forget = 0;
};
PlanCounts count(const Plan& plan);
/// Nothing to do at all (drift that nothing mends does not count).
bool is_empty(const Plan& plan);

}  // namespace jim
