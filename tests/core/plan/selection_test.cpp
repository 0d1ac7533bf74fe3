#include "core/plan/selection.h"

#include <gtest/gtest.h>

#include "tests/core/plan/plan_fixture.h"

namespace jim {
namespace {

class SelectionTest : public PlanTest {};

// --- protect, keep, destroy ---

TEST_F(SelectionTest, AProtectedResourceIsNotReplacedOrDeleted) {
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

TEST_F(SelectionTest, EveryProtectedResourceIsTold) {
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

TEST_F(SelectionTest, KeepForgetsInsteadOfDeleting) {
  Record record = record_of("a", "m1", kSame);
  record.keep = true;
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\n"
            "forget a m1 # the file no longer has it; 'keep' leaves the object alone\n");
}

TEST_F(SelectionTest, ARecordWhoseObjectIsGoneIsForgotten) {
  bench.record(record_of("a", "m1", kSame));
  bench.write("  k: { type: fake.key, name: k }\n");
  EXPECT_EQ(bench.planned(),
            "create k name: null > \"k\"\nforget a # it does not exist any more\n");
}

TEST_F(SelectionTest, DestroyDeletesAllInReverseAndNothingElse) {
  standing_pair();
  bench.vendor.put("fake.machine", "foreign", attributes(kSame));
  EXPECT_EQ(bench.planned({.destroy = true}),
            "delete a m1 [release] # everything is to go\n"
            "delete k k1 [release] # everything is to go\n");
  EXPECT_EQ(count(bench.plan({.destroy = true})).remove, 2u);
}

// --- targets ---

TEST_F(SelectionTest, ATargetBringsWhatItNeeds) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n"
      "  b: { type: fake.machine, name: b, size: s }\n");
  EXPECT_EQ(count(bench.plan({.targets = {"a"}})).create, 2u);
  EXPECT_EQ(bench.planned({.targets = {"k"}}), "create k name: null > \"k\"\n");
  EXPECT_EQ(count(bench.plan({.targets = {"k", "b"}})).create, 2u);
}

TEST_F(SelectionTest, ATargetMayBeOneInstance) {
  bench.write("  a: { type: fake.machine, count: 3, name: 'n${index}', size: s }\n");
  EXPECT_EQ(bench.planned({.targets = {"a[1]"}}),
            "create a[1] name: null > \"n1\" size: null > \"s\"\n");
  EXPECT_EQ(count(bench.plan({.targets = {"a"}})).create, 3u);
  EXPECT_EQ(count(bench.plan({.excludes = {"a[1]"}})).create, 2u);
}

TEST_F(SelectionTest, AnExcludeKeepsOutWhatNeedsIt) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n"
      "  b: { type: fake.machine, name: b, size: s }\n");
  EXPECT_EQ(bench.planned({.excludes = {"k"}}), "create b name: null > \"b\" size: null > \"s\"\n");
  EXPECT_EQ(count(bench.plan({.excludes = {"a"}})).create, 2u);
  EXPECT_EQ(bench.planned({.targets = {"a"}, .excludes = {"a"}}), "create k name: null > \"k\"\n");
}

TEST_F(SelectionTest, DestroyOfATargetTakesWhatNeedsItAlong) {
  standing_pair();
  EXPECT_EQ(count(bench.plan({.destroy = true, .targets = {"k"}})).remove, 2u);
  EXPECT_EQ(bench.planned({.destroy = true, .targets = {"a"}}),
            "delete a m1 [release] # everything is to go\n");
  EXPECT_EQ(bench.planned({.destroy = true, .excludes = {"k"}}),
            "delete a m1 [release] # everything is to go\n");
  EXPECT_EQ(bench.planned({.destroy = true, .excludes = {"a"}}), "");
}

TEST_F(SelectionTest, ATargetThatNamesNothingIsToldWithAGuess) {
  bench.write("  web: { type: fake.machine, name: a, size: s }\n");
  EXPECT_EQ(bench.planned({.targets = {"wbe"}}),
            "--target 'wbe' names no resource of the file or of state | did you mean 'web'?\n");
  EXPECT_EQ(bench.planned({.excludes = {"zzzzzz"}}),
            "--exclude 'zzzzzz' names no resource of the file or of state | 'jim state list' shows "
            "all addresses\n");
}

TEST_F(SelectionTest, AnExactTargetComesAlone) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n");
  EXPECT_EQ(bench.planned({.targets = {"a"}, .exact = true}),
            "create a key: null > ? name: null > \"a\" size: null > \"s\"\n");
}

}  // namespace
}  // namespace jim
