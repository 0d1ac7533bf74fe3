#include "core/plan/plan.h"

#include <gtest/gtest.h>

#include "tests/core/plan/workbench.h"

namespace jim {
namespace {

const char* const kMachine = "  a: { type: fake.machine, name: a, size: s, image: i }\n";
const char* const kSame = R"({"name":"a","size":"s","image":"i","ip":"10.0.0.1"})";

Record record_of(const std::string& address, const std::string& id, const std::string& json,
                 const std::string& type = "fake.machine") {
  return {
      .address = *parse_address(address), .type = type, .id = id, .attributes = attributes(json)};
}

class PlanTest : public testing::Test {
 protected:
  /// A resource that jim made earlier and that stands as it was made.
  void standing(const std::string& address, const std::string& id, const std::string& json,
                const std::string& type = "fake.machine", std::vector<std::string> needs = {}) {
    Record record = record_of(address, id, json, type);
    record.needs = std::move(needs);
    bench.record(record);
    bench.vendor.put(type, id, attributes(json), Workbench::mark(address));
  }
  /// A key `k` that a machine `a` needs, both standing.
  void standing_pair() {
    standing("k", "k1", R"({"name":"k"})", "fake.key");
    standing("a", "m1", R"({"name":"a","size":"s","key":"k1"})", "fake.machine", {"k"});
    bench.write(
        "  k: { type: fake.key, name: k }\n"
        "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n");
  }
  std::string drift() {
    std::string all;
    for (const Drift& one : bench.plan().drift)
      all += one.address.text() + " " + one.id + (one.gone ? " gone" : "") + shown(one.attributes) +
             "\n";
    return all;
  }
  Workbench bench;
};

TEST_F(PlanTest, NothingToDoIsAnEmptyPlan) {
  bench.write(kMachine);
  standing("a", "m1", kSame);
  const Plan plan = bench.plan();
  EXPECT_TRUE(is_empty(plan));
  EXPECT_EQ(plan.unchanged, 1u);
  EXPECT_EQ(plan.drift.size(), 0u);
}

TEST_F(PlanTest, TheWorstAttributeDecidesWhatIsDone) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: b, size: s, image: i }\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [in-place] name: \"a\" > \"b\" (in-place) # name: jim.yaml:3 asks for "
            "it\n");
  bench.write("  a: { type: fake.machine, name: b, size: s, image: j }\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [reinstall] image: \"i\" > \"j\" (reinstall) name: \"a\" > \"b\" "
            "(in-place) # image: jim.yaml:3 asks for it; name: jim.yaml:3 asks for it\n");
  bench.write("  a: { type: fake.machine, name: a, size: l, image: j }\n");
  EXPECT_EQ(bench.planned(),
            "replace a m1 [replace] image: \"i\" > \"j\" (reinstall) size: \"s\" > \"l\" (replace) "
            "# image: jim.yaml:3 asks for it; size: jim.yaml:3 asks for it\n");
}

TEST_F(PlanTest, OnlyAPrepaidPeriodStartsWithoutAnotherMachine) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: a, size: l, image: i }\n");
  for (Attribute& attribute : bench.vendor.type("fake.machine").attributes)
    if (attribute.name == "size") attribute.change = Risk::bill;
  EXPECT_EQ(bench.planned(),
            "update a m1 [bill] size: \"s\" > \"l\" (bill) # size: jim.yaml:3 asks for it\n");
  for (Attribute& attribute : bench.vendor.type("fake.machine").attributes)
    if (attribute.name == "size") attribute.change = Risk::release;
  EXPECT_EQ(bench.planned(),
            "replace a m1 [release] size: \"s\" > \"l\" (release) # size: jim.yaml:3 asks for "
            "it\n");
}

TEST_F(PlanTest, AReasonNamesTheLineOfTheAttribute) {
  standing("a", "m1", kSame);
  bench.write(
      "  a:\n    type: fake.machine\n    name: a\n    size: s\n    # why not\n    image: j\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [reinstall] image: \"i\" > \"j\" (reinstall) # image: jim.yaml:8 asks for "
            "it\n");
}

TEST_F(PlanTest, HowLongItTakesIsKnownFromTheType) {
  bench.write(kMachine);
  EXPECT_EQ(bench.plan().changes.front().expected, std::chrono::minutes(9));
  standing("a", "m1", kSame);
  bench.vendor.type("fake.machine").expected_update = std::chrono::minutes(2);
  bench.write("  a: { type: fake.machine, name: a, size: s, image: j }\n");
  EXPECT_EQ(bench.plan().changes.front().expected, std::chrono::minutes(2));
}

// --- three states ---

