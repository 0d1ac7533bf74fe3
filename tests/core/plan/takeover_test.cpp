#include "core/plan/takeover.h"

#include <gtest/gtest.h>

#include "tests/core/plan/plan_fixture.h"

namespace jim {
namespace {

class TakeoverTest : public PlanTest {
 protected:
  const ResourceType& machine() const { return bench.vendor.type("fake.machine"); }
  std::string as_found(const std::string& actual, const ValueMap* desired) const {
    return to_json(Value(prior_as_found(machine(), attributes(actual), desired)));
  }
  /// A machine `a` that was taken over without anybody knowing its user data.
  void taken_over() {
    Record record = record_of("a", "m1", kSame);
    record.attributes.set("user_data", Value());
    bench.record(record);
    bench.vendor.put("fake.machine", "m1", attributes(kSame), Workbench::mark("a"));
  }
  const char* const with_data_ =
      "  a: { type: fake.machine, name: a, size: s, image: i, user_data: v }\n";
};

TEST_F(TakeoverTest, ThePriorIsWhatTheVendorShows) {
  const ValueMap desired = attributes(R"({"name":"b","size":"l"})");
  EXPECT_EQ(as_found(R"({"name":"a","size":"s","key":null})", &desired),
            R"({"name":"a","size":"s"})");
}

TEST_F(TakeoverTest, WhatTheVendorNeverShowsIsAsTheFileSays) {
  const ValueMap desired = attributes(R"({"name":"a","user_data":"v"})");
  const ValueMap found = prior_as_found(machine(), attributes(R"({"name":"a"})"), &desired);
  EXPECT_EQ(found.find("user_data")->as_string(), "v");
  EXPECT_TRUE(found.find("user_data")->is_secret());
}

TEST_F(TakeoverTest, WhatNobodyKnowsYetIsNull) {
  EXPECT_EQ(as_found(R"({"name":"a"})", nullptr), R"({"name":"a","user_data":null})");
  ValueMap desired;
  desired.set("user_data", Value::unknown());
  EXPECT_EQ(as_found(R"({"name":"a"})", &desired), R"({"name":"a","user_data":null})");
}

TEST_F(TakeoverTest, AnObjectLooksLikeAResourceWhenAllThatIsKnownOfBothIsTheSame) {
  const ValueMap actual = attributes(R"({"name":"a","size":"s","ip":"10.0.0.1"})");
  ValueMap desired = attributes(R"({"name":"a","size":"s","user_data":"v"})");
  desired.set("key", Value::unknown());
  EXPECT_TRUE(looks_like(machine(), desired, actual));
  EXPECT_FALSE(looks_like(machine(), attributes(R"({"name":"b","size":"s"})"), actual));
  EXPECT_FALSE(looks_like(machine(), attributes(R"({"name":"a","size":"l"})"), actual));
  EXPECT_FALSE(looks_like(machine(), attributes(R"({"size":"s"})"), actual));
  desired.set("name", Value::unknown());
  EXPECT_FALSE(looks_like(machine(), desired, actual));
}

TEST_F(TakeoverTest, AFingerprintIsNotKnownInClear) {
  ValueMap desired;
  desired.set("user_data", fingerprint_value("v", "key"));
  EXPECT_EQ(as_found("{}", &desired), R"({"user_data":null})");
}

TEST_F(TakeoverTest, WhatNobodyKnowsIsNoChangeButPresumed) {
  taken_over();
  bench.write(with_data_);
  EXPECT_EQ(bench.planned(), "");
  const Plan plan = bench.plan();
  ASSERT_EQ(plan.presumed.size(), 1u);
  EXPECT_EQ(plan.presumed[0].address.text(), "a");
  EXPECT_EQ(plan.presumed[0].attributes.find("user_data")->as_string(), "v");
}

TEST_F(TakeoverTest, ThatTheFileIsSilentIsPresumedToo) {
  taken_over();
  bench.write(kMachine);
  const Plan plan = bench.plan();
  ASSERT_EQ(plan.presumed.size(), 1u);
  Record record = *bench.find("a");
  settle(record, plan.presumed[0].attributes, "key");
  EXPECT_EQ(to_json(Value(record.attributes)),
            R"({"image":"i","ip":"10.0.0.1","name":"a","size":"s"})");
}

TEST_F(TakeoverTest, OnceSettledAnotherValueOfTheFileIsAChange) {
  taken_over();
  bench.write(with_data_);
  Record record = *bench.find("a");
  settle(record, bench.plan().presumed[0].attributes, "key");
  EXPECT_TRUE(is_fingerprint(*record.attributes.find("user_data")));
  bench.record(record);
  EXPECT_TRUE(bench.plan().presumed.empty());
  EXPECT_EQ(bench.planned(), "");
  bench.write("  a: { type: fake.machine, name: a, size: s, image: i, user_data: w }\n");
  EXPECT_EQ(bench.planned(),
            "update a m1 [reinstall] user_data: (sensitive) > (sensitive) (reinstall) # user_data: "
            "jim.yaml:3 asks for it\n");
}

TEST_F(TakeoverTest, ASecretOfWhichStateHasTheFingerprintIsUnknownToExpressions) {
  ValueMap prior;
  prior.set("a", ValueList{Value(1), fingerprint_value("v", "key")});
  prior.set("b", "open");
  const ValueMap seen = in_clear(prior);
  EXPECT_EQ(*seen.find("b"), Value("open"));
  EXPECT_EQ(seen.find("a")->as_list()[0], Value(1));
  EXPECT_TRUE(seen.find("a")->as_list()[1].is_unknown());
}

}  // namespace
}  // namespace jim
