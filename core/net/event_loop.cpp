#include "core/net/event_loop.h"

#include <algorithm>
#include <memory>

namespace jim {

int EventLoop::add_idle(std::function<void()> work) {
  const int id = next_idle_++;
  idle_.emplace(id, std::move(work));
  return id;
}

void EventLoop::remove_idle(int id) { idle_.erase(id); }

std::uint64_t EventLoop::add_timer(Instant when, std::coroutine_handle<> handle) {
  const std::uint64_t id = next_timer_++;
  timers_.emplace(std::pair(when, id), handle);
  timer_times_.emplace(id, when);
  return id;
}

void EventLoop::cancel_timer(std::uint64_t id) {
  const auto when = timer_times_.find(id);
  if (when == timer_times_.end()) return;
  timers_.erase({when->second, id});
  timer_times_.erase(when);
}

void EventLoop::wake_sleepers() {
  for (const auto& [when, handle] : timers_) ready_.push_back(handle);
  timers_.clear();
  timer_times_.clear();
}

bool EventLoop::turn() {
  const bool ran = !ready_.empty();
  while (!ready_.empty()) {
    const std::coroutine_handle<> next = ready_.front();
    ready_.pop_front();
    next.resume();
  }
  for (const auto& [id, work] : idle_) work();
  // What ran may have been what `run` waits for: it looks before anything sleeps.
  if (ran || !ready_.empty()) return true;

  if (take_due_timers()) return true;
  if (poller_ == nullptr) return false;
  std::optional<Duration> most;
  if (const auto next = next_timer()) most = *next - clock_.now();
  return poller_->wait(most) || !ready_.empty();
}

bool EventLoop::take_due_timers() {
  const Instant now = clock_.now();
  bool due = false;
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    ready_.push_back(timers_.begin()->second);
    timer_times_.erase(timers_.begin()->first.second);
    timers_.erase(timers_.begin());
    due = true;
  }
  return due;
}

std::optional<Instant> EventLoop::next_timer() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

bool EventLoop::step() {
  if (ready_.empty()) {
    for (const auto& [id, work] : idle_) work();
    if (ready_.empty()) take_due_timers();
  }
  if (ready_.empty()) return false;
  const std::coroutine_handle<> next = ready_.front();
  ready_.pop_front();
  next.resume();
  return true;
}

namespace {

/// The places of one for_each_bounded: a runner each, which takes the next index when it is done
/// with one.
struct Bounded {
  EventLoop& loop;
  std::size_t count;
  const std::function<Task<void>(std::size_t)>& work;
  std::size_t next = 0;
  std::size_t running = 0;
  Event finished;
};

struct Runner {
  struct promise_type {
    Runner get_return_object() {
      return Runner{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    [[noreturn]] void unhandled_exception() { std::terminate(); }
    void return_void() {}
  };
  explicit Runner(std::coroutine_handle<promise_type> handle) : frame(handle) {}
  Runner(Runner&& other) noexcept : frame(std::exchange(other.frame, {})) {}
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() {
    if (frame) frame.destroy();
  }
  std::coroutine_handle<promise_type> frame;
};

Runner run_places(Bounded& shared) {
  co_await shared.loop.yield();  // which the loop forgets with a runner that is dropped
  while (shared.next < shared.count) {
    const std::size_t index = shared.next++;
    co_await shared.work(index);
  }
  if (--shared.running == 0) shared.finished.set();
}

}  // namespace

Task<void> for_each_bounded(EventLoop& loop, std::size_t count, std::size_t limit,
                            const std::function<Task<void>(std::size_t)>& work) {
  if (count == 0) co_return;
  Bounded shared = {.loop = loop, .count = count, .work = work, .finished = Event(loop)};
  const std::size_t places = std::min(count, std::max<std::size_t>(limit, 1));
  shared.running = places;
  std::vector<Runner> runners;
  runners.reserve(places);
  for (std::size_t i = 0; i < places; ++i) runners.push_back(run_places(shared));
  co_await shared.finished.wait();
}

void Event::set() {
  if (set_) return;
  set_ = true;
  for (const std::coroutine_handle<> waiter : waiters_) loop_.resume_soon(waiter);
  waiters_.clear();
}

void Gate::leave() {
  if (waiters_.empty()) {
    ++free_;
    return;
  }
  loop_.resume_soon(waiters_.front());
  waiters_.pop_front();
}

}  // namespace jim
