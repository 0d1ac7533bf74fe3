#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/clock.h"
#include "core/net/task.h"

namespace jim {

/// What the loop sleeps on when nothing is ready: the network (CurlHttp) or, in tests, a clock that
/// jumps.
class Poller {
 public:
  virtual ~Poller() = default;
  /// Waits until something happened or `most` has passed (no value: no timer is set); makes
  /// finished waits ready by EventLoop::resume_soon. Returns false when there is nothing to wait
  /// for and no timer: the program is stuck.
  virtual bool wait(std::optional<Duration> most) = 0;
};

class EventLoop;

/// A coroutine that waits, as its awaiter sees it. Destroyed while it waits (a task that is
/// dropped), it takes the coroutine out of the loop, which would else resume a frame that is gone.
class Suspended {
 public:
  explicit Suspended(EventLoop& loop) : loop_(loop) {}
  Suspended(const Suspended&) = delete;
  Suspended& operator=(const Suspended&) = delete;
  ~Suspended();

  EventLoop& loop() { return loop_; }
  std::coroutine_handle<> handle() const { return handle_; }
  void suspend(std::coroutine_handle<> handle) { handle_ = handle; }
  void resume() { handle_ = {}; }

 private:
  EventLoop& loop_;
  std::coroutine_handle<> handle_ = {};
};

/// One thread's loop: runs coroutines that are ready, timers, and the poller.
class EventLoop {
 public:
  explicit EventLoop(const Clock& clock) : clock_(clock) {}
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void set_poller(Poller* poller) { poller_ = poller; }
  const Clock& clock() const { return clock_; }

  bool has_ready() const { return !ready_.empty(); }
  /// Resumes `handle` on the next turn of the loop.
  void resume_soon(std::coroutine_handle<> handle) { ready_.push_back(handle); }
  /// Takes back every `resume_soon(handle)`. Whoever hands a coroutine to the loop must do so when
  /// it is destroyed before it was resumed.
  void forget(std::coroutine_handle<> handle) { std::erase(ready_, handle); }

  /// Runs `task` and everything it waits for to its end, and gives its result.
  template <class T>
  T run(Task<T> task);

  /// For a world that runs several loops beside each other: does the next thing that is ready, be
  /// it one resumption; false when there is none before the next timer.
  bool step();
  std::optional<Instant> next_timer() const;

  /// `co_await loop.sleep(1s)`.
  auto sleep(Duration time) {
    class Awaiter : Suspended {
     public:
      Awaiter(EventLoop& loop, Duration time) : Suspended(loop), time_(time) {}
      ~Awaiter() {
        if (timer_ != 0) loop().cancel_timer(timer_);
      }
      bool await_ready() const { return time_ <= Duration::zero(); }
      void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        timer_ = loop().add_timer(loop().clock().now() + time_, handle);
      }
      void await_resume() {
        resume();
        timer_ = 0;
      }

     private:
      Duration time_;
      std::uint64_t timer_ = 0;
    };
    return Awaiter(*this, time);
  }
  /// `co_await loop.yield()`: lets everything else that is ready run first.
  auto yield() {
    class Awaiter : Suspended {
     public:
      explicit Awaiter(EventLoop& loop) : Suspended(loop) {}
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        loop().resume_soon(handle);
      }
      void await_resume() { resume(); }
    };
    return Awaiter(*this);
  }

  /// Called once each time before the loop would wait, with everything ready having run. Work that
  /// gathers during a turn (a group commit) is done here. Returns an id for remove_idle.
  int add_idle(std::function<void()> work);
  void remove_idle(int id);

  /// Makes everyone who sleeps ready at once: after a stop was requested nobody need wait for a
  /// next poll.
  void wake_sleepers();

  std::uint64_t add_timer(Instant when, std::coroutine_handle<> handle);
  void cancel_timer(std::uint64_t id);

 private:
  bool turn();  ///< one round; false when stuck
  bool take_due_timers();

  const Clock& clock_;
  Poller* poller_ = nullptr;
  std::deque<std::coroutine_handle<>> ready_ = {};
  std::map<std::pair<Instant, std::uint64_t>, std::coroutine_handle<>> timers_ = {};
  std::map<std::uint64_t, Instant> timer_times_ = {};
  std::map<int, std::function<void()>> idle_ = {};
  std::uint64_t next_timer_ = 1;
  int next_idle_ = 1;
};

inline Suspended::~Suspended() {
  if (handle_) loop_.forget(handle_);
}

