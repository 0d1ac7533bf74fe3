#include "cli/past.h"

#include "tests/cli/undo_bench.h"

namespace jim {
namespace {

const Address kA = *parse_address("a");
const char* const kSmall = R"({"size":"s"})";
const char* const kLarge = R"({"size":"l"})";

RunStep resize(const char* before = kSmall, const char* after = kLarge) {
  return step_of("update", "a", "m1", before, after);
}

RunStep ended(RunStep step, const std::string& outcome) {
  step.outcome = outcome;
  return step;
}

std::optional<std::int64_t> changed_after(std::int64_t run, std::vector<PastRun> runs,
                                          const State& state = {}) {
  return Past(std::move(runs)).changed_after(run, kA, state);
}

TEST(PastTest, AnUndoIsKnownByItsCommand) {
  EXPECT_EQ(undone_by({.command = undo_command(12)}), 12);
  for (const char* other : {"apply", "undo", "undo ", "undo x", "undo 1 2", "undone 3"})
    EXPECT_EQ(undone_by({.command = other}), std::nullopt) << other;
}

TEST(PastTest, TheLastRunThatChangedAnAddressIsNamed) {
  EXPECT_EQ(
      changed_after(1, runs_of({{"apply", {resize()}}, {"apply", {resize()}}, {"apply", {}}})), 2);
  EXPECT_EQ(changed_after(2, runs_of({{"apply", {resize()}}, {"apply", {resize()}}})),
            std::nullopt);
}

TEST(PastTest, AnUndoAndWhatItUndidCancelOut) {
  const auto runs =
      runs_of({{"apply", {resize()}}, {"apply", {resize()}}, {"undo 2", {resize(kLarge, kSmall)}}});
  EXPECT_EQ(changed_after(1, runs), std::nullopt);
  EXPECT_EQ(Past(runs).undone_in(2, kA), 3);
  EXPECT_EQ(Past(runs).undone_in(1, kA), std::nullopt);
}

TEST(PastTest, AnUndoThatWasUndoneCountsNoMore) {
  const auto runs = runs_of({{"apply", {resize()}},
                             {"apply", {resize()}},
                             {"undo 2", {resize()}},
                             {"undo 3", {resize()}}});
  EXPECT_EQ(changed_after(1, runs), 2);
  EXPECT_EQ(Past(runs).undone_in(2, kA), std::nullopt);
  EXPECT_EQ(Past(runs).undone_in(3, kA), 4);
}

TEST(PastTest, AnUndoCancelsOnlyWhereItWasDone) {
  const auto runs = runs_of({{"apply", {resize()}},
                             {"apply", {resize(), step_of("update", "b", "m2")}},
                             {"undo 2", {step_of("update", "b", "m2")}}});
  EXPECT_EQ(changed_after(1, runs), 2);
  EXPECT_EQ(Past(runs).undone_in(2, *parse_address("b")), 3);
  const auto failed = runs_of(
      {{"apply", {resize()}}, {"apply", {resize()}}, {"undo 2", {ended(resize(), "failed")}}});
  EXPECT_EQ(changed_after(1, failed), 3);
}

TEST(PastTest, AStepThatFailedAndChangedNothingIsInNobodysWay) {
  const State state = {.records = {{.address = kA, .id = "m1", .attributes = attributes(kSmall)}}};
  const auto runs = runs_of({{"apply", {resize()}}, {"apply", {ended(resize(), "failed")}}});
  EXPECT_EQ(changed_after(1, runs, state), std::nullopt);
  State half_made = state;
  half_made.records[0].half_made = true;
  EXPECT_EQ(changed_after(1, runs, half_made), 2);
}

TEST(PastTest, WhatALaterRunFinishedBelongsToTheOneThatOrderedIt) {
  const Past past(runs_of({{"apply", {ended(step_of("create", "a", "m1"), "interrupted")}},
                           {"apply", {step_of("finish", "a", "m1")}}}));
  EXPECT_EQ(past.ordered_in(2, past.find(2)->steps[0]), 1);
  EXPECT_EQ(past.finished_in(1, past.find(1)->steps[0]), 2);
  EXPECT_EQ(past.changed_after(1, kA, {}), std::nullopt);
}

TEST(PastTest, OrdersAreCountedByTheRunThatFinishedThem) {
  const auto ordered = [](const char* address) {
    return ended(step_of("create", address, address), "interrupted");
  };
  const Past past(runs_of({{"apply", {ordered("a"), ordered("b"), ordered("c"), ordered("d")}},
                           {"apply", {step_of("finish", "a", "a"), step_of("finish", "b", "b")}},
                           {"apply", {step_of("finish", "c", "c")}}}));
  EXPECT_EQ(past.finishes(1), (std::map<std::int64_t, std::int64_t>{{2, 2}, {3, 1}}));
}

TEST(PastTest, ARunThatDidNotEndIsCountedByItsSteps) {
  PastRun killed =
      runs_of({{"apply",
                {step_of("update", "a", "m1"), ended(step_of("create", "b", "m2"), ""),
                 ended(step_of("create", "c", ""), ""), ended(step_of("replace", "d", "m4"), "")}}})
          .front();
  killed.run.ended.clear();
  EXPECT_EQ(counts_of(killed), (std::map<std::string, std::int64_t>{{"create", 1}, {"update", 1}}));
}

TEST(PastTest, AnUndoThatALaterRunFinishedIsDone) {
  const Past past(runs_of({{"apply", {step_of("delete", "a", "m1", kSmall)}},
                           {"undo 1", {ended(step_of("create", "a", "m2"), "interrupted")}},
                           {"apply", {step_of("finish", "a", "m2")}}}));
  EXPECT_EQ(past.undone_in(1, kA), 2);
}

TEST(PastTest, AnIdLeadsToTheAddressThatLastHadIt) {
  const Past past(runs_of(
      {{"apply", {step_of("create", "old", "m1")}}, {"state mv", {step_of("rename", "a", "m1")}}}));
  ASSERT_NE(past.had("m1"), nullptr);
  EXPECT_EQ(past.had("m1")->text(), "a");
  EXPECT_EQ(past.had("m2"), nullptr);
}

}  // namespace
}  // namespace jim
