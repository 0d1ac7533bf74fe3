#include "core/state/held_lock.h"

namespace jim {

HeldLock::HeldLock(EventLoop& loop, StateStore& store, StopFlag& stop, Duration term)
    : loop_(loop), store_(store), stop_(stop), term_(term), since_(loop.clock().now()) {}

Task<Result<std::unique_ptr<HeldLock>>> HeldLock::acquire(EventLoop& loop, StateStore& store,
                                                          StopFlag& stop, LockHolder wanted,
                                                          Duration term) {
  const Instant asked = loop.clock().now();
  const auto taken = co_await store.acquire_lock(std::move(wanted), term);
  if (!taken) co_return taken.error();
  std::unique_ptr<HeldLock> held(new HeldLock(loop, store, stop, term));
  held->hold_until(asked + term);
  held->heart_ = held->beat();
  co_return held;
}

HeldLock::~HeldLock() { stop_.lift(); }

void HeldLock::hold_until(Instant end) {
  end_ = end;
  stop_.lapse_at(loop_.clock(), end);
}

Background HeldLock::beat() {
  while (true) {
    co_await loop_.sleep(term_ / 3);
    const Instant asked = loop_.clock().now();
    const auto result = co_await store_.renew_lock(term_);
    if (result) {
      hold_until(asked + term_);
      continue;
    }
    // Others may take it once the term is over, whether they can reach the store or we cannot.
    if (result.error().code != ErrorCode::conflict && !stop_.requested()) continue;
    lost_ = result.error();
    stop_.lapse();
    co_return;
  }
}

Task<Result<void>> HeldLock::release() {
  heart_ = Background();
  stop_.lift();
  const bool known = lost_ && lost_->code == ErrorCode::conflict;
  // A run that slept through its term may get here before its heart has asked; and one whose store
  // did not answer for a term may have it still.
  if (!known && (lost_ || loop_.clock().now() >= end_)) {
    const auto ours = co_await store_.renew_lock(term_);
    if (ours)
      lost_.reset();
    else if (lost_ || ours.error().code == ErrorCode::conflict)
      lost_ = ours.error();
  }
  if (lost_) co_return store_.with_what_is_owed(*lost_);
  co_return co_await store_.release_lock();
}

}  // namespace jim
