#include <gtest/gtest.h>

#include "core/state/move_state.h"
#include "core/state/record_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/memory_entries.h"

namespace jim {
namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

/// What is said of a state that somebody or something has tampered with.
class DamageTest : public testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  std::unique_ptr<RecordStore> open(MemoryEntries::Place& place, const Sealing& sealing = {}) {
    auto store =
        std::make_unique<RecordStore>(loop_, std::make_unique<MemoryEntries>(place), sealing);
    EXPECT_TRUE(run(store->acquire_lock({.who = "ann"}, kTerm)));
    return store;
  }
  /// A state with a record and two runs of one step each.
  void fill(const Sealing& sealing = {}) {
    const auto store = open(place_, sealing);
    ASSERT_TRUE(
        run(store->create({.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"})));
    const Address web = {.name = "web"};
    for (const char* command : {"apply", "undo 1"}) {
      ASSERT_TRUE(run(store->begin_run({.command = command})));
      const RunStep step = {.number = 1, .address = web, .action = "create"};
      const Record record = {.address = web, .type = "latitude.server", .id = "sv"};
      ASSERT_TRUE(run(store->commit({{.record = record, .step = step}})));
    }
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  MemoryEntries::Place place_{"here"};
};

TEST_F(DamageTest, ARunThatCannotBeReadLeavesTheOthersAndTheState) {
  fill();
  place_.body("run/00000001") = "c1 0000000000000000 {}";
  const auto store = open(place_);
  const auto runs = run(store->runs());
  ASSERT_TRUE(runs) << runs.error().message;
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->front().command, "undo 1");
  EXPECT_EQ(runs->front().unreadable, "");
  EXPECT_EQ(runs->back().number, 1);
  EXPECT_EQ(runs->back().unreadable, "the entry 'run/00000001' is not as jim wrote it");
  EXPECT_EQ(run(store->steps(1))->size(), 1u);
  EXPECT_EQ(run(store->load())->records.size(), 1u);
  EXPECT_TRUE(run(store->begin_run({.command = "apply"})));
}

TEST_F(DamageTest, AStepThatCannotBeReadSaysThatTheStateIsWhole) {
  fill();
  place_.body("step/00000002/000001") = "";
  const auto steps = run(open(place_)->steps(2));
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().message,
            "a step of run 2 in the history of the state here cannot be read: the entry "
            "'step/00000002/000001' is not as jim wrote it");
  EXPECT_EQ(steps.error().hint,
            "the state itself is whole: plan and apply do not need its history");
  EXPECT_TRUE(run(open(place_)->steps(1)));
}

TEST_F(DamageTest, AMoveBringsWhatIsLeftOfTheHistoryAndSaysWhatIsLost) {
  fill();
  place_.body("run/00000001") = "";
  place_.body("step/00000002/000001") = "";
  MemoryEntries::Place there("there");
  const StopFlag stop;
  const auto from = open(place_);
  const auto to = open(there);
  const auto moved = run(move_state(*from, *to, stop));
  ASSERT_TRUE(moved) << moved.error().message;
  const auto runs = run(open(there)->runs());
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->front().command, "undo 1");
  EXPECT_EQ(runs->front().unreadable, "one of its steps could not be read");
  EXPECT_EQ(runs->back().unreadable, "the entry 'run/00000001' is not as jim wrote it");
  // Nobody takes lost steps for none.
  EXPECT_FALSE(run(open(there)->steps(1)));
  EXPECT_FALSE(run(open(there)->steps(2)));
}

TEST_F(DamageTest, LostHistoryDoesNotKeepTheRestUnderAnOldKey) {
  const Sealing old = {.keys = {{.bytes = Secret(std::string(32, 'a'))}}};
  fill(old);
  place_.body("run/00000001") = "s1 no";
  Sealing sealing = {.keys = {{.bytes = Secret(std::string(32, 'b'))}, old.keys.front()}};
  ASSERT_TRUE(run(open(place_, sealing)->renew_seal()));
  sealing.keys.pop_back();
  EXPECT_EQ(run(open(place_, sealing)->load())->records.size(), 1u);
}

}  // namespace
}  // namespace jim
