#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/apply/run.h"

namespace jim {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

const char* const kMachine = "  a: { type: fake.machine, name: a, size: s, user_data: u }\n";
const char* const kSame = R"({"name":"a","size":"s"})";

/// Updates, replacements, removals, adoptions: what is asked of vendor and store, in order.
class ChangeTest : public testing::Test {
 protected:
  void made(const std::string& file) {
    bench.write(file);
    report = bench.apply();
    ASSERT_TRUE(report.complete()) << shown(report);
  }
  /// Applies `file`; the log of vendor and store, without the outputs.
  std::vector<std::string> log(const std::string& file, const PlanOptions& options = {}) {
    bench.write(file);
    report = bench.apply(options);
    std::vector<std::string> lines = bench.vendor.log;
    std::erase(lines, "saved outputs");
    return lines;
  }
  void fail(const std::string& start, ErrorCode code) {
    bench.vendor.before = [start, code](const std::string& line) -> Result<void> {
      if (!line.starts_with(start)) return {};
      return Diagnostic{.code = code, .message = "fake: " + start};
    };
  }
  ApplyBench bench;
  Report report = {};
};

TEST_F(ChangeTest, AnUpdateNamesWhatDiffers) {
  made(kMachine);
  EXPECT_THAT(log("  a: { type: fake.machine, name: b, size: s, image: i, user_data: v }\n"),
              ElementsAre("saved a id-1 half-made", "update fake.machine id-1 image name user_data",
                          "saved a id-1"));
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, ARefusedUpdateLeavesTheRecordAsItWas) {
  made(kMachine);
  const Record before = *bench.find("a");
  fail("update", ErrorCode::conflict);
  EXPECT_THAT(log("  a: { type: fake.machine, name: b, size: s, user_data: v }\n"),
              ElementsAre("saved a id-1 half-made", "update fake.machine id-1 name user_data",
                          "saved a id-1"));
  EXPECT_EQ(bench.find("a")->attributes, before.attributes);
  EXPECT_FALSE(bench.find("a")->half_made);
}

TEST_F(ChangeTest, AnUpdateOfUnknownOutcomeIsGoneOnWith) {
  made(kMachine);
  fail("update", ErrorCode::unknown_outcome);
  (void)log("  a: { type: fake.machine, name: b, size: s, user_data: u }\n");
  EXPECT_TRUE(bench.find("a")->half_made);
  bench.vendor.before = {};
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, IgnoredAttributesAreNotSent) {
  made("  a: { type: fake.machine, name: a, size: s, image: i }\n");
  bench.vendor.find("id-1")->attributes.set("image", "theirs");
  (void)log("  a: { type: fake.machine, name: b, size: s, image: i, ignore: [image] }\n");
  EXPECT_EQ(*bench.vendor.find("id-1")->attributes.find("image"), Value("theirs"));
  EXPECT_EQ(*bench.vendor.find("id-1")->attributes.find("name"), Value("b"));
}

TEST_F(ChangeTest, DriftThatIsLeftAloneIsThePriorFromNowOn) {
  made("  a: { type: fake.machine, name: a, size: s, image: i }\n");
  bench.vendor.find("id-1")->attributes.set("image", "j");
  EXPECT_THAT(log("  a: { type: fake.machine, name: a, size: s, image: j }\n"),
              ElementsAre("saved a id-1"));
  EXPECT_TRUE(bench.plan().drift.empty());
}

// --- replacing ---

TEST_F(ChangeTest, AReplacementTakesTheOldObjectFirst) {
  made(kMachine);
  EXPECT_THAT(log("  a: { type: fake.machine, name: a, size: l, user_data: u }\n"),
              ElementsAre("remove fake.machine id-1", "dropped a", "saved a intent",
                          "create fake.machine a", "saved a id-2 half-made", "saved a id-2"));
}

TEST_F(ChangeTest, AReplacementThatCannotDeleteMakesNothing) {
  made(kMachine);
  fail("remove", ErrorCode::conflict);
  EXPECT_THAT(log("  a: { type: fake.machine, name: a, size: l, user_data: u }\n"),
              ElementsAre("remove fake.machine id-1"));
  EXPECT_EQ(shown(report), "replace a id-1 failed: fake: remove\n");
  EXPECT_EQ(bench.find("a")->id, "id-1");
}

TEST_F(ChangeTest, AReplacementThatMakesNothingAfterDeletingSaysWhatIsGone) {
  made(kMachine);
  fail("create", ErrorCode::unavailable);
  (void)log("  a: { type: fake.machine, name: a, size: l, user_data: u }\n");
  EXPECT_EQ(shown(report), "replace a failed: fake: create\n");
  EXPECT_EQ(report.steps[0].removed, (std::vector<std::string>{"id-1"}));
  EXPECT_TRUE(report.steps[0].in_part());
  EXPECT_EQ(exit_status(report), 5);
  EXPECT_FALSE(bench.find("a"));
}

const char* const kNewFirst =
    "  a: { type: fake.machine, name: a, size: l, user_data: u, create_before_destroy: true }\n";

TEST_F(ChangeTest, CreateBeforeDestroyKeepsTheOldObjectUntilTheNewOneStands) {
  made(kMachine);
  EXPECT_THAT(log(kNewFirst),
              ElementsAre("saved a intent deposed id-1", "create fake.machine a",
                          "saved a id-2 half-made deposed id-1", "saved a id-2 deposed id-1",
                          "remove fake.machine id-1", "saved a id-2"));
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, ARefusedNewOneLeavesTheOldOneAndItsRecord) {
  made(kMachine);
  const Record before = *bench.find("a");
  fail("create", ErrorCode::out_of_capacity);
  (void)log(kNewFirst);
  EXPECT_EQ(shown(report), "replace a failed: fake: create\n");
  Record after = *bench.find("a");
  after.updated = before.updated;
  EXPECT_EQ(after, before);
  bench.vendor.before = {};
  bench.write(kMachine);
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, AnOldOneThatCannotBeDeletedGoesNextTime) {
  made(kMachine);
  fail("remove", ErrorCode::unavailable);
  (void)log(kNewFirst);
  EXPECT_EQ(shown(report), "replace a id-2 failed: fake: remove\n");
  EXPECT_EQ(bench.find("a")->deposed, (std::vector<std::string>{"id-1"}));
  bench.vendor.before = {};
  EXPECT_THAT(log(kNewFirst),
              ElementsAre("saved a id-2 deposed id-1", "remove fake.machine id-1", "saved a id-2"));
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, NoObjectIsDeletedThatNobodyCouldBeToldOf) {
  made(kMachine);
  bench.vendor.after_effect = [&](const std::string&) -> Result<void> {
    bench.logged.gone = {.code = ErrorCode::unavailable, .message = "the server is gone"};
    return {};
  };
  EXPECT_THAT(log(kNewFirst),
              ElementsAre("saved a intent deposed id-1", "create fake.machine a",
                          "saved a id-2 half-made deposed id-1", "saved a id-2 deposed id-1"));
  EXPECT_EQ(shown(report),
            "replace a id-2 failed: the server is gone\nerrors: the server is gone\n");
  bench.logged.gone.reset();
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_FALSE(bench.vendor.find("id-1"));
}

TEST_F(ChangeTest, ADestroyEndsWhereTheServerOfTheStateIsGone) {
  made(
      "  k: { type: fake.key, name: k }\n"
      "  m: { type: fake.machine, name: m, size: s, key: '${k.id}' }\n");
  bench.vendor.before = [&](const std::string& line) -> Result<void> {
    if (line.starts_with("remove"))
      bench.logged.gone = {.code = ErrorCode::unavailable, .message = "the server is gone"};
    return {};
  };
  EXPECT_THAT(log("  x: { type: fake.key, name: x }\n", {.destroy = true}),
              ElementsAre("remove fake.machine id-2", "dropped m"));
  EXPECT_EQ(shown(report),
            "delete m id-2 done\n"
            "delete k id-1 failed: the server is gone\n"
            "errors: the server is gone\n");
}

TEST_F(ChangeTest, WhoRefersToAReplacedObjectIsMovedBeforeItGoes) {
  const std::string rest = "  m: { type: fake.machine, name: m, size: s, key: '${a.id}' }\n";
  made(kMachine + rest);
  EXPECT_THAT(log(kNewFirst + rest),
              ElementsAre("saved a intent deposed id-1", "create fake.machine a",
                          "saved a id-3 half-made deposed id-1", "saved a id-3 deposed id-1",
                          "saved m id-2 half-made", "update fake.machine id-2 key", "saved m id-2",
                          "remove fake.machine id-1", "saved a id-3"));
}

TEST_F(ChangeTest, AReplacedObjectStaysWhileSomebodyStillRefersToIt) {
  const std::string rest = "  m: { type: fake.machine, name: m, size: s, key: '${a.id}' }\n";
  made(kMachine + rest);
  fail("update", ErrorCode::conflict);
  (void)log(kNewFirst + rest);
  EXPECT_TRUE(bench.vendor.find("id-1"));
  bench.vendor.before = {};
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_FALSE(bench.vendor.find("id-1"));
  EXPECT_EQ(bench.planned(), "");
}

// --- removing ---

TEST_F(ChangeTest, WhatNeedsOthersGoesBeforeThem) {
  made(
      "  k: { type: fake.key, name: k }\n"
      "  m: { type: fake.machine, name: m, size: s, key: '${k.id}' }\n");
  EXPECT_THAT(
      log("  x: { type: fake.key, name: x }\n", {.destroy = true}),
      ElementsAre("remove fake.machine id-2", "dropped m", "remove fake.key id-1", "dropped k"));
  EXPECT_TRUE(bench.disk.records.empty());
}

TEST_F(ChangeTest, AFailedRemovalKeepsWhatItNeeds) {
  made(
      "  k: { type: fake.key, name: k }\n"
      "  l: { type: fake.key, name: l }\n"
      "  m: { type: fake.machine, name: m, size: s, key: '${k.id}' }\n");
  fail("remove fake.machine", ErrorCode::timed_out);
  (void)log("  x: { type: fake.key, name: x }\n", {.destroy = true});
  EXPECT_EQ(shown(report),
            "delete m id-3 failed: fake: remove fake.machine\n"
            "delete k skipped because of m\n"
            "delete l id-2 done\n");
}

TEST_F(ChangeTest, AnotherTypeAtTheSameAddressWaitsForTheOldObject) {
  made(kMachine);
  EXPECT_THAT(log("  a: { type: fake.key, name: a }\n"),
              ElementsAre("remove fake.machine id-1", "dropped a", "saved a intent",
                          "create fake.key a", "saved a id-2 half-made", "saved a id-2"));
}

TEST_F(ChangeTest, AnotherTypeAtTheAddressOfAnObjectThatIsGone) {
  made(kMachine);
  bench.vendor.objects.clear();
  EXPECT_THAT(log("  a: { type: fake.key, name: a }\n"),
              ElementsAre("dropped a", "saved a intent", "create fake.key a",
                          "saved a id-2 half-made", "saved a id-2"));
  EXPECT_EQ(bench.find("a")->id, "id-2");
}

// --- identity ---

TEST_F(ChangeTest, OneIdIsNotThatOfTwoAddresses) {
  made("  a: { type: fake.machine, name: a, size: s }\n");
  bench.vendor.count_from(1);
  bench.write(
      "  a: { type: fake.machine, name: a, size: s }\n"
      "  b: { type: fake.machine, name: b, size: s }\n");
  report = bench.apply();
  ASSERT_EQ(report.steps.size(), 1U);
  EXPECT_EQ(report.steps[0].error.message,
            "the vendor answered with the id 'id-1', which is that of a");
  EXPECT_EQ(exit_status(report), 11);
  EXPECT_EQ(bench.find("a")->id, "id-1");
  EXPECT_EQ(bench.find("b")->id, "");
  // Nor is it in the next run, though by now it looks as b should and has its mark.
  EXPECT_EQ(bench.planned(),
            "update a id-1 [in-place] name: \"b\" > \"a\" (in-place) # name: changed outside jim; "
            "jim.yaml:3 asks for it as it was\n"
            "create b name: null > \"b\" size: null > \"s\"\n");
}

// --- forgetting ---

TEST_F(ChangeTest, ForgettingTakesTheMarkOff) {
  made("  a: { type: fake.machine, name: a, size: s, keep: true }\n");
  EXPECT_THAT(log("  k: { type: fake.key, name: k }\n"),
              UnorderedElementsAre("mark fake.machine id-1", "dropped a", "saved k intent",
                                   "create fake.key k", "saved k id-2 half-made", "saved k id-2"));
  EXPECT_EQ(bench.vendor.find("id-1")->mark, "");
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, AMarkThatDoesNotComeOffIsKnownAsForgotten) {
  bench.vendor.before = [](const std::string& line) {
    return line.starts_with("mark ")
               ? Result<void>(Diagnostic{.code = ErrorCode::invalid_config, .message = "it stays"})
               : Result<void>();
  };
  made("  a: { type: fake.machine, name: a, size: s, keep: true }\n");
  (void)log("  k: { type: fake.key, name: k }\n");
  EXPECT_TRUE(bench.find("a")->forgotten);
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, AMarkThatStaysIsKnownAsForgotten) {
  bench.vendor.marks_can_change = false;
  made("  a: { type: fake.machine, name: a, size: s, keep: true }\n");
  (void)log("  k: { type: fake.key, name: k }\n");
  EXPECT_TRUE(bench.find("a")->forgotten);
  EXPECT_EQ(bench.planned(), "");
  EXPECT_EQ(bench.planned({.destroy = true}), "delete k id-2 [release] # everything is to go\n");
  EXPECT_THAT(
      log("  a: { type: fake.machine, name: a, size: s }\n"),
      UnorderedElementsAre("saved a id-1", "saved a id-1", "remove fake.key id-2", "dropped k"));
  EXPECT_FALSE(bench.find("a")->forgotten);
}

// --- adopting and renaming ---

TEST_F(ChangeTest, AdoptionSendsNothingThatThePlanDidNotShow) {
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  EXPECT_THAT(log(kMachine), ElementsAre("mark fake.machine m1", "saved a m1", "saved a m1"));
  EXPECT_EQ(bench.planned(), "");
  bench.write("  a: { type: fake.machine, name: a, size: s, user_data: v }\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [reinstall] user_data: (sensitive) > (sensitive) (reinstall) # user_data: "
            "jim.yaml:3 asks for it\n");
}

TEST_F(ChangeTest, WhatIsPresumedOfATakenOverObjectIsRecordedWithoutARequest) {
  made("  a: { type: fake.machine, name: a, size: s, user_data: v }\n");
  Record record = *bench.find("a");
  record.attributes.set("user_data", Value());
  bench.record(record);
  EXPECT_THAT(log("  a: { type: fake.machine, name: a, size: s, user_data: v }\n"),
              ElementsAre("saved a id-1"));
  EXPECT_TRUE(is_fingerprint(*bench.find("a")->attributes.find("user_data")));
}

TEST_F(ChangeTest, AdoptionMayChangeAttributes) {
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"x","size":"s"})"),
                   Workbench::mark("a"));
  EXPECT_THAT(log(kMachine),
              ElementsAre("mark fake.machine m1", "saved a m1", "saved a m1 half-made",
                          "update fake.machine m1 name", "saved a m1"));
}

