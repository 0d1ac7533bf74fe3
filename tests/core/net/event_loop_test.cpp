#include "core/net/event_loop.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/fakes/fake_clock.h"

namespace jim {
namespace {

using std::chrono::seconds;

class EventLoopTest : public testing::Test {
 protected:
  EventLoopTest() { loop_.set_poller(&poller_); }

  Task<void> note_after(Duration time, int number) {
    co_await loop_.sleep(time);
    order_.push_back(number);
  }
  Task<void> note_event(Event& event, int number) {
    co_await event.wait();
    order_.push_back(number);
  }
  Task<void> hold(Gate& gate, int number) {
    co_await gate.enter();
    const Gate::Place place(gate);
    order_.push_back(number);
    co_await loop_.sleep(seconds(1));
  }

  FakeClock clock_ = {};
  FakePoller poller_{clock_};
  EventLoop loop_{clock_};
  std::vector<int> order_ = {};
};

/// Starts a task and keeps it, without waiting for it.
struct Started {
  struct promise_type {
    Started get_return_object() {
      return Started{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    [[noreturn]] void unhandled_exception() { std::terminate(); }
    void return_void() {}
  };
  explicit Started(std::coroutine_handle<promise_type> handle) : frame(handle) {}
  Started(Started&& other) noexcept : frame(std::exchange(other.frame, nullptr)) {}
  Started& operator=(Started&&) = delete;
  ~Started() {
    if (frame) frame.destroy();
  }
  std::coroutine_handle<promise_type> frame;
};

Started start(Task<void> task) { co_await task; }

TEST_F(EventLoopTest, RunReturnsAtOnceWhenItsTaskIsDoneWhileOthersSleepOn) {
  const Started other = start(note_after(seconds(60), 2));
  loop_.run(note_after(seconds(1), 1));
  EXPECT_EQ(clock_.now(), seconds(1));
  EXPECT_EQ(order_, (std::vector<int>{1}));
}

TEST_F(EventLoopTest, SleepersWakeInTheOrderOfTheirTimes) {
  const Started late = start(note_after(seconds(3), 3));
  const Started early = start(note_after(seconds(1), 1));
  loop_.run(note_after(seconds(5), 5));
  EXPECT_EQ(order_, (std::vector<int>{1, 3, 5}));
  EXPECT_EQ(clock_.now(), seconds(5));
}

TEST_F(EventLoopTest, ADroppedSleeperIsNotResumed) {
  { const Started dropped = start(note_after(seconds(1), 1)); }
  loop_.run(note_after(seconds(2), 2));
  EXPECT_EQ(order_, (std::vector<int>{2}));
}

TEST_F(EventLoopTest, ADroppedTaskThatWasAlreadyReadyIsNotResumed) {
  {
    const Started dropped = start(note_after(seconds(1), 1));
    loop_.wake_sleepers();
    EXPECT_TRUE(loop_.has_ready());
  }
  EXPECT_FALSE(loop_.has_ready());
  loop_.run(note_after(seconds(2), 2));
  EXPECT_EQ(order_, (std::vector<int>{2}));
}

TEST_F(EventLoopTest, WakingSleepersMakesThemReadyBeforeTheirTime) {
  const Started sleeper = start(note_after(seconds(1000), 1));
  loop_.wake_sleepers();
  loop_.run(note_after(seconds(1), 2));
  EXPECT_EQ(order_, (std::vector<int>{1, 2}));
}

TEST_F(EventLoopTest, AnEventWakesAllInTheOrderInWhichTheyCame) {
  Event event(loop_);
  const Started first = start(note_event(event, 1));
  const Started second = start(note_event(event, 2));
  event.set();
  loop_.run(note_after(seconds(1), 3));
  EXPECT_EQ(order_, (std::vector<int>{1, 2, 3}));
}

TEST_F(EventLoopTest, AnEventForgetsWhoWasDropped) {
  Event event(loop_);
  { const Started dropped = start(note_event(event, 1)); }
  const Started kept = start(note_event(event, 2));
  { const Started dropped = start(note_event(event, 3)); }
  event.set();
  loop_.run(note_after(seconds(1), 4));
  EXPECT_EQ(order_, (std::vector<int>{2, 4}));
}

TEST_F(EventLoopTest, AGateLetsNoMoreThanItsLimitInAndKeepsTheOrder) {
  Gate gate(loop_, 2);
  const Started one = start(hold(gate, 1));
  const Started two = start(hold(gate, 2));
  const Started three = start(hold(gate, 3));
  const Started four = start(hold(gate, 4));
  EXPECT_EQ(order_, (std::vector<int>{1, 2}));
  loop_.run(note_after(Duration(1500), 9));
  EXPECT_EQ(order_, (std::vector<int>{1, 2, 3, 4, 9}));
}

TEST_F(EventLoopTest, AGatePassesOnThePlaceOfOneWhoWasDroppedBeforeTakingIt) {
  Gate gate(loop_, 1);
  loop_.run(note_after(seconds(1), 0));
  std::unique_ptr<Started> holder(new Started(start(hold(gate, 1))));
  std::unique_ptr<Started> next(new Started(start(hold(gate, 2))));

  const Started last = start(hold(gate, 3));
  holder.reset();  // gives the place to the second, which is then ready but has not run
  next.reset();
  loop_.run(note_after(seconds(1), 4));
  EXPECT_EQ(order_, (std::vector<int>{0, 1, 3, 4}));
}

TEST_F(EventLoopTest, BoundedWorkRunsAtMostTheLimitAndStartsInOrder) {
  std::size_t running = 0;
  std::size_t most = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t index) -> Task<void> {
    most = std::max(most, ++running);
    order_.push_back(static_cast<int>(index));
    co_await loop_.sleep(seconds(10 - static_cast<int>(index)));
    --running;
  };
  loop_.run(for_each_bounded(loop_, 6, 3, work));
  EXPECT_EQ(most, 3u);
  EXPECT_EQ(order_, (std::vector<int>{0, 1, 2, 3, 4, 5}));
}

TEST_F(EventLoopTest, BoundedWorkOfNothingEndsAtOnce) {
  const std::function<Task<void>(std::size_t)> work = [](std::size_t) -> Task<void> { co_return; };
  loop_.run(for_each_bounded(loop_, 0, 3, work));
  EXPECT_EQ(clock_.now(), Instant(0));
}

TEST_F(EventLoopTest, BoundedWorkThatIsDroppedBeforeItBeganIsNotBegun) {
  const std::function<Task<void>(std::size_t)> work = [this](std::size_t) {
    return note_after({}, 1);
  };
  { const Started dropped = start(for_each_bounded(loop_, 6, 3, work)); }
  EXPECT_FALSE(loop_.has_ready());
  loop_.run(note_after(seconds(1), 2));
  EXPECT_EQ(order_, (std::vector<int>{2}));
}

TEST_F(EventLoopTest, IdleWorkRunsBeforeTheLoopWaits) {
  Event event(loop_);
  const int id = loop_.add_idle([&] { event.set(); });
  loop_.run(note_event(event, 1));
  loop_.remove_idle(id);
  EXPECT_EQ(order_, (std::vector<int>{1}));
}

}  // namespace
}  // namespace jim
