#pragma once

#include "core/base/clock.h"
#include "core/net/event_loop.h"

namespace jim {

/// A clock that stands still until somebody sleeps. Starts at 0, which is 2026-11-24T12:00:00Z.
class FakeClock : public Clock {
 public:
  Instant now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override;
  void advance(Duration time) { now_ += time; }

 private:
  Instant now_ = {};
};

/// Waits for nothing but the next timer, by moving the clock there.
class FakePoller : public Poller {
 public:
  explicit FakePoller(FakeClock& clock) : clock_(clock) {}
  bool wait(std::optional<Duration> most) override;

 private:
  FakeClock& clock_;
};

}  // namespace jim
