#include "cli/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace jim {

namespace {

constexpr int kInterrupted = 130;

volatile std::sig_atomic_t signals = 0;
std::function<void()>* wake_now = nullptr;

void on_signal(int) {
  signals = signals + 1;
  if (signals > 1) _exit(kInterrupted);
  if (wake_now != nullptr) (*wake_now)();
}

void handle(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt(EventLoop& loop, StopFlag& stop, std::function<void()> wake,
                     std::function<void()> first)
    : loop_(loop), stop_(stop), first_(std::move(first)) {
  static std::function<void()> kept;
  kept = std::move(wake);
  wake_now = &kept;
  signals = 0;
  handle(&on_signal);
  idle_ = loop_.add_idle([this] { look(); });
}

Interrupt::~Interrupt() {
  handle(SIG_DFL);
  wake_now = nullptr;
  loop_.remove_idle(idle_);
}

// The handler itself touches nothing but its own flag; the loop does the rest between two waits.
void Interrupt::look() {
  if (signals == 0 || stop_.interrupted()) return;
  stop_.request();
  loop_.wake_sleepers();
  first_();
}

}  // namespace jim