TEST_F(PlanTest, ActualIsHeldAgainstDesiredAndPriorOnlySaysWhy) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", kSame));
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"x","size":"s","image":"i"})"));
  EXPECT_EQ(bench.planned(),
            "update a m1 [in-place] name: \"x\" > \"a\" (in-place) # name: changed outside jim; "
            "jim.yaml:3 asks for it as it was\n");
  EXPECT_EQ(drift(), "a m1 name: \"a\" > \"x\" (in-place)\n");
}

TEST_F(PlanTest, DriftThatTheFileNowAsksForIsNoChange) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", R"({"name":"old","size":"s","image":"i"})"));
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  EXPECT_EQ(bench.planned(), "");
  EXPECT_EQ(drift(), "a m1 name: \"old\" > \"a\" (in-place)\n");
}

TEST_F(PlanTest, AChangeOfTheFileIsNoDrift) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: b, size: s, image: i }\n");
  EXPECT_EQ(drift(), "");
}

TEST_F(PlanTest, WhatTheVendorComputesIsNoDrift) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", kSame));
  bench.vendor.put("fake.machine", "m1",
                   attributes(R"({"name":"a","size":"s","image":"i","ip":"10.9.9.9"})"));
  EXPECT_EQ(drift(), "");
}

TEST_F(PlanTest, IgnoredAttributesAreNeitherDriftNorChange) {
  bench.write("  a: { type: fake.machine, name: a, size: s, image: i, ignore: [image] }\n");
  bench.record(record_of("a", "m1", kSame));
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"a","size":"s","image":"x"})"));
  EXPECT_EQ(bench.planned(), "");
  EXPECT_EQ(drift(), "");
}

TEST_F(PlanTest, AnObjectDeletedBehindOurBackIsDrift) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", kSame));
  EXPECT_EQ(drift(), "a m1 gone\n");
}

TEST_F(PlanTest, AHalfMadeObjectHasNotDrifted) {
  bench.write(kMachine);
  Record record = record_of("a", "m1", R"({"name":"z"})");
  record.half_made = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  EXPECT_EQ(drift(), "");
  EXPECT_EQ(bench.planned(), "update a m1 resumes [in-place] # an earlier run did not finish it\n");
}

TEST_F(PlanTest, AnObjectThatIsNotReadyYetIsWaitedFor) {
  bench.write(kMachine);
  standing("a", "m1", kSame);
  bench.vendor.find("m1")->readiness = Readiness::pending;
  bench.vendor.find("m1")->status = "deploying";
  EXPECT_EQ(bench.planned(), "update a m1 resumes [in-place] # not ready yet: 'deploying'\n");
}

TEST_F(PlanTest, AReplacedObjectThatIsStillThereIsToldAndGoes) {
  bench.write(kMachine);
  standing("a", "m2", kSame);
  Record record = record_of("a", "m2", kSame);
  record.deposed = {"m1"};
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  EXPECT_EQ(bench.planned(),
            "update a m2 deposed m1 # an object that it replaced is still there\n");
}

TEST_F(PlanTest, AForgottenObjectIsLeftAloneUntilTheFileWantsItBack) {
  Record record = record_of("a", "m1", kSame);
  record.forgotten = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(bench.planned(), "create k name: null > \"k\"\n");
  bench.write(kMachine);
  EXPECT_EQ(bench.planned(), "adopt a m1\n");
}

// --- the unknown ---

TEST_F(PlanTest, WhatAnotherChangeTellsIsUnknownUntilThen) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\n"
            "create a key: null > ? name: null > \"a\" size: null > \"s\"\n");
}

TEST_F(PlanTest, WhatStandsIsKnown) {
  standing_pair();
  EXPECT_EQ(bench.planned(), "");
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: '${k.name}-x', size: s, key: '${k.id}' }\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [in-place] name: \"a\" > \"k-x\" (in-place) # name: jim.yaml:4 asks for "
            "it\n");
}

TEST_F(PlanTest, AReplacementMakesTheIdUnknownAgain) {
  standing_pair();
  bench.vendor.type("fake.key").attributes.front().change = Risk::replace;
  bench.write(
      "  k: { type: fake.key, name: z }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n");
  EXPECT_EQ(bench.planned(),
            "replace k k1 [replace] name: \"k\" > \"z\" (replace) # name: jim.yaml:3 asks for it\n"
            "update a m1 [in-place] key: \"k1\" > ? (in-place) # key: jim.yaml:4 gives it once "
            "another change is made\n");
}

