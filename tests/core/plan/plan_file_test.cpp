#include "core/plan/plan_file.h"

#include <gtest/gtest.h>

#include "tests/core/plan/workbench.h"

namespace jim {
namespace {

/// A world in which every kind of action is due.
class PlanFileTest : public testing::Test {
 protected:
  PlanFileTest() {
    standing("u", "m1", R"({"name":"u","size":"s","image":"i"})");
    standing("r", "m2", R"({"name":"r","size":"s"})");
    standing("gone", "m3", R"({"name":"gone","size":"s"})");
    standing("calm", "m4", R"({"name":"calm","size":"s"})");
    bench.write(kFile);
  }
  void standing(const std::string& address, const std::string& id, const std::string& json) {
    const Record record = {.address = *parse_address(address),
                           .type = "fake.machine",
                           .id = id,
                           .attributes = attributes(json)};
    bench.record(record);
    bench.vendor.put("fake.machine", id, attributes(json), Workbench::mark(address));
  }
  Value saved() { return *read_plan_file(plan_json(bench.plan(), "key")); }
  /// What is said when the saved plan is to be applied now; empty: still valid.
  std::string checked(const Value& saved) {
    const Touched touched = touched_by(saved, bench.config(), bench.expansion(), bench.state());
    const Providers providers = {{"fake", &bench.vendor}};
    const State now = bench.state();
    const auto snapshot =
        bench.loop.run(refresh_some(bench.loop, providers, touched.ids, touched.lists, now));
    if (!snapshot) return snapshot.error().message;
    Diagnostics found;
    const auto fresh =
        make_plan(bench.config(), bench.expansion(), now, *snapshot,
                  {.destroy = touched.destroy, .targets = touched.addresses, .exact = true},
                  bench.types(), found);
    if (!fresh) return messages(found);
    const auto valid = check_still_valid(saved, *fresh, "key");
    if (valid) return {};
    EXPECT_EQ(valid.error().code, ErrorCode::stale);
    return valid.error().message;
  }

