#include "core/state/move_state.h"

#include <gtest/gtest.h>

#include "core/state/record_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/memory_entries.h"

namespace jim {
namespace {

constexpr Duration kTerm = std::chrono::seconds(60);

class MoveStateTest : public testing::Test {
 protected:
  template <class T>
  T run(Task<T> task) {
    return loop_.run(std::move(task));
  }
  std::unique_ptr<RecordStore> open(MemoryEntries::Place& place) {
    auto store = std::make_unique<RecordStore>(loop_, std::make_unique<MemoryEntries>(place));
    EXPECT_TRUE(run(store->acquire_lock({.who = "ann"}, kTerm)));
    return store;
  }
  /// A state with 300 records and a run with steps: several batches.
  void fill(MemoryEntries::Place& place) {
    const auto store = open(place);
    ASSERT_TRUE(
        run(store->create({.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"})));
    const auto begun = run(store->begin_run({.command = "apply", .who = "ann"}));
    ASSERT_TRUE(begun);
    std::vector<RecordChange> changes;
    std::vector<RunStep> steps;
    for (std::int64_t i = 0; i < 300; ++i) {
      const Address address = {.name = "web", .key = i};
      const Record record = {.address = address, .type = "latitude.server", .id = "sv"};
      changes.push_back({.record = record});
      steps.push_back({.number = i + 1, .address = address, .action = "create"});
    }
    ASSERT_TRUE(run(store->commit(changes)));
    ValueMap outputs;
    outputs.set("url", "http://a");
    ASSERT_TRUE(run(store->commit_outputs(outputs)));
    ASSERT_TRUE(run(store->write_run(*begun, steps)));
  }
  std::size_t records(MemoryEntries::Place& place) {
    return run(open(place)->load())->records.size();
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  MemoryEntries::Place here_{"here"};
  MemoryEntries::Place there_{"there"};
};

TEST_F(MoveStateTest, EverythingIsThereAndTheOldPlaceSaysWhere) {
  fill(here_);
  const auto moved = run(move_state(*open(here_), *open(there_)));
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->records, 300u);
  EXPECT_EQ(moved->runs, 1u);
  const auto store = open(there_);
  EXPECT_EQ(run(store->load())->outputs.size(), 1u);
  EXPECT_EQ(run(store->steps(1))->size(), 300u);
  const auto left = run(open(here_)->load());
  ASSERT_TRUE(left);
  EXPECT_EQ(left->head.moved_to, "there");
  EXPECT_EQ(left->records.size(), 300u);
}

TEST_F(MoveStateTest, WhatWasMovedAwayIsNotMovedAgain) {
  fill(here_);
  ASSERT_TRUE(run(move_state(*open(here_), *open(there_))));
  const auto again = run(move_state(*open(here_), *open(there_)));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "the state in here was moved to there");
  EXPECT_EQ(again.error().hint, "say 'state: there' in the file");
}

TEST_F(MoveStateTest, ItMovesBack) {
  fill(here_);
  ASSERT_TRUE(run(move_state(*open(here_), *open(there_))));
  const Record more = {.address = {.name = "more"}, .type = "latitude.server"};
  ASSERT_TRUE(run(open(there_)->commit({{.record = more}})));
  const auto back = run(move_state(*open(there_), *open(here_)));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(records(here_), 301u);
  EXPECT_EQ(run(open(here_)->load())->head.moved_to, "");
  EXPECT_EQ(run(open(there_)->load())->head.moved_to, "here");
}

TEST_F(MoveStateTest, WhereverItIsCutShortTheStateIsWholeAndTheSameAgainGoesOn) {
  for (int cut = 1;; ++cut) {
    MemoryEntries::Place from("from");
    MemoryEntries::Place to("to");
    fill(from);
    to.fail_commit(cut);
    const auto first = run(move_state(*open(from), *open(to)));
    if (first) {
      EXPECT_GT(cut, 5) << "the move has several batches";
      break;
    }
    to.fail_commit(0);
    EXPECT_EQ(run(open(from)->load())->head.moved_to, "") << cut;
    EXPECT_EQ(records(from), 300u) << cut;
    const auto halfway = run(open(to)->load());
    ASSERT_TRUE(halfway) << halfway.error().message;
    EXPECT_TRUE(halfway->head.lineage.empty()) << cut;
    const auto second = run(move_state(*open(from), *open(to)));
    ASSERT_TRUE(second) << cut << " " << second.error().message;
    EXPECT_EQ(records(to), 300u) << cut;
  }
}

TEST_F(MoveStateTest, CutShortOnTheWayBackItGoesOnToo) {
  for (int cut = 1;; ++cut) {
    MemoryEntries::Place from("from");
    MemoryEntries::Place to("to");
    fill(from);
    ASSERT_TRUE(run(move_state(*open(from), *open(to))));
    from.fail_commit(cut);
    if (run(move_state(*open(to), *open(from)))) break;
    from.fail_commit(0);
    EXPECT_EQ(records(to), 300u) << cut;
    EXPECT_EQ(run(open(to)->load())->head.moved_to, "") << cut;
    const auto second = run(move_state(*open(to), *open(from)));
    ASSERT_TRUE(second) << cut << " " << second.error().message;
    EXPECT_EQ(records(from), 300u) << cut;
  }
}

TEST_F(MoveStateTest, CutShortBeforeTheOldPlaceKnowsTheSameAgainGoesOn) {
  fill(here_);
  here_.fail_commit(1);
  EXPECT_FALSE(run(move_state(*open(here_), *open(there_))));
  here_.fail_commit(0);
  const auto again = run(move_state(*open(here_), *open(there_)));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(run(open(here_)->load())->head.moved_to, "there");
}

TEST_F(MoveStateTest, AnotherStateIsNotWrittenOver) {
  fill(here_);
  ASSERT_TRUE(run(open(there_)->create({.project = "other", .lineage = "zzzzzzzz"})));
  const auto moved = run(move_state(*open(here_), *open(there_)));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().message, "there is a state already in there, of project 'other'");
  EXPECT_EQ(run(open(here_)->load())->head.moved_to, "");
}

TEST_F(MoveStateTest, WithoutAStateThereIsNothingToMove) {
  EXPECT_EQ(run(move_state(*open(here_), *open(there_))).error().message,
            "there is no state in here to move");
}

}  // namespace
}  // namespace jim
