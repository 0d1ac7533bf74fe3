#include "core/apply/apply.h"

#include <gtest/gtest.h>

#include "tests/core/apply/run.h"

namespace jim {
namespace {

TEST(ApplyTest, WhatThePlanSaysExistsAfterwardsAndTheNextPlanIsEmpty) {
  ApplyBench bench;
  bench.write(
      "  a: { type: fake.key, name: a }\n  b: { type: fake.machine, name: b, size: s, key: "
      "'${a.id}' }\n",
      "outputs: { ip: '${b.ip}' }\n");
  const Report report = bench.apply();
  EXPECT_TRUE(report.complete()) << shown(report);
  EXPECT_EQ(bench.vendor.log,
            (std::vector<std::string>{"list fake.key", "list fake.machine", "create fake.key a",
                                      "create fake.machine b"}));
  EXPECT_EQ(bench.vendor.find("id-2")->attributes.find("key")->as_string(), "id-1");
  EXPECT_EQ(to_json(report.outputs), R"({"ip":"10.0.0.2"})");
  EXPECT_EQ(bench.disk.outputs, R"({"ip":"10.0.0.2"})");
  EXPECT_EQ(bench.planned(), "");
}

}  // namespace
}  // namespace jim