  static constexpr const char* kFile =
      "  n: { type: fake.machine, name: n, size: s, user_data: hush }\n"
      "  u: { type: fake.machine, name: u, size: s, image: j }\n"
      "  r: { type: fake.machine, name: r, size: l }\n"
      "  calm: { type: fake.machine, name: calm, size: s }\n";
  Workbench bench;
};

TEST_F(PlanFileTest, HoldsTheVariablesItWasMadeWithAndNoSecretOfThem) {
  Plan plan = bench.plan();
  EXPECT_EQ(plan_json(plan, "key").find("\"vars\""), std::string::npos);
  plan.vars.set("n", 4);
  plan.vars.set("pw", Value("hush").as_secret());
  const std::string text = plan_json(plan, "key");
  EXPECT_EQ(text.find("hush"), std::string::npos);
  const Value saved = *read_plan_file(text);
  EXPECT_EQ(*vars_of(saved).find("n"), Value(4));
  EXPECT_TRUE(is_fingerprint(*vars_of(saved).find("pw")));
  EXPECT_TRUE(check_vars(saved, plan.vars, "key"));
}

TEST_F(PlanFileTest, AnotherVariableIsNamed) {
  Plan plan = bench.plan();
  plan.vars.set("n", 4);
  plan.vars.set("pw", Value("hush").as_secret());
  const Value saved = *read_plan_file(plan_json(plan, "key"));
  const auto said = [&](const char* name, const Value& value) {
    ValueMap vars = plan.vars;
    vars.set(name, value);
    const auto checked = check_vars(saved, vars, "key");
    EXPECT_TRUE(checked || checked.error().code == ErrorCode::stale);
    return checked ? "" : checked.error().message;
  };
  EXPECT_EQ(said("n", 5), "the saved plan is stale: it was made with --var n=4, and now it is 5");
  EXPECT_EQ(said("pw", Value("loud").as_secret()),
            "the saved plan is stale: it was made with another --var pw");
  EXPECT_EQ(said("m", 1), "the saved plan is stale: it was made without --var m");
}

TEST_F(PlanFileTest, SamePlanSameBytes) {
  const std::string once = plan_json(bench.plan(), "key");
  EXPECT_EQ(plan_json(bench.plan(), "key"), once);
  bench.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(plan_json(bench.plan(), "key"), once);
}

TEST_F(PlanFileTest, ReadsBackTheSame) {
  const std::string text = plan_json(bench.plan(), "key");
  const auto again = read_plan_file(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_json(*again, {.indent = 2}) + "\n", text);
}

TEST_F(PlanFileTest, SaysWhatIsToBeDone) {
  const Value plan = saved();
  EXPECT_EQ(to_json(*plan.get("counts")),
            R"({"adopt":0,"create":1,"delete":1,"forget":0,"rename":0,"replace":1,"unchanged":1,)"
            R"("update":1})");
  EXPECT_EQ(to_json(plan.get("changes")->as_list()[1]),
            R"({"action":"update","address":"u","attributes":[{"after":"j","before":"i",)"
            R"("name":"image","risk":"reinstall"}],"id":"m1","reasons":)"
            R"(["image: jim.yaml:4 asks for it"],"risk":"reinstall","type":"fake.machine"})");
}

TEST_F(PlanFileTest, HoldsNoSecret) {
  const std::string text = plan_json(bench.plan(), "key");
  EXPECT_EQ(text.find("hush"), std::string::npos);
  EXPECT_NE(text.find("hmac:"), std::string::npos);
  EXPECT_NE(plan_json(bench.plan(), "other key"), text);
}

TEST_F(PlanFileTest, TheUnknownIsToldFromAnyValue) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  n: { type: fake.machine, name: n, size: s, key: '${k.id}' }\n");
  const Value plan = saved();
  EXPECT_EQ(to_json(plan.get("changes")->as_list()[1].get("attributes")->as_list()[0]),
            R"({"after":{"$unknown":true},"before":null,"name":"key"})");
}

TEST_F(PlanFileTest, WhatIsNoPlanIsRefused) {
  const auto said = [](const std::string& text) {
    const auto plan = read_plan_file(text);
    EXPECT_FALSE(plan);
    EXPECT_EQ(plan.error().code, ErrorCode::invalid_config);
    EXPECT_EQ(plan.error().hint, "make one with 'jim plan --out plan.json'");
    return plan.error().message;
  };
  EXPECT_EQ(said("[]"), "this is no plan of jim: expected a JSON object");
  EXPECT_EQ(said("{}"), "this is no plan of jim: it has no 'format'");
  EXPECT_EQ(said(R"({"format":"jim-plan/9"})"),
            "this is no plan of jim: its format is 'jim-plan/9', and this version reads "
            "'jim-plan/1'");
  EXPECT_TRUE(said("").starts_with("this is no plan of jim: "));
}

TEST_F(PlanFileTest, EveryEditIsNoticed) {
  const std::string text = plan_json(bench.plan(), "key");
  std::size_t edits = 0;
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string edited = text;
    edited[at] = edited[at] == 'x' ? 'y' : 'x';
    const auto plan = read_plan_file(edited);
    EXPECT_FALSE(plan) << at;
    ++edits;
  }
  EXPECT_GT(edits, 200u);
  std::string moved = text;
  const std::size_t id = moved.find("\"m1\"");
  moved.replace(id, 4, "\"m4\"");
  EXPECT_EQ(read_plan_file(moved).error().message,
            "this is no plan of jim: its content does not fit its hash; it was edited or cut");
}

TEST_F(PlanFileTest, WhitespaceIsNoEdit) {
  const auto plan = read_plan_file(to_json(saved()));
  EXPECT_TRUE(plan);
}

TEST_F(PlanFileTest, StaysValidWhenNothingMoved) { EXPECT_EQ(checked(saved()), ""); }

TEST_F(PlanFileTest, ReadsOnlyWhatItTouches) {
  const Value plan = saved();
  bench.vendor.log.clear();
  EXPECT_EQ(checked(plan), "");
  EXPECT_EQ(bench.vendor.log, (std::vector<std::string>{"list fake.machine"}));  // n is to be made
  bench.write(std::string(kFile).substr(std::string(kFile).find("  u:")));
  const Value without_create = saved();
  bench.vendor.log.clear();
  EXPECT_EQ(checked(without_create), "");
  EXPECT_EQ(bench.vendor.log,
            (std::vector<std::string>{"read fake.machine m1", "read fake.machine m2",
                                      "read fake.machine m3"}));
}

TEST_F(PlanFileTest, AnAttributeItReliesOnMakesItStale) {
  const Value plan = saved();
  bench.vendor.find("m1")->attributes.set("image", "moved");
  EXPECT_EQ(checked(plan), "the saved plan is stale: u: image was \"i\" and is now \"moved\"");
}

