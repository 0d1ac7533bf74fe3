#include "core/state/held_lock.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/memory_store.h"

namespace jim {
namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

class HeldLockTest : public testing::Test {
 protected:
  HeldLockTest() {
    auto held = loop_.run(HeldLock::acquire(loop_, store_, stop_, {.who = "ann"}, kTerm));
    EXPECT_TRUE(held);
    held_ = std::move(*held);
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  MemoryState disk_ = {};
  MemoryStore store_{loop_, &disk_};
  StopFlag stop_ = {};
  std::unique_ptr<HeldLock> held_ = {};
};

TEST_F(HeldLockTest, ATermThatEndsIsNoInterruption) {
  EXPECT_FALSE(stop_.requested());
  clock_.advance(kTerm);  // asleep: the heart does not beat
  EXPECT_TRUE(stop_.requested());
  EXPECT_TRUE(stop_.lapsed());
  EXPECT_FALSE(stop_.interrupted());
}

TEST_F(HeldLockTest, WhoWakesUpTooLateIsToldWhoHasTheLock) {
  clock_.advance(kTerm);
  MemoryStore other(loop_, &disk_);
  ASSERT_TRUE(loop_.run(other.acquire_lock({.who = "bob", .command = "jim apply"}, kTerm)));
  const auto released = loop_.run(held_->release());
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().code, ErrorCode::conflict);
  EXPECT_NE(released.error().message.find("was lost: bob, running 'jim apply' holds it since"),
            std::string::npos)
      << released.error().message;
}

TEST_F(HeldLockTest, WhoWakesUpTooLateWhenNobodyCameGivesItBack) {
  clock_.advance(kTerm);
  EXPECT_TRUE(loop_.run(held_->release()));
  EXPECT_FALSE(disk_.lock);
}

/// A store that cannot be reached for a while.
class FarStore : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Task<Result<void>> renew_lock(Duration term) override {
    if (!reachable)
      co_return Diagnostic{.code = ErrorCode::unavailable, .message = "nobody answers"};
    co_return co_await MemoryStore::renew_lock(term);
  }
  bool reachable = true;
};

Task<void> wait(EventLoop& loop, Duration time) { co_await loop.sleep(time); }

TEST(FarLockTest, WhoseStoreDidNotAnswerForATermGivesTheLockBackAllTheSame) {
  FakeClock clock;
  FakePoller poller(clock);
  EventLoop loop(clock);
  loop.set_poller(&poller);
  MemoryState disk;
  FarStore store(loop, &disk);
  StopFlag stop;
  auto held = loop.run(HeldLock::acquire(loop, store, stop, {.who = "ann"}, kTerm));
  ASSERT_TRUE(held);
  store.reachable = false;
  loop.run(wait(loop, kTerm * 2));
  EXPECT_TRUE((*held)->lost());
  const auto unreachable = loop.run((*held)->release());
  ASSERT_FALSE(unreachable);
  EXPECT_EQ(unreachable.error().message, "nobody answers");
  store.reachable = true;
  EXPECT_TRUE(loop.run((*held)->release()));
  EXPECT_FALSE(disk.lock);
}

}  // namespace
}  // namespace jim