template <class T>
T EventLoop::run(Task<T> task) {
  struct Driver {
    struct promise_type {
      Driver get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      [[noreturn]] void unhandled_exception() { std::terminate(); }
      void return_void() {}
    };
    std::coroutine_handle<promise_type> frame;
    ~Driver() { frame.destroy(); }
  };
  if constexpr (std::is_void_v<T>) {
    auto drive = [](Task<void>& work) -> Driver { co_await work; };
    Driver driver = drive(task);
    resume_soon(driver.frame);
    while (!driver.frame.done() && turn()) {
    }
    if (!driver.frame.done()) std::terminate();
  } else {
    std::optional<T> result;
    auto drive = [](Task<T>& work, std::optional<T>& out) -> Driver { out.emplace(co_await work); };
    Driver driver = drive(task, result);
    resume_soon(driver.frame);
    while (!driver.frame.done() && turn()) {
    }
    if (!driver.frame.done()) std::terminate();
    return std::move(*result);
  }
}

/// Runs `work(0) .. work(count - 1)`, at most `limit` at a time, in order of index as places get
/// free; ends when all have ended. `work` must outlive the returned task and gives a Task<void> per
/// index.
Task<void> for_each_bounded(EventLoop& loop, std::size_t count, std::size_t limit,
                            const std::function<Task<void>(std::size_t)>& work);

/// A one-shot or repeated signal between coroutines: `co_await event.wait()` until `set()`.
class Event {
 public:
  explicit Event(EventLoop& loop) : loop_(loop) {}
  /// Makes everyone who waits ready, and later waits return at once until `reset()`.
  void set();
  void reset() { set_ = false; }
  bool is_set() const { return set_; }
  auto wait() {
    class Awaiter : Suspended {
     public:
      explicit Awaiter(Event& event) : Suspended(event.loop_), event_(event) {}
      ~Awaiter() {
        if (handle()) std::erase(event_.waiters_, handle());
      }
      bool await_ready() const { return event_.set_; }
      void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        event_.waiters_.push_back(handle);
      }
      void await_resume() { resume(); }

     private:
      Event& event_;
    };
    return Awaiter(*this);
  }

 private:
  EventLoop& loop_;
  bool set_ = false;
  std::vector<std::coroutine_handle<>> waiters_ = {};
};

/// At most `limit` holders at a time: `co_await gate.enter(); ... gate.leave();`, first come first
/// served.
class Gate {
 public:
  Gate(EventLoop& loop, std::size_t limit) : loop_(loop), free_(limit) {}
  auto enter() {
    class Awaiter : Suspended {
     public:
      explicit Awaiter(Gate& gate) : Suspended(gate.loop_), gate_(gate) {}
      ~Awaiter() {
        // Dropped while in the queue, or with the place given but not yet taken.
        if (handle() && std::erase(gate_.waiters_, handle()) == 0) gate_.leave();
      }
      bool await_ready() const {
        if (gate_.free_ == 0) return false;
        --gate_.free_;
        return true;
      }
      void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        gate_.waiters_.push_back(handle);
      }
      void await_resume() { resume(); }

     private:
      Gate& gate_;
    };
    return Awaiter(*this);
  }
  void leave();

  /// A place that was entered, left when it goes out of scope.
  class Place {
   public:
    explicit Place(Gate& gate) : gate_(gate) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { gate_.leave(); }

   private:
    Gate& gate_;
  };

 private:
  EventLoop& loop_;
  std::size_t free_;
  std::deque<std::coroutine_handle<>> waiters_ = {};
};

/// Asked to stop; whoever starts new work looks first. A person may ask, or what makes it safe to
/// go on, a lock, lapses.
class StopFlag {
 public:
  void request() { interrupted_ = true; }
  void lapse() { lapsed_ = true; }
  bool requested() const { return interrupted_ || lapsed(); }
  bool interrupted() const { return interrupted_; }
  bool lapsed() const { return lapsed_ || (clock_ != nullptr && clock_->now() >= deadline_); }
  /// Lapses at `deadline`, unless that is moved before. `clock` outlives the flag or `lift`.
  void lapse_at(const Clock& clock, Instant deadline) {
    clock_ = &clock;
    deadline_ = deadline;
  }
  void lift() { clock_ = nullptr; }

 private:
  bool interrupted_ = false;
  bool lapsed_ = false;
  const Clock* clock_ = nullptr;
  Instant deadline_ = {};
};

}  // namespace jim
