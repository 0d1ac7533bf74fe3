#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/expand.h"
#include "core/net/event_loop.h"
#include "core/plan/plan.h"
#include "core/state/state_store.h"

namespace jim {

/// Hears what goes on while a plan is applied; for progress display and events. Called on the
/// loop's thread.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  virtual void started(const Change& change) = 0;
  /// `what` is a sentence about now: `status: deploying`.
  virtual void progress(const Change& change, const std::string& what) = 0;
  virtual void finished(const Change& change, const struct StepReport& report) = 0;
};

enum class Outcome { done, failed, skipped, not_started, interrupted };

/// What became of one change.
struct StepReport {
  Address address = {};
  Action action = Action::no_op;
  Outcome outcome = Outcome::not_started;
  std::string id = {};  ///< of the object that is there, or was, when it was to go
  bool recorded =
      true;  ///< false: the state may lack the id of a new one, as it could not be written
  /// Ids of objects that were deleted on the way, also when the step failed after that.
  std::vector<std::string> removed = {};
  Diagnostic error = {};     ///< of a failed one
  std::string because = {};  ///< of a skipped one: the name of what failed
  Duration took = {};
  /// Something of it was done, though not all: an object is gone.
  bool in_part() const { return outcome != Outcome::done && !removed.empty(); }
};

/// What became of a plan.
struct Report {
  std::vector<StepReport> steps = {};  ///< in the plan's order
  ValueMap outputs = {};               ///< as far as known; secrets inside are marked
  Diagnostics errors = {};  ///< of the run as a whole: state that could not be written, lock lost
  bool interrupted = false;
  bool lapsed = false;    ///< the lock on the state ended before the run
  bool complete() const;  ///< every step done and no error
};

struct ApplyContext {
  EventLoop& loop;
  const Providers& providers;
  StateStore& store;
  State& state;          ///< kept up to date as steps end
  const StopFlag& stop;  ///< set by a signal
  ApplyObserver& observer;
  std::size_t limit = 256;  ///< changes under way at once
  Run run = {};             ///< for the history: command, who, version
};

/// Carries the plan out: in order of dependency, side by side where possible. Needs the lock, and a
/// state that exists. A failed step skips what depends on it, everything else goes on.
Task<Report> apply(ApplyContext& context, const Expansion& expansion, const Plan& plan);

/// The exit status when someone else holds the state's lock.
inline constexpr int kStateLocked = 8;
/// The exit status of DESIGN.md section 11 for what happened.
int exit_status(const Report& report);
int exit_status(ErrorCode code);

}  // namespace jim
