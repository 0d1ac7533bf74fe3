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

}  // namespace
}  // namespace jim
