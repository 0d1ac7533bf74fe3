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
  /// A state with many records and a run with steps: several batches.
  void fill(MemoryEntries::Place& place, std::int64_t count = 300) {
    const auto store = open(place);
    ASSERT_TRUE(
        run(store->create({.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"})));
    const auto begun = run(store->begin_run({.command = "apply", .who = "ann"}));
    ASSERT_TRUE(begun);
    std::vector<RecordChange> changes;
    std::vector<RunStep> steps;
    for (std::int64_t i = 0; i < count; ++i) {
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
  Result<MovedState> move(MemoryEntries::Place& from, MemoryEntries::Place& to) {
    const auto old_place = open(from);
    const auto new_place = open(to);
    return run(move_state(*old_place, *new_place, stop_));
  }
  StateHead head(MemoryEntries::Place& place) {
    const auto state = run(open(place)->load());
    EXPECT_TRUE(state) << state.error().message;
    return state ? state->head : StateHead{};
  }
  /// Whether a command would work with what is there.
  bool in_use(MemoryEntries::Place& place) {
    return !head(place).lineage.empty() && !not_in_use("there", head(place));
  }
  std::size_t records(MemoryEntries::Place& place) {
    return run(open(place)->load())->records.size();
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  StopFlag stop_ = {};
  MemoryEntries::Place here_{"here"};
  MemoryEntries::Place there_{"there"};
};

TEST_F(MoveStateTest, EverythingIsThereAndTheOldPlaceSaysWhere) {
  fill(here_);
  const auto moved = move(here_, there_);
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->records, 300u);
  EXPECT_EQ(moved->runs, 1u);
  const auto store = open(there_);
  EXPECT_EQ(run(store->load())->outputs.size(), 1u);
  EXPECT_EQ(run(store->steps(1))->size(), 300u);
  const auto left = run(open(here_)->load());
  ASSERT_TRUE(left);
  EXPECT_EQ(left->head.move.to, "there");
  EXPECT_EQ(left->records.size(), 300u);
}

TEST_F(MoveStateTest, WhatWasMovedAwayIsNotMovedAgain) {
  fill(here_);
  ASSERT_TRUE(move(here_, there_));
  const auto again = move(here_, there_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "the state in here was moved to there");
  EXPECT_EQ(again.error().hint, "say 'state: there' in the file");
}

TEST_F(MoveStateTest, ItMovesBack) {
  fill(here_);
  ASSERT_TRUE(move(here_, there_));
  const Record more = {.address = {.name = "more"}, .type = "latitude.server"};
  ASSERT_TRUE(run(open(there_)->commit({{.record = more}})));
  const auto back = move(there_, here_);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(records(here_), 301u);
  EXPECT_EQ(head(here_).move.to, "");
  EXPECT_EQ(head(there_).move.to, "here");
}

/// Every instant at which a run may die, there and back: before a write arrives, and after it.
TEST_F(MoveStateTest, WhereverItDiesNoTwoPlacesAreInUseAndTheSameAgainEndsIt) {
  fill(here_, 120);
  for (const bool back : {false, true}) {
    for (const bool still_written : {false, true}) {
      for (int instant = 1;; ++instant) {
        MemoryEntries::Place from = here_;
        MemoryEntries::Place to("to");
        if (back) {
          ASSERT_TRUE(move(from, to));
          const Record more = {.address = {.name = "more"}, .type = "latitude.server"};
          ASSERT_TRUE(run(open(to)->commit({{.record = more}})));
        }
        MemoryEntries::Place& source = back ? to : from;
        MemoryEntries::Place& target = back ? from : to;
        MemoryEntries::Place::Death death = {.number = instant, .still_written = still_written};
        from.die_at(&death);
        to.die_at(&death);
        const auto first = move(source, target);
        from.die_at(nullptr);
        to.die_at(nullptr);
        if (first) {
          EXPECT_GT(instant, 5) << "the move has several batches";
          break;
        }
        SCOPED_TRACE(testing::Message() << (back ? "back, " : "") << "instant " << instant
                                        << (still_written ? ", written" : ""));
        EXPECT_FALSE(in_use(source) && in_use(target));
        const bool marked = !head(source).move.to.empty();
        if (!marked) {
          EXPECT_TRUE(in_use(source));
        }
        const auto again = move(source, target);
        const bool was_done = marked && head(target).move.from.empty() && !again;
        if (!was_done) {
          ASSERT_TRUE(again) << again.error().message;
          EXPECT_EQ(again->records, back ? 121u : 120u);
          EXPECT_EQ(again->runs, 1u);
        }
        EXPECT_FALSE(in_use(source));
        EXPECT_TRUE(in_use(target));
        EXPECT_EQ(records(target), back ? 121u : 120u);
        EXPECT_EQ(run(open(target)->steps(1))->size(), 120u);
      }
    }
  }
}

TEST_F(MoveStateTest, AnUnfinishedCopySaysHowItIsEnded) {
  fill(here_);
  here_.fail_commit(1);
  EXPECT_FALSE(move(here_, there_));
  here_.fail_commit(0);
  const auto why = not_in_use("there", head(there_));
  ASSERT_TRUE(why);
  EXPECT_EQ(why->message, "the state in there is a copy whose move from here has not ended");
  EXPECT_EQ(why->hint,
            "when nobody is at it any more, end it: jim --state here state move --to there; if the "
            "state in here is lost, 'jim state rebuild' makes it anew in an empty place");
  MemoryEntries::Place third("third");
  EXPECT_EQ(move(there_, third).error().message, why->message);
  EXPECT_TRUE(in_use(here_));
}

TEST_F(MoveStateTest, AnUnfinishedCopyIsReplacedByAMoveFromElsewhere) {
  fill(here_);
  here_.fail_commit(1);
  EXPECT_FALSE(move(here_, there_));
  here_.fail_commit(0);
  MemoryEntries::Place third("third");
  ASSERT_TRUE(move(here_, third));
  ASSERT_TRUE(move(third, there_));
  EXPECT_TRUE(in_use(there_));
}

TEST_F(MoveStateTest, ACopyOfALaterMoveIsNotTakenForTheOneThatThePlaceWasLeftFor) {
  fill(here_);
  MemoryEntries::Place third("here");  // another one that is spelled alike
  ASSERT_TRUE(move(here_, there_));
  ASSERT_TRUE(move(there_, third));
  third.fail_commit(1);
  EXPECT_FALSE(move(third, there_));
  EXPECT_EQ(move(here_, there_).error().message, "the state in here was moved to there");
  EXPECT_FALSE(in_use(there_));
}

TEST_F(MoveStateTest, InterruptedItLeavesTheStateWhereItIs) {
  fill(here_);
  stop_.request();
  const auto moved = move(here_, there_);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::cancelled);
  EXPECT_EQ(moved.error().message, "interrupted: the state is still in here");
  EXPECT_EQ(moved.error().hint, "the copy in there is not used; the same command begins anew");
  EXPECT_TRUE(in_use(here_));
  EXPECT_FALSE(in_use(there_));
}

TEST_F(MoveStateTest, CutShortBeforeTheOldPlaceKnowsTheSameAgainGoesOn) {
  fill(here_);
  here_.fail_commit(1);
  EXPECT_FALSE(move(here_, there_));
  here_.fail_commit(0);
  const auto again = move(here_, there_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(head(here_).move.to, "there");
}

TEST_F(MoveStateTest, AnotherStateIsNotWrittenOver) {
  fill(here_);
  ASSERT_TRUE(run(open(there_)->create({.project = "other", .lineage = "zzzzzzzz"})));
  const auto moved = move(here_, there_);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().message, "there is a state already in there, of project 'other'");
  EXPECT_EQ(head(here_).move.to, "");
}

TEST_F(MoveStateTest, WithoutAStateThereIsNothingToMove) {
  EXPECT_EQ(move(here_, there_).error().message, "there is no state in here to move");
}

}  // namespace
}  // namespace jim