TEST_F(PlanFileTest, AnAttributeThatAlreadyIsAsPlannedMakesItStale) {
  const Value plan = saved();
  bench.vendor.find("m1")->attributes.set("image", "j");
  EXPECT_EQ(checked(plan), "the saved plan is stale: u: nothing is left to update");
}

TEST_F(PlanFileTest, AnotherAttributeThatMovedMakesAChangeThatWasNotApproved) {
  const Value plan = saved();
  bench.vendor.find("m1")->attributes.set("name", "moved");
  EXPECT_EQ(checked(plan),
            "the saved plan is stale: u: name is now \"moved\", and the file asks for \"u\"");
}

TEST_F(PlanFileTest, WhatTheFileDoesNotSetMayMove) {
  const Value plan = saved();
  bench.vendor.find("m1")->attributes.set("ip", "10.9.9.9");
  bench.vendor.find("m2")->attributes.set("image", "moved");
  EXPECT_EQ(checked(plan), "");
}

TEST_F(PlanFileTest, ObjectsItDoesNotTouchMayMove) {
  const Value plan = saved();
  bench.vendor.find("m4")->attributes.set("name", "moved");
  bench.vendor.put("fake.machine", "foreign", attributes(R"({"name":"n","size":"s"})"));
  EXPECT_EQ(checked(plan), "");
  bench.vendor.objects.erase("m4");
  EXPECT_EQ(checked(plan), "");
}

TEST_F(PlanFileTest, ATouchedObjectThatIsGoneMakesItStale) {
  const Value plan = saved();
  bench.vendor.objects.erase("m2");
  EXPECT_EQ(checked(plan),
            "the saved plan is stale: r: it was to replace m2, and now it would create an object");
}

TEST_F(PlanFileTest, AChangedFileMakesItStale) {
  const Value plan = saved();
  bench.write(
      "  n: { type: fake.machine, name: n, size: s, user_data: hush }\n"
      "  u: { type: fake.machine, name: u, size: s, image: k }\n"
      "  r: { type: fake.machine, name: r, size: l }\n");
  EXPECT_EQ(checked(plan),
            "the saved plan is stale: u: image was to become \"j\", and the file now asks for "
            "\"k\"");
}

TEST_F(PlanFileTest, AnotherSecretMakesItStale) {
  const Value plan = saved();
  bench.write("  n: { type: fake.machine, name: n, size: s, user_data: other }\n" +
              std::string(kFile).substr(std::string(kFile).find("  u:")));
  const std::string said = checked(plan);
  EXPECT_TRUE(said.starts_with("the saved plan is stale: n: user_data was to become")) << said;
  EXPECT_EQ(said.find("other\""), std::string::npos);
}

TEST_F(PlanFileTest, ACreateThatWasDoneMeanwhileMakesItStale) {
  const Value plan = saved();
  standing("n", "m9", R"({"name":"n","size":"s"})");
  Record record = *bench.find("n");
  record.attributes.set("user_data", fingerprint_value("hush", "key"));
  bench.record(record);
  EXPECT_EQ(checked(plan), "the saved plan is stale: n: nothing is left to create");
}

TEST_F(PlanFileTest, IsForItsProjectAndStateOnly) {
  const Value plan = saved();
  Plan fresh = bench.plan();
  fresh.project = "q";
  EXPECT_EQ(check_still_valid(plan, fresh, "key").error().message,
            "the saved plan is stale: it was made for project 'p', and this file's project is 'q'");
  fresh = bench.plan();
  fresh.lineage = "lineage2";
  EXPECT_EQ(check_still_valid(plan, fresh, "key").error().message,
            "the saved plan is stale: it was made for another state (lineage lineage1, not "
            "lineage2); --state, --sandbox and the folder say which is used");
  fresh.lineage.clear();
  EXPECT_EQ(check_still_valid(plan, fresh, "key").error().message,
            "the saved plan is stale: it was made for a state, and here is none yet; a plan of the "
            "sandbox needs --sandbox again");
}

TEST_F(PlanFileTest, ADestroyStaysADestroy) {
  const Value plan = *read_plan_file(plan_json(bench.plan({.destroy = true}), "key"));
  EXPECT_EQ(checked(plan), "");
  bench.vendor.objects.erase("m4");
  EXPECT_EQ(checked(plan),
            "the saved plan is stale: calm: it was to delete m4, and now it would forget an "
            "object");
}

}  // namespace
}  // namespace jim