TEST_F(PlanTest, AnUpdateDoesNotMakeTheIdUnknown) {
  standing_pair();
  bench.write(
      "  k: { type: fake.key, name: z }\n"
      "  a: { type: fake.machine, name: 'for-${k.name}', size: s, key: '${k.id}' }\n");
  EXPECT_EQ(bench.planned(),
            "update k k1 [in-place] name: \"k\" > \"z\" (in-place) # name: jim.yaml:3 asks for it\n"
            "update a m1 [in-place] name: \"a\" > \"for-z\" (in-place) # name: jim.yaml:4 asks for "
            "it\n");
}

TEST_F(PlanTest, ASecretOfTheFileIsKeptAsFingerprintAndOnlyAnotherOneIsAChange) {
  bench.write("  a: { type: fake.machine, name: a, size: s, user_data: hush }\n");
  Record record = record_of("a", "m1", R"({"name":"a","size":"s"})");
  record.attributes.set("user_data", fingerprint_value("hush", "key"));
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"a","size":"s"})"));
  EXPECT_EQ(bench.planned(), "");
  bench.write("  a: { type: fake.machine, name: a, size: s, user_data: louder }\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [reinstall] user_data: (sensitive) > (sensitive) (reinstall) # user_data: "
            "jim.yaml:3 asks for it\n");
}

// --- protect, keep, destroy ---

TEST_F(PlanTest, AProtectedResourceIsNotReplacedOrDeleted) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: a, size: l, image: i, protect: true }\n");
  EXPECT_EQ(bench.planned(),
            "a is protected, and this plan would replace it: size: jim.yaml:3 asks for it | take "
            "'protect: true' away first if that is what you want\n");
  bench.write("  a: { type: fake.machine, name: b, size: s, image: i, protect: true }\n");
  EXPECT_EQ(count(bench.plan()).update, 1u);

  Record record = record_of("a", "m1", kSame);
  record.protect = true;
  bench.record(record);
  bench.write("  k: { type: fake.key, name: k }\n");
  const char* const kRefused =
      "a is protected, and this plan would delete it: the file no longer has it | take 'protect: "
      "true' away first if that is what you want\n";
  EXPECT_EQ(bench.planned(), kRefused);
  EXPECT_EQ(bench.planned({.targets = {"k"}}), "create k name: null > \"k\"\n");
}

TEST_F(PlanTest, EveryProtectedResourceIsTold) {
  for (const char* name : {"a", "b"}) {
    Record record = record_of(name, std::string("m-") + name, kSame);
    record.protect = true;
    bench.record(record);
    bench.vendor.put("fake.machine", record.id, attributes(kSame));
  }
  bench.write("  k: { type: fake.key, name: k }\n");
  Diagnostics found;
  EXPECT_FALSE(bench.try_plan({.destroy = true}, found));
  EXPECT_EQ(found.size(), 2u);
}

TEST_F(PlanTest, KeepForgetsInsteadOfDeleting) {
  Record record = record_of("a", "m1", kSame);
  record.keep = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\n"
            "forget a m1 # the file no longer has it; 'keep' leaves the object alone\n");
}

TEST_F(PlanTest, ARecordWhoseObjectIsGoneIsForgotten) {
  bench.record(record_of("a", "m1", kSame));
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\nforget a # it does not exist any more\n");
}

TEST_F(PlanTest, DestroyDeletesAllInReverseAndNothingElse) {
  standing_pair();
  bench.vendor.put("fake.machine", "foreign", attributes(kSame));
  EXPECT_EQ(bench.planned({.destroy = true}),
            "delete a m1 [release] # everything is to go\n"
            "delete k k1 [release] # everything is to go\n");
  EXPECT_EQ(count(bench.plan({.destroy = true})).remove, 2u);
}

// --- targets ---

TEST_F(PlanTest, ATargetBringsWhatItNeeds) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n"
      "  b: { type: fake.machine, name: b, size: s }\n");
  EXPECT_EQ(count(bench.plan({.targets = {"a"}})).create, 2u);
  EXPECT_EQ(bench.planned({.targets = {"k"}}), "create k name: null > \"k\"\n");
  EXPECT_EQ(count(bench.plan({.targets = {"k", "b"}})).create, 2u);
}

TEST_F(PlanTest, ATargetMayBeOneInstance) {
  bench.write("  a: { type: fake.machine, count: 3, name: 'n${index}', size: s }\n");
  EXPECT_EQ(bench.planned({.targets = {"a[1]"}}),
            "create a[1] name: null > \"n1\" size: null > \"s\"\n");
  EXPECT_EQ(count(bench.plan({.targets = {"a"}})).create, 3u);
  EXPECT_EQ(count(bench.plan({.excludes = {"a[1]"}})).create, 2u);
}

