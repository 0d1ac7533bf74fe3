#pragma once

#include <memory>
#include <optional>

#include "core/net/background.h"
#include "core/net/event_loop.h"
#include "core/state/state_store.h"

namespace jim {

/// The lock on a state, kept alive by a heartbeat three times within each term. When it is lost, or
/// could not be renewed for a whole term, `stop` lapses: nothing new may be started then.
/// That holds from the end of the term on, not only when the heartbeat gets to know: a run that was
/// put to sleep must send nothing to a vendor when it wakes up.
class HeldLock {
 public:
  /// Fails as the store does. `loop`, `store` and `stop` outlive it.
  static Task<Result<std::unique_ptr<HeldLock>>> acquire(EventLoop& loop, StateStore& store,
                                                         StopFlag& stop, LockHolder wanted,
                                                         Duration term);
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock();

  /// When it was ours. What an earlier holder sent had left by then.
  Instant since() const { return since_; }
  /// Why it is no longer ours; nullopt: it is.
  const std::optional<Diagnostic>& lost() const { return lost_; }
  /// Gives it back and ends the heartbeat. Fails with why it was lost and what is therefore kept on
  /// this machine only, or as the store does.
  Task<Result<void>> release();

 private:
  HeldLock(EventLoop& loop, StateStore& store, StopFlag& stop, Duration term);
  void hold_until(Instant end);
  Background beat();

  EventLoop& loop_;
  StateStore& store_;
  StopFlag& stop_;
  Duration term_;
  Instant since_ = {};
  Instant end_ = {};  ///< of the term
  std::optional<Diagnostic> lost_ = {};
  Background heart_ = {};
};

}  // namespace jim
