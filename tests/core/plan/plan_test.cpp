#include "core/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/plan/plan_fixture.h"

namespace jim {
namespace {

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

TEST_F(PlanTest, AReplacementThatDeletesFirstSaysWhatTheVendorMayRefuse) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: a, size: xl, image: i }\n");
  ResourceType& machine = bench.vendor.type("fake.machine");
  for (Attribute& one : machine.attributes) {
    if (one.name != "size") continue;
    one.allowed = {Value("s"), Value("l")};
    one.allowed_open = true;
  }
  EXPECT_EQ(
      bench.plan().changes[0].reasons[0],
      "'xl' is not among the values of 'size' that jim knows: the old object would be gone if "
      "the vendor refuses it");
  machine.create_before_destroy = true;
  EXPECT_EQ(bench.plan().changes[0].reasons[0], "size: jim.yaml:3 asks for it");
}

TEST_F(PlanTest, WhatTheBlockSaysGuardsTheInstancesThatItLost) {
  standing("a[0]", "m1", R"({"name":"a","size":"s"})");
  standing("a[1]", "m2", R"({"name":"a","size":"s"})");
  const std::string block = "  a: { type: fake.machine, count: 1, name: a, size: s";
  bench.write(block + ", protect: true }\n");
  EXPECT_EQ(bench.planned(),
            "a[1] is protected, and this plan would delete it: the file no longer has it | take "
            "'protect: true' away first if that is what you want\n");
  bench.write(block + ", keep: '${index == 1}' }\n");
  EXPECT_EQ(bench.planned(),
            "forget a[1] m2 # the file no longer has it; 'keep' leaves the object alone\n");
  // And when it says so no more, what state still has does not hold.
  Record record = record_of("a[1]", "m2", R"({"name":"a","size":"s"})");
  record.protect = true;
  bench.record(record);
  bench.write(block + " }\n");
  EXPECT_EQ(bench.planned(), "delete a[1] m2 [release] # the file no longer has it\n");
}

TEST_F(PlanTest, WhatStateKnewGuardsWhereTheFileCannotTell) {
  Record record = record_of("a[\"x\"]", "m1", R"({"name":"a","size":"s"})");
  record.protect = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"a","size":"s"})"),
                   Workbench::mark("a[\"x\"]"));
  bench.write(
      "  a: { type: fake.machine, for_each: { y: false }, name: b, size: s, "
      "protect: '${each.value}' }\n");
  EXPECT_THAT(bench.planned(), testing::HasSubstr("a[\"x\"] is protected"));
}

TEST_F(PlanTest, AChangedGuardIsToldThoughNothingIsToDo) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: a, size: s, image: i, protect: true }\n");
  const Plan plan = bench.plan();
  EXPECT_TRUE(is_empty(plan));
  ASSERT_EQ(plan.guards.size(), 1u);
  EXPECT_EQ(plan.guards[0].address.text(), "a");
  EXPECT_EQ(plan.guards[0].name, "protect");
  EXPECT_TRUE(plan.guards[0].value);
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

TEST_F(PlanTest, WhereItIsNotTheFileThatAsksTheReasonSaysSo) {
  bench.write(
      "  a: { type: fake.machine, name: b, size: s, image: i }\n"
      "  n: { type: fake.key, name: n }\n");
  standing("a", "m1", kSame);
  standing("x", "m2", R"({"name":"x"})");
  const PlanOptions options = {
      .because = [](const Address& address, const AttributeChange* change) {
        return (change != nullptr ? change->name : address.text()) + " was so";
      }};
  EXPECT_EQ(bench.planned(options),
            "update a m1 [in-place] name: \"a\" > \"b\" (in-place) # name: name was so\n"
            "create n name: null > \"n\" # n was so\n"
            "delete x m2 [release] # x was so\n");
}

}  // namespace
}  // namespace jim