TEST_F(PlanTest, AnExcludeKeepsOutWhatNeedsIt) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n"
      "  b: { type: fake.machine, name: b, size: s }\n");
  EXPECT_EQ(bench.planned({.excludes = {"k"}}), "create b name: null > \"b\" size: null > \"s\"\n");
  EXPECT_EQ(count(bench.plan({.excludes = {"a"}})).create, 2u);
  EXPECT_EQ(bench.planned({.targets = {"a"}, .excludes = {"a"}}), "create k name: null > \"k\"\n");
}

TEST_F(PlanTest, DestroyOfATargetTakesWhatNeedsItAlong) {
  standing_pair();
  EXPECT_EQ(count(bench.plan({.destroy = true, .targets = {"k"}})).remove, 2u);
  EXPECT_EQ(bench.planned({.destroy = true, .targets = {"a"}}),
            "delete a m1 [release] # everything is to go\n");
  EXPECT_EQ(bench.planned({.destroy = true, .excludes = {"k"}}),
            "delete a m1 [release] # everything is to go\n");
  EXPECT_EQ(bench.planned({.destroy = true, .excludes = {"a"}}), "");
}

TEST_F(PlanTest, ATargetThatNamesNothingIsToldWithAGuess) {
  bench.write("  web: { type: fake.machine, name: a, size: s }\n");
  EXPECT_EQ(bench.planned({.targets = {"wbe"}}),
            "--target 'wbe' names no resource of the file or of state | did you mean 'web'?\n");
  EXPECT_EQ(bench.planned({.excludes = {"zzzzzz"}}),
            "--exclude 'zzzzzz' names no resource of the file or of state | 'jim state list' shows "
            "all addresses\n");
}

TEST_F(PlanTest, AnExactTargetComesAlone) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n");
  EXPECT_EQ(bench.planned({.targets = {"a"}, .exact = true}),
            "create a key: null > ? name: null > \"a\" size: null > \"s\"\n");
}

// --- order ---

TEST_F(PlanTest, WhatIsNeededComesFirstAndIsRemovedLast) {
  standing("old_k", "k1", R"({"name":"old"})", "fake.key");
  standing("old_m", "m1", R"({"name":"m","size":"s"})", "fake.machine", {"old_k"});
  standing("old_n", "m2", R"({"name":"n","size":"s"})", "fake.machine", {"old_m"});
  bench.write(
      "  a: { type: fake.machine, name: '${b.id}', size: s }\n"
      "  b: { type: fake.machine, name: '${c.id}', size: s }\n"
      "  c: { type: fake.key, name: c }\n");
  std::vector<std::string> order;
  for (const Change& change : bench.plan().changes) order.push_back(change.address.text());
  EXPECT_EQ(order, (std::vector<std::string>{"c", "b", "a", "old_n", "old_m", "old_k"}));
}

TEST_F(PlanTest, RecordsThatNeedEachOtherInACircleStillGo) {
  standing("x", "m1", R"({"name":"x","size":"s"})", "fake.machine", {"y"});
  standing("y", "m2", R"({"name":"y","size":"s"})", "fake.machine", {"x"});
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(count(bench.plan()).remove, 2u);
}

TEST_F(PlanTest, AChangeKnowsWhatItNeeds) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}', needs: [l] }\n"
      "  l: { type: fake.key, name: l }\n");
  EXPECT_EQ(bench.plan().changes.back().needs, (std::vector<std::string>{"k", "l"}));
}

// --- reading ---

TEST_F(PlanTest, ReadsListsAndNothingElseWhenTheyShowEverything) {
  standing_pair();
  bench.vendor.log.clear();
  const Plan plan = bench.plan();
  EXPECT_EQ(bench.vendor.log, (std::vector<std::string>{"list fake.key", "list fake.machine"}));
  const State state = bench.state();
  EXPECT_EQ(bench.look(state)->totals.requests, 2u);
  EXPECT_EQ(bench.look(state)->totals.lists.at("fake"), 2u);
}

TEST_F(PlanTest, AFailedListEndsTheRefresh) {
  bench.write(kMachine);
  bench.vendor.before = [](const std::string& line) -> Result<void> {
    if (line != "list fake.machine") return {};
    return Diagnostic{.code = ErrorCode::unauthorized, .message = "fake: 401"};
  };
  EXPECT_EQ(bench.planned(), "fake: 401\n");
}

TEST_F(PlanTest, OfflineStateIsTakenForWhatExists) {
  standing_pair();
  bench.vendor.objects.clear();
  Diagnostics found;
  const State state = bench.state();
  const auto plan = make_plan(bench.config(), bench.expansion(), state,
                              offline_snapshot(state, bench.types()), {}, bench.types(), found);
  ASSERT_TRUE(plan) << messages(found);
  EXPECT_EQ(shown(*plan), "");
  EXPECT_EQ(plan->drift.size(), 0u);
}

}  // namespace
}  // namespace jim
