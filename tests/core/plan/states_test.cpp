#include <gtest/gtest.h>

#include "core/plan/plan.h"
#include "tests/core/plan/plan_fixture.h"

namespace jim {
namespace {

class StatesTest : public PlanTest {};

TEST_F(StatesTest, ActualIsHeldAgainstDesiredAndPriorOnlySaysWhy) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", kSame));
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"x","size":"s","image":"i"})"));
  EXPECT_EQ(bench.planned(),
            "update a m1 [in-place] name: \"x\" > \"a\" (in-place) # name: changed outside jim; "
            "jim.yaml:3 asks for it as it was\n");
  EXPECT_EQ(drift(), "a m1 name: \"a\" > \"x\" (in-place)\n");
}

TEST_F(StatesTest, DriftThatTheFileNowAsksForIsNoChange) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", R"({"name":"old","size":"s","image":"i"})"));
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  EXPECT_EQ(bench.planned(), "");
  EXPECT_EQ(drift(), "a m1 name: \"old\" > \"a\" (in-place)\n");
}

TEST_F(StatesTest, AChangeOfTheFileIsNoDrift) {
  standing("a", "m1", kSame);
  bench.write("  a: { type: fake.machine, name: b, size: s, image: i }\n");
  EXPECT_EQ(drift(), "");
}

TEST_F(StatesTest, WhatTheVendorComputesIsNoDrift) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", kSame));
  bench.vendor.put("fake.machine", "m1",
                   attributes(R"({"name":"a","size":"s","image":"i","ip":"10.9.9.9"})"));
  EXPECT_EQ(drift(), "");
}

TEST_F(StatesTest, IgnoredAttributesAreNeitherDriftNorChange) {
  bench.write("  a: { type: fake.machine, name: a, size: s, image: i, ignore: [image] }\n");
  bench.record(record_of("a", "m1", kSame));
  bench.vendor.put("fake.machine", "m1", attributes(R"({"name":"a","size":"s","image":"x"})"));
  EXPECT_EQ(bench.planned(), "");
  EXPECT_EQ(drift(), "");
}

TEST_F(StatesTest, AnObjectDeletedBehindOurBackIsDrift) {
  bench.write(kMachine);
  bench.record(record_of("a", "m1", kSame));
  EXPECT_EQ(drift(), "a m1 gone\n");
}

TEST_F(StatesTest, AHalfMadeObjectHasNotDrifted) {
  bench.write(kMachine);
  Record record = record_of("a", "m1", R"({"name":"z"})");
  record.half_made = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  EXPECT_EQ(drift(), "");
  EXPECT_EQ(bench.planned(), "update a m1 resumes [in-place] # an earlier run did not finish it\n");
}

TEST_F(StatesTest, AnObjectThatIsNotReadyYetIsWaitedFor) {
  bench.write(kMachine);
  standing("a", "m1", kSame);
  bench.vendor.find("m1")->readiness = Readiness::pending;
  bench.vendor.find("m1")->status = "deploying";
  EXPECT_EQ(bench.planned(), "update a m1 resumes [in-place] # not ready yet: 'deploying'\n");
}

TEST_F(StatesTest, AReplacedObjectThatIsStillThereIsToldAndGoes) {
  bench.write(kMachine);
  standing("a", "m2", kSame);
  Record record = record_of("a", "m2", kSame);
  record.deposed = {"m1"};
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  EXPECT_EQ(bench.planned(),
            "update a m2 deposed m1 # an object that it replaced is still there\n");
}

TEST_F(StatesTest, AForgottenObjectIsLeftAloneUntilTheFileWantsItBack) {
  Record record = record_of("a", "m1", kSame);
  record.forgotten = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(bench.planned(), "create k name: null > \"k\"\n");
  bench.write(kMachine);
  EXPECT_EQ(bench.planned(), "adopt a m1\n");
}

}  // namespace
}  // namespace jim
