#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/plan/plan.h"
#include "core/state/state_store.h"

namespace jim {

/// Ends when every step that counts towards it has ended.
struct Barrier {
  explicit Barrier(EventLoop& loop) : done(loop) {}
  std::size_t open = 0;
  Event done;
  bool failed = false;  ///< one of them failed or was skipped
  std::string name = {};
};

/// Half of a change: the making or the unmaking of its object.
struct Step {
  std::size_t change = 0;  ///< index into the plan
  bool makes = true;
  std::vector<Barrier*> waits = {};  ///< all must be done first
  Barrier* counts = nullptr;         ///< the block's barrier that it counts towards
  Barrier* own =
      nullptr;  ///< what the other half, or the making at this address, waits for; else null
};

/// Whether a change both makes and unmakes an object: a replacement, or a making that an earlier
/// run's replaced object has outlived.
bool has_two_halves(const Change& change);

/// The steps of a plan with what each waits for. Blocks wait for blocks, so the cost is linear in
/// the changes however many of them depend on each other. A plan has no circles; waits that state
/// damaged by hand would close are dropped.
class Schedule {
 public:
  Schedule(EventLoop& loop, const Plan& plan, const std::vector<Record>& records);
  const std::vector<Step>& steps() const { return steps_; }
  /// The barrier of a block's makings, or nullptr when none of it is made.
  const Barrier* making(const std::string& block) const;
  static void finish(const Step& step, bool succeeded);

 private:
  Barrier* barrier(std::map<std::string, std::unique_ptr<Barrier>>& of, const std::string& name);
  void drop_circles();

  EventLoop& loop_;
  std::vector<Step> steps_ = {};
  std::map<std::string, std::unique_ptr<Barrier>> made_ = {};
  std::map<std::string, std::unique_ptr<Barrier>> unmade_ = {};
  std::vector<std::unique_ptr<Barrier>> own_ = {};
};

}  // namespace jim
