#include "core/plan/match.h"

#include <gtest/gtest.h>

#include "tests/core/plan/workbench.h"

namespace jim {
namespace {

/// A record of a machine that exists and is as the file asks.
Record machine_record(const std::string& address, const std::string& id) {
  return {.address = *parse_address(address),
          .type = "fake.machine",
          .id = id,
          .attributes = attributes(R"({"name":"a","size":"s"})")};
}

const char* const kMachine = "  a: { type: fake.machine, name: a, size: s }\n";
const char* const kSame = R"({"name":"a","size":"s"})";

TEST(MatchTest, TheIdInStateComesFirst) {
  Workbench bench;
  bench.write(kMachine);
  bench.record(machine_record("a", "m1"));
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  bench.vendor.put("fake.machine", "m2", attributes(kSame), Workbench::mark("b"));
  bench.vendor.put("fake.machine", "m3", attributes(kSame));
  EXPECT_EQ(bench.planned(),
            "delete b m2 [release] # it carries this project's mark but is in neither file nor "
            "state\n");
}

TEST(MatchTest, NothingIsMatchedWithoutRecordOrMark) {
  Workbench bench;
  bench.write(kMachine);
  bench.vendor.put("fake.machine", "m1", attributes(kSame));
  EXPECT_EQ(bench.planned(), "create a name: null > \"a\" size: null > \"s\"\n");
}

TEST(MatchTest, AMarkOfOursMakesAnObjectTheResource) {
  Workbench bench;
  bench.write(kMachine);
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  EXPECT_EQ(bench.planned(), "adopt a m1 # m1 carries this resource's mark\n");
}

TEST(MatchTest, AMarkOfAnotherLineageOrProjectIsNotOurs) {
  Workbench bench;
  bench.write(kMachine);
  bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a", "lineage2"));
  bench.vendor.put("fake.machine", "m2", attributes(kSame), "jim:lineage1:other:a");
  EXPECT_EQ(bench.planned(), "create a name: null > \"a\" size: null > \"s\"\n");
}

}  // namespace
}  // namespace jim