TEST_F(ChangeTest, ARenameMovesMarkAndRecord) {
  made("  old: { type: fake.machine, name: a, size: s, user_data: u }\n");
  EXPECT_THAT(log("  a: { type: fake.machine, name: a, size: s, user_data: u, was: old }\n"),
              ElementsAre("mark fake.machine id-1", "dropped old", "saved a id-1", "saved a id-1"));
  EXPECT_EQ(bench.vendor.find("id-1")->mark, Workbench::mark("a"));
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ChangeTest, ARenameThatTheVendorRefusesIsPlannedAgain) {
  made("  old: { type: fake.machine, name: a, size: s }\n");
  fail("mark", ErrorCode::unavailable);
  (void)log("  a: { type: fake.machine, name: a, size: s }\n");
  EXPECT_EQ(shown(report), "rename a id-1 failed: fake: mark\n");
  bench.vendor.before = {};
  EXPECT_EQ(bench.planned(), "rename a from old id-1 # known as old so far\n");
}

// --- the history

TEST_F(ChangeTest, WhatARunOrderedCountsThereAndIsFinishedByTheNext) {
  bench.vendor.before_ready = [](const std::string&) -> Result<void> {
    return Diagnostic{.code = ErrorCode::timed_out, .message = "fake: never ready"};
  };
  bench.write(kMachine);
  bench.apply();
  bench.vendor.before_ready = {};
  bench.apply();
  EXPECT_EQ(bench.disk.runs[1].counts, (std::map<std::string, std::int64_t>{{"create", 1}}));
  EXPECT_EQ(bench.disk.runs[2].counts, (std::map<std::string, std::int64_t>{{"finish", 1}}));
  EXPECT_EQ(bench.disk.steps[2].at(1).action, kFinish);
}

TEST_F(ChangeTest, WhatTheVendorRefusedIsNotCounted) {
  fail("create", ErrorCode::out_of_capacity);
  bench.write(kMachine);
  bench.apply();
  EXPECT_TRUE(bench.disk.runs[1].counts.empty());
}

}  // namespace
}  // namespace jim
