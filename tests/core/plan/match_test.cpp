#include "core/plan/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/plan/workbench.h"

namespace jim {
namespace {

const char* const kMachine = "  a: { type: fake.machine, name: a, size: s }\n";
const char* const kSame = R"({"name":"a","size":"s"})";
const char* const kCreated = "create a name: null > \"a\" size: null > \"s\"\n";

/// The record of a machine that exists and is as the file asks.
Record machine_record(const std::string& address, const std::string& id) {
  return {.address = *parse_address(address),
          .type = "fake.machine",
          .id = id,
          .attributes = attributes(kSame)};
}

class MatchTest : public testing::Test {
 protected:
  MatchTest() { bench.write(kMachine); }
  void machine(const std::string& id, const std::string& mark = {}) {
    bench.vendor.put("fake.machine", id, attributes(kSame), mark);
  }
  /// A record of a create whose outcome nobody wrote down.
  void intent(Intent intent) {
    Record record = machine_record("a", "");
    record.attributes = {};
    record.half_made = true;
    intent.action = "create";
    record.intent = std::move(intent);
    bench.record(record);
  }
  Workbench bench;
};

TEST_F(MatchTest, TheIdInStateComesFirst) {
  bench.record(machine_record("a", "m1"));
  machine("m1");
  machine("m2", Workbench::mark("b"));
  machine("m3");
  EXPECT_EQ(bench.planned(),
            "delete b m2 [release] # it carries this project's mark but is in neither file nor "
            "state\n");
}

TEST_F(MatchTest, NothingIsMatchedWithoutRecordOrMark) {
  machine("m1");
  EXPECT_EQ(bench.planned(), kCreated);
}

TEST_F(MatchTest, AnObjectThatIsGoneIsMadeAgain) {
  bench.record(machine_record("a", "m1"));
  EXPECT_EQ(bench.planned(),
            "create a name: null > \"a\" size: null > \"s\" # m1 was deleted outside jim\n");
}

TEST_F(MatchTest, OnlyNotFoundMeansGone) {
  bench.record(machine_record("a", "m1"));
  bench.vendor.before = [](const std::string& line) -> Result<void> {
    if (!line.starts_with("read")) return {};
    return Diagnostic{.code = ErrorCode::unavailable, .message = "fake: 503"};
  };
  EXPECT_EQ(bench.planned(), "fake: 503\n");
}

TEST_F(MatchTest, AnObjectThatTheListLeavesOutIsReadByItsId) {
  bench.record(machine_record("a", "m1"));
  machine("m1");
  bench.vendor.hide_from_lists("m1");
  EXPECT_EQ(bench.planned(), "");
  EXPECT_EQ(bench.vendor.log.back(), "read fake.machine m1");
}

TEST_F(MatchTest, AMarkOfOursMakesAnObjectTheResource) {
  machine("m1", Workbench::mark("a"));
  EXPECT_EQ(bench.planned(), "adopt a m1 # m1 carries this resource's mark\n");
}

TEST_F(MatchTest, AMarkOfAnotherProjectIsNotOurs) {
  machine("m2", "jim:lineage1:other:a");
  machine("m3", "jim");
  EXPECT_EQ(bench.planned(), kCreated);
}

const char* const kStranger =
    "1 object of project 'p' was made with another state (lineage lineage2), and this state does "
    "not know it: {} | if that state is lost, 'jim state rebuild' takes them over; if it is still "
    "in use, use it ('state:' or --state), or give this file a project name of its own\n";

TEST_F(MatchTest, WhatAnotherStateOfTheProjectMadeIsNotMadeASecondTime) {
  bench.record(machine_record("b", "b1"));
  bench.vendor.put("fake.machine", "b1", attributes(R"({"name":"b"})"), Workbench::mark("b"));
  machine("m1", Workbench::mark("a", "lineage2"));
  bench.write(std::string(kMachine) + "  b: { type: fake.machine, name: b }\n");
  EXPECT_EQ(bench.planned(), fmt::format(fmt::runtime(kStranger), "a (m1)"));
}

TEST_F(MatchTest, WithoutAnyRecordAllThatAnotherStateMadeIsInTheWay) {
  machine("m1", Workbench::mark("z", "lineage2"));
  const std::string said = fmt::format(fmt::runtime(kStranger), "z (m1)");
  EXPECT_EQ(bench.planned(), said);
  EXPECT_EQ(bench.planned({.destroy = true}), said);
}

TEST_F(MatchTest, ManyObjectsOfAnotherStateAreCountedAndSomeNamed) {
  for (int i = 0; i < 7; ++i)
    bench.vendor.put("fake.machine", fmt::format("m{}", i), attributes(kSame),
                     Workbench::mark(fmt::format("a[{}]", i), i < 4 ? "lineage2" : "lineage3"));
  EXPECT_THAT(bench.planned(),
              testing::StartsWith(
                  "7 objects of project 'p' were made with another state (lineage lineage2, "
                  "lineage3), and this state does not know them: a[0] (m0), a[1] (m1), a[2] (m2), "
                  "a[3] (m3), a[4] (m4) and 2 more | "));
}

TEST_F(MatchTest, WhatAnotherStateMadeElsewhereInTheProjectIsLeftAlone) {
  bench.record(machine_record("a", "m1"));
  machine("m1", Workbench::mark("a"));
  bench.vendor.put("fake.machine", "m2", attributes(kSame), Workbench::mark("b", "lineage2"));
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(MatchTest, AnObjectThatStateKnowsIsOursWhateverItsMarkSays) {
  bench.record(machine_record("a", "m1"));
  machine("m1", Workbench::mark("a", "lineage2"));
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(MatchTest, ASavedPlanIsNotHeldUpByAnotherState) {
  machine("m1", Workbench::mark("a", "lineage2"));
  EXPECT_EQ(bench.planned({.targets = {"a"}, .exact = true}), kCreated);
}

TEST_F(MatchTest, AMarkCountsForItsTypeOnly) {
  bench.vendor.put("fake.key", "k1", attributes(R"({"name":"a"})"), Workbench::mark("a"));
  EXPECT_EQ(bench.planned(), std::string(kCreated) +
                                 "delete a k1 [release] # it carries this project's mark but is in "
                                 "neither file nor state\n");
}

TEST_F(MatchTest, TwoObjectsWithTheSameMarkAreAmbiguous) {
  machine("m1", Workbench::mark("a"));
  machine("m2", Workbench::mark("a"));
  EXPECT_EQ(bench.planned(),
            "a: several objects of type fake.machine could be this resource: m1, m2 | they carry "
            "the same mark; delete the one that is too many at the vendor, or keep one with 'jim "
            "adopt'\n");
}

TEST_F(MatchTest, AnOldMarkDoesNotTakeAnObjectFromItsRecord) {
  bench.write(std::string(kMachine) + "  b: { type: fake.machine, name: a, size: s }\n");
  bench.record(machine_record("b", "m1"));
  machine("m1", Workbench::mark("a"));
  EXPECT_EQ(bench.planned(), kCreated);
}

TEST_F(MatchTest, AReplacedObjectIsNotFoundByItsMark) {
  Record record = machine_record("a", "m2");
  record.deposed = {"m1"};
  bench.record(record);
  machine("m1", Workbench::mark("a"));
  EXPECT_EQ(bench.planned(),
            "create a deposed m1 name: null > \"a\" size: null > \"s\" # m2 was deleted outside "
            "jim\n");
}

TEST_F(MatchTest, ARecordOfAnotherTypeIsAnotherResource) {
  Record record = machine_record("a", "k1");
  record.type = "fake.key";
  record.attributes = attributes(R"({"name":"a"})");
  bench.record(record);
  bench.vendor.put("fake.key", "k1", attributes(R"({"name":"a"})"));
  EXPECT_EQ(bench.planned(),
            std::string(kCreated) + "delete a k1 [release] # the file no longer has it\n");
}

// --- intents ---

TEST_F(MatchTest, AnIntentFindsItsObjectByTheIdWeChose) {
  intent({.client_id = "m2"});
  machine("m1");
  machine("m2");
  EXPECT_EQ(bench.planned(),
            "update a m2 resumes [in-place] # m2 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, AnIntentFindsItsObjectByMark) {
  intent({.mark = Workbench::mark("a")});
  machine("m1", Workbench::mark("a"));
  EXPECT_EQ(bench.planned(),
            "update a m1 resumes [in-place] # m1 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, AnIntentFindsWhatWasNotThereBeforeAndHasItsFields) {
  intent({.mark = Workbench::mark("a"), .fields = attributes(kSame), .listed_before = {"m1"}});
  machine("m1");
  machine("m2");
  bench.vendor.put("fake.machine", "m3", attributes(R"({"name":"a","size":"l"})"));
  EXPECT_EQ(bench.planned(),
            "update a m2 resumes [in-place] # m2 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, AnIntentThatSeveralObjectsFitIsAmbiguous) {
  intent({.fields = attributes(kSame)});
  machine("m1");
  machine("m2");
  EXPECT_EQ(bench.planned(),
            "fake.machine: 2 objects fit the request that was sent: m1, m2 | look which of them is "
            "wanted and take it over by 'jim adopt', delete the others\n");
}

const char* const kTwins =
    "  a: { type: fake.machine, name: a, size: s }\n"
    "  b: { type: fake.machine, name: a, size: s }\n";

TEST_F(MatchTest, AnIntentDoesNotTakeWhatAnotherRecordHas) {
  bench.write(kTwins);
  bench.record(machine_record("b", "m1"));
  for (const char* mark : {"", "a"}) {
    machine("m1", *mark == '\0' ? "" : Workbench::mark(mark));
    intent({.mark = Workbench::mark("a"), .fields = attributes(kSame)});
    EXPECT_EQ(bench.planned(), kCreated);
  }
  machine("m1");
  intent({.client_id = "m1"});
  EXPECT_EQ(bench.planned(), kCreated);
}

TEST_F(MatchTest, AnIntentThatIsLeftOverDoesNotHaveAnothersObjectDeleted) {
  bench.write("  b: { type: fake.machine, name: a, size: s }\n");
  bench.record(machine_record("b", "m1"));
  machine("m1");
  intent({.fields = attributes(kSame)});
  EXPECT_EQ(bench.planned(), "forget a # it does not exist any more\n");
}

TEST_F(MatchTest, OneObjectIsNotWhatTwoIntentsMade) {
  bench.write(kTwins);
  intent({.fields = attributes(kSame)});
  Record other = *bench.find("a");
  other.address = *parse_address("b");
  bench.record(other);
  machine("m1");
  EXPECT_EQ(bench.planned(),
            "update a m1 resumes [in-place] # m1 carries this resource's mark; an earlier run did "
            "not finish it\n"
            "create b name: null > \"a\" size: null > \"s\"\n");
}

TEST_F(MatchTest, WhatAnotherRecordHasDoesNotEndTheWaitForAnIntent) {
  bench.write(kTwins);
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  bench.record(machine_record("b", "m1"));
  machine("m1");
  intent({.started = "2026-11-24T11:59:50Z", .fields = attributes(kSame)});
  machine("m2");
  bench.vendor.hide_from_lists("m2");
  bench.vendor.before = [&](const std::string&) -> Result<void> {
    if (bench.clock.now() >= std::chrono::seconds(20)) bench.vendor.show_in_lists("m2");
    return {};
  };
  EXPECT_EQ(bench.planned(),
            "update a m2 resumes [in-place] # m2 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, AnIntentWithoutObjectIsMadeAgain) {
  intent({.mark = Workbench::mark("a")});
  EXPECT_EQ(bench.planned(), kCreated);
}

TEST_F(MatchTest, AnIntentOfAResourceThatIsNoLongerInTheFileIsStillFound) {
  bench.write("  k: { type: fake.key, name: k }\n");
  intent({.client_id = "m1"});
  machine("m1");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\ndelete a m1 [release] # the file no longer has it\n");
}

TEST_F(MatchTest, AbsenceIsBelievedOnlyWhenANewObjectWouldBeVisible) {
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:59:50Z"});
  machine("m1", Workbench::mark("a"));
  bench.vendor.hide_from_lists("m1");
  bench.vendor.before = [&](const std::string&) -> Result<void> {
    if (bench.clock.now() >= std::chrono::seconds(20)) bench.vendor.show_in_lists("m1");
    return {};
  };
  EXPECT_EQ(bench.planned(),
            "update a m1 resumes [in-place] # m1 carries this resource's mark; an earlier run did "
            "not finish it\n");
  EXPECT_EQ(bench.clock.now(), std::chrono::seconds(20));
}

TEST_F(MatchTest, WhatAKilledRunAskedForAMomentAgoMayStillCome) {
  // Where new objects are visible at once, too: the vendor may still be at work on it.
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:59:59Z"});
  machine("m1", Workbench::mark("a"));
  bench.vendor.hide_from_lists("m1");
  bench.vendor.before = [&](const std::string&) -> Result<void> {
    if (bench.clock.now() >= std::chrono::seconds(2)) bench.vendor.show_in_lists("m1");
    return {};
  };
  EXPECT_EQ(bench.planned(),
            "update a m1 resumes [in-place] # m1 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, AnOldListSaysNothingOfWhatCameAfterIt) {
  // The other reads take so long that the intent is old enough by then; its list is not.
  bench.write(kTwins);
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  bench.record(machine_record("b", "m2"));
  machine("m2", Workbench::mark("b"));
  bench.vendor.hide_from_lists("m2");
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:59:50Z"});
  machine("m1", Workbench::mark("a"));
  bench.vendor.hide_from_lists("m1");
  bench.vendor.before = [&](const std::string& line) -> Result<void> {
    if (line.starts_with("read")) {
      bench.clock.advance(std::chrono::seconds(60));
      bench.vendor.show_in_lists("m1");
    }
    return {};
  };
  EXPECT_EQ(bench.planned(),
            "update a m1 resumes [in-place] # m1 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, TheWaitForAnIntentEnds) {
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:59:50Z"});
  EXPECT_EQ(bench.planned(), kCreated);
  EXPECT_EQ(bench.clock.now(), std::chrono::seconds(50));
  EXPECT_EQ(bench.waited_for, (std::vector<std::string>{"a 60"}));
}

TEST_F(MatchTest, AClockThatWasSetBackMakesNobodyWaitLonger) {
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T12:10:00Z"});
  EXPECT_EQ(bench.planned(), kCreated);
  EXPECT_EQ(bench.clock.now(), std::chrono::seconds(60));
}

TEST_F(MatchTest, UnderTheLockARequestMayHaveLeftLongAfterItsNote) {
  // It waited for its turn; the run was killed when it had just left.
  bench.alone = Instant(0);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:51:00Z"});
  machine("m1", Workbench::mark("a"));
  bench.vendor.hide_from_lists("m1");
  bench.vendor.before = [&](const std::string&) -> Result<void> {
    if (bench.clock.now() >= std::chrono::seconds(4)) bench.vendor.show_in_lists("m1");
    return {};
  };
  EXPECT_EQ(bench.planned(),
            "update a m1 resumes [in-place] # m1 carries this resource's mark; an earlier run did "
            "not finish it\n");
}

TEST_F(MatchTest, UnderTheLockAbsenceIsBelievedSoLongAfterItWasTaken) {
  bench.alone = Instant(0);
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:55:00Z"});
  EXPECT_EQ(bench.planned(), kCreated);
  EXPECT_EQ(bench.clock.now(), std::chrono::seconds(60));
}

TEST_F(MatchTest, ALockThatIsOldEnoughMakesNobodyWait) {
  bench.clock.advance(std::chrono::seconds(60));
  bench.alone = Instant(0);
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T12:00:59Z"});
  EXPECT_EQ(bench.planned(), kCreated);
  EXPECT_EQ(bench.clock.now(), std::chrono::seconds(60));
}

TEST_F(MatchTest, ANoteSoOldThatItsRequestCannotHaveLeftLatelyMakesNobodyWait) {
  bench.alone = Instant(0);
  bench.vendor.type("fake.machine").visible_within = std::chrono::seconds(60);
  intent({.mark = Workbench::mark("a"), .started = "2026-11-24T11:48:58Z"});
  EXPECT_EQ(bench.planned(), kCreated);
  EXPECT_EQ(bench.clock.now(), std::chrono::seconds(0));
  EXPECT_TRUE(bench.waited_for.empty());
}

// --- renames ---

TEST_F(MatchTest, AnotherNameForTheSameIdentityIsARename) {
  bench.record(machine_record("old", "m1"));
  machine("m1", Workbench::mark("old"));
  EXPECT_EQ(bench.planned(), "rename a from old m1 # known as old so far\n");
}

TEST_F(MatchTest, ARenameMayChangeAttributesToo) {
  bench.write("  a: { type: fake.machine, name: other, size: s, was: old }\n");
  bench.record(machine_record("old", "m1"));
  machine("m1");
  EXPECT_EQ(bench.planned(),
            "update a from old m1 [in-place] name: \"a\" > \"other\" (in-place) # known as old so "
            "far; name: jim.yaml:3 asks for it\n");
}

TEST_F(MatchTest, WasDecidesBetweenSeveral) {
  bench.record(machine_record("old", "m1"));
  bench.record(machine_record("older", "m2"));
  machine("m1");
  machine("m2");
  EXPECT_EQ(bench.planned(),
            "a: several objects of type fake.machine could be this resource: old, older | say "
            "which with 'was: OLD_NAME' in this resource\n");
  bench.write("  a: { type: fake.machine, name: a, size: s, was: older }\n");
  EXPECT_EQ(bench.planned(),
            "rename a from older m2 # known as older so far\n"
            "delete old m1 [release] # the file no longer has it\n");
}

TEST_F(MatchTest, TwoNewNamesDoNotShareOneObject) {
  bench.write(std::string(kMachine) + "  b: { type: fake.machine, name: a, size: s }\n");
  bench.record(machine_record("old", "m1"));
  machine("m1");
  EXPECT_EQ(bench.planned(),
            "rename a from old m1 # known as old so far\n"
            "create b name: null > \"a\" size: null > \"s\"\n");
}

TEST_F(MatchTest, KeysOfACountMoveByWas) {
  bench.write("  a: { type: fake.machine, count: 2, name: 'n${index}', size: s, was: old }\n");
  for (const int i : {0, 1}) {
    const std::string number = std::to_string(i);
    Record record = machine_record("old[" + number + "]", "m" + number);
    record.attributes.set("name", "n" + number);
    bench.record(record);
    bench.vendor.put("fake.machine", record.id, record.attributes);
  }
  EXPECT_EQ(bench.planned(),
            "rename a[0] from old[0] m0 # known as old[0] so far\n"
            "rename a[1] from old[1] m1 # known as old[1] so far\n");
}

// --- machines that jim cannot make ---

class RackTest : public MatchTest {
 protected:
  RackTest() { bench.vendor.type("fake.machine").adopt_only = true; }
};

TEST_F(RackTest, TheOneWithTheSameIdentityIsAdopted) {
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"b","size":"s"})"));
  machine("m2");
  EXPECT_EQ(bench.planned(), "adopt a m2 # m2 has the same name\n");
}

TEST_F(RackTest, SeveralWithTheSameIdentityAreAmbiguous) {
  machine("m1");
  machine("m2");
  EXPECT_EQ(bench.planned(),
            "a: several objects of type fake.machine could be this resource: m1, m2 | choose one "
            "with 'jim adopt'\n");
}

TEST_F(RackTest, TwoResourcesAreNotOneMachine) {
  bench.write(std::string(kMachine) + "  b: { type: fake.machine, name: a, size: s }\n");
  machine("m1");
  EXPECT_EQ(bench.planned(),
            "b: m1 has the same name, but is another resource already | two resources cannot be "
            "one object; change one, or take it away\n");
}

TEST_F(RackTest, OneThatAnotherRecordHasIsNotAdopted) {
  bench.record(machine_record("old", "m1"));
  machine("m1");
  intent({.mark = Workbench::mark("a")});
  EXPECT_EQ(bench.planned(),
            "a: m1 has the same name, but is another resource already | two resources cannot be "
            "one object; change one, or take it away\n");
}

TEST_F(RackTest, OneThatIsNotThereCannotBeMade) {
  EXPECT_EQ(bench.planned(),
            "a: no fake.machine with this identity exists, and jim cannot make one | check name; "
            "the machine must be known to the vendor already\n");
}

TEST_F(RackTest, ItIsNotReplaced) {
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"a","size":"l"})"));
  EXPECT_EQ(
      bench.planned(),
      "a: fake.machine cannot be replaced, yet this change asks for it: m1 has the same name; "
      "size: jim.yaml:3 asks for it | set the attribute back, or list it under 'ignore'\n");
}

TEST_F(RackTest, ItIsLetGoNotDeleted) {
  bench.write("  k: { type: fake.key, name: k }\n");
  bench.record(machine_record("a", "m1"));
  machine("m1");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\n"
            "forget a m1 # the file no longer has it; jim did not make it\n");
}

}  // namespace
}  // namespace jim
