#pragma once

#include <functional>

#include "core/net/event_loop.h"

namespace jim {

/// Ctrl-C and SIGTERM while it lives. The first sets the stop flag and wakes everyone who sleeps;
/// the second ends the program at once with status 130, which is safe: whatever matters is on disk
/// already. One at a time.
class Interrupt {
 public:
  /// `wake` ends a running wait of the loop's poller; it is called from the signal handler.
  Interrupt(EventLoop& loop, StopFlag& stop, std::function<void()> wake,
            std::function<void()> first);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

 private:
  void look();

  EventLoop& loop_;
  StopFlag& stop_;
  std::function<void()> first_;
  int idle_ = 0;
};

}  // namespace jim
