#include "core/state/held_lock.h"

namespace jim {

HeldLock::HeldLock(EventLoop& loop, StateStore& store, StopFlag& stop, Duration term)
    : loop_(loop), store_(store), stop_(stop), term_(term) {}

Task<Result<std::unique_ptr<HeldLock>>> HeldLock::acquire(EventLoop& loop, StateStore& store,
                                                          StopFlag& stop, LockHolder wanted,
                                                          Duration term) {
  const auto taken = co_await store.acquire_lock(std::move(wanted), term);
  if (!taken) co_return taken.error();
  std::unique_ptr<HeldLock> held(new HeldLock(loop, store, stop, term));
  held->heart_ = held->beat();
  co_return held;
}

Background HeldLock::beat() {
  Instant renewed = loop_.clock().now();
  while (true) {
    co_await loop_.sleep(term_ / 3);
    const Instant asked = loop_.clock().now();
    const auto result = co_await store_.renew_lock(term_);
    if (result) {
      renewed = asked;
      continue;
    }
    const bool taken = result.error().code == ErrorCode::conflict;
    // Others may take it from now on, whether they can reach the store or we cannot.
    if (!taken && loop_.clock().now() - renewed < term_) continue;
    lost_ = result.error();
    stop_.request();
    co_return;
  }
}

Task<Result<void>> HeldLock::release() {
  heart_ = Background();
  if (lost_) co_return *lost_;
  co_return co_await store_.release_lock();
}

}  // namespace jim
