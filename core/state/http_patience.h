#pragma once

#include "core/net/event_loop.h"

namespace jim {

/// Whether what failed so may go well later.
inline bool may_pass(const Diagnostic& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timed_out ||
         error.code == ErrorCode::unknown_outcome || error.code == ErrorCode::rate_limited;
}

/// The pauses between tries of one request of a run under way: a server that restarts must not end
/// a run. RetryingHttp below has its own, shorter patience.
class HttpPatience {
 public:
  explicit HttpPatience(EventLoop& loop) : loop_(loop), end_(loop.clock().now() + kLongest) {}

  /// False, without a pause, when it is over.
  Task<bool> wait() {
    if (++tried_ >= kTries || loop_.clock().now() + pause_ > end_) co_return false;
    co_await loop_.sleep(pause_);
    pause_ *= 2;
    co_return true;
  }

 private:
  static constexpr int kTries = 6;
  static constexpr Duration kFirst = std::chrono::seconds(1);
  static constexpr Duration kLongest = std::chrono::seconds(90);

  EventLoop& loop_;
  Instant end_;
  Duration pause_ = kFirst;
  int tried_ = 0;
};

}  // namespace jim
