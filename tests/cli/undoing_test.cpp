#include "cli/undoing.h"

#include "tests/cli/undo_bench.h"

namespace jim {
namespace {

const char* const kSmall = R"({"name":"a","size":"s","image":"i","ip":"10.0.0.1"})";
const char* const kNamed = R"({"name":"b","size":"s","image":"i","ip":"10.0.0.1"})";
const char* const kOther = R"({"name":"a","size":"s","image":"j","ip":"10.0.0.1"})";

TEST_F(UndoTest, AChangedAttributeGetsItsValueBack) {
  bench.write("  a: { type: fake.machine, name: a, size: s, image: j }\n");
  standing("a", "m1", kOther);
  EXPECT_EQ(undone(2, runs_of({{"apply", {}},
                               {"apply", {step_of("update", "a", "m1", kSmall, kOther)}}})),
            "update a m1 [reinstall] image: \"j\" > \"i\" (reinstall) # image: run 2 changed it "
            "from \"i\"\n"
            "the file contradicts a\n");
}

TEST_F(UndoTest, WhatTheFileSaysAlreadyIsNotContradicted) {
  bench.write("  a: { type: fake.machine, name: a, size: s, image: i }\n");
  standing("a", "m1", kOther);
  EXPECT_EQ(undone(1, runs_of({{"apply", {step_of("update", "a", "m1", kSmall, kOther)}}})),
            "update a m1 [reinstall] image: \"j\" > \"i\" (reinstall) # image: run 1 changed it "
            "from \"i\"\n");
}

TEST_F(UndoTest, WhatTheRunDidNotChangeIsNotBlamedOnIt) {
  bench.write("  {}\n");
  standing("a", "m1", kSmall);
  bench.vendor.find("m1")->attributes.set("image", "x");
  EXPECT_EQ(undone(1, runs_of({{"apply", {step_of("update", "a", "m1", kSmall, kSmall)}}})),
            "update a m1 [reinstall] image: \"x\" > \"i\" (reinstall) # image: changed since; it "
            "was so before run 1\n"
            "the file contradicts a\n");
}

TEST_F(UndoTest, FlagsAndNeedsOfARecordStayAsTheyAre) {
  bench.write("  a: { type: fake.machine, name: b, size: s, image: i, protect: false }\n");
  Record record = {.address = *parse_address("a"),
                   .type = "fake.machine",
                   .id = "m1",
                   .attributes = attributes(kNamed),
                   .needs = {"db"},
                   .protect = true,
                   .keep = true};
  bench.record(record);
  bench.vendor.put("fake.machine", "m1", attributes(kNamed), Workbench::mark("a"));
  undone(1, runs_of({{"apply", {step_of("update", "a", "m1", kSmall, kNamed)}}}));
  ASSERT_TRUE(plan && plan->changes.size() == 1);
  EXPECT_TRUE(plan->changes[0].protect && plan->changes[0].keep);
  EXPECT_EQ(plan->changes[0].needs, std::vector<std::string>{"db"});
}

TEST_F(UndoTest, TheFilesWordOnHowToReplaceCounts) {
  bench.write(
      "  a: { type: fake.machine, name: a, size: l, image: i, create_before_destroy: true }\n");
  standing("a", "m2", R"({"name":"a","size":"l","image":"i"})");
  undone(1, runs_of({{"apply", {step_of("replace", "a", "m2", kSmall)}}}));
  ASSERT_TRUE(plan && plan->changes.size() == 1);
  EXPECT_EQ(plan->changes[0].action, Action::replace);
  EXPECT_TRUE(plan->changes[0].create_before_destroy);
}

TEST_F(UndoTest, WhatTheRunMadeGoes) {
  bench.write("  a: { type: fake.machine, name: a, size: s, image: i }\n");
  standing("a", "m1", kSmall);
  standing("b", "m2", R"({"name":"b","size":"s"})");
  EXPECT_EQ(undone(1, runs_of({{"apply", {step_of("create", "a", "m1", "{}", kSmall)}}})),
            "delete a m1 [release] # run 1 made it\n"
            "the file contradicts a\n");
}

TEST_F(UndoTest, WhatTheRunTookOverIsGivenBack) {
  bench.write("  {}\n");
  standing("a", "m1", kSmall);
  EXPECT_EQ(undone(1, runs_of({{"adopt", {step_of("adopt", "a", "m1", "{}", kSmall)}}})),
            "forget a m1 # run 1 took it over: it is left alone\n");
}

// --- what was deleted comes back, and refers to what comes back with it

const char* const kFile =
    "  k: { type: fake.key, name: k }\n"
    "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n";
const char* const kHeld = R"({"name":"a","size":"s","key":"k1"})";

std::vector<PastRun> destroyed() {
  return runs_of({{"apply",
                   {step_of("create", "k", "k1", "{}", R"({"name":"k"})", "fake.key"),
                    step_of("create", "a", "m1", "{}", kHeld)}},
                  {"destroy",
                   {step_of("delete", "a", "m1", kHeld),
                    step_of("delete", "k", "k1", R"({"name":"k"})", "{}", "fake.key")}}});
}

TEST_F(UndoTest, TheFilesReferenceIsTakenWhereItAgrees) {
  bench.write(kFile);
  EXPECT_EQ(undone(2, destroyed()),
            "create k name: null > \"k\" # run 2 deleted it\n"
            "create a key: null > ? name: null > \"a\" size: null > \"s\" # run 2 deleted it\n");
  EXPECT_EQ(plan->changes[1].needs, std::vector<std::string>{"k"});
}

TEST_F(UndoTest, AnOldIdIsTracedToTheAddressThatHadIt) {
  bench.write("  {}\n");
  EXPECT_EQ(undone(2, destroyed()),
            "create k name: null > \"k\" # run 2 deleted it\n"
            "create a key: null > ? name: null > \"a\" size: null > \"s\" # run 2 deleted it\n"
            "the file contradicts a, k\n");
  EXPECT_EQ(plan->changes[1].needs, std::vector<std::string>{"k"});
  const std::map<std::string, Value> values = {{"k", Value(attributes(R"({"id":"k2"})"))}};
  const Desired& a = undoing.expansion->resources().back();
  EXPECT_EQ(undoing.expansion->evaluate(a, values)->find("key")->as_string(), "k2");
}

TEST_F(UndoTest, CountedAndKeyedObjectsAreToldApart) {
  bench.write("  {}\n");
  standing("k[0]", "k1", R"({"name":"k0"})", "fake.key");
  standing("e[\"x\"]", "e1", R"({"name":"x"})", "fake.key");
  const auto runs =
      runs_of({{"destroy",
                {step_of("delete", "a", "m1", R"({"name":"a","key":"k3"})"),
                 step_of("delete", "b", "m2", R"({"name":"b","key":"e2"})"),
                 step_of("delete", "k[2]", "k3", R"({"name":"k2"})", "{}", "fake.key"),
                 step_of("delete", "e[\"y\"]", "e2", R"({"name":"y"})", "{}", "fake.key")}}});
  undone(1, runs);
  std::map<std::string, Value> values;
  values["k"] = ValueList{attributes(R"({"id":"k1"})"), attributes(R"({"id":"k9"})")};
  values["e"] = ValueMap::from_entries(
      {{"x", attributes(R"({"id":"e1"})")}, {"y", attributes(R"({"id":"e9"})")}});
  std::string keys;
  for (const Desired& one : undoing.expansion->resources())
    if (one.type->name == "fake.machine")
      keys += undoing.expansion->evaluate(one, values)->find("key")->as_string() + " ";
  EXPECT_EQ(keys, "k9 e9 ");
}

TEST_F(UndoTest, WhatStandsUnderAnotherIdByNowIsReferredToByThat) {
  bench.write("  {}\n");
  standing("k", "k2", R"({"name":"k"})", "fake.key");
  const auto runs = runs_of(
      {{"apply", {step_of("create", "k", "k1", "{}", "{}", "fake.key")}},
       {"destroy", {step_of("delete", "a", "m1", kHeld)}},
       {"apply",
        {step_of("replace", "k", "k1", R"({"name":"k"})", R"({"name":"k"})", "fake.key")}}});
  EXPECT_EQ(undone(2, runs),
            "create a key: null > \"k2\" name: null > \"a\" size: null > \"s\" # run 2 deleted it\n"
            "the file contradicts a\n");
  EXPECT_EQ(plan->changes[0].needs, std::vector<std::string>{"k"});
}

TEST_F(UndoTest, WithoutWhatItReferredToItIsNotRestored) {
  auto runs = destroyed();
  runs[1].steps.pop_back();
  runs.push_back({.run = {.number = 3, .command = "destroy"},
                  .steps = {step_of("delete", "k", "k1", R"({"name":"k"})", "{}", "fake.key")}});
  for (const char* file : {kFile, "  {}\n"}) {
    bench.write(file);
    EXPECT_EQ(undone(2, runs),
              "cannot a: key was k1, the id of k, which is gone and does not come back with it\n");
  }
}

TEST_F(UndoTest, WhatNeedsAnUnrestorableOneIsNotRestoredEither) {
  auto runs = destroyed();
  runs[1].steps[1].type = "gone.type";
  bench.write("  {}\n");
  EXPECT_EQ(undone(2, runs),
            "cannot k: no provider of the file knows type gone.type\n"
            "cannot a: key was k1, the id of k, which is gone and does not come back with it\n");
}

TEST_F(UndoTest, ASecretComesBackFromTheFileAlone) {
  const Value secret = fingerprint_value(Value("pw").as_secret(), "key");
  ValueMap before = attributes(R"({"name":"a","size":"s"})");
  before.set("user_data", secret);
  RunStep step = step_of("delete", "a", "m1");
  step.before = before;
  bench.write("  a: { type: fake.machine, name: a, size: l, user_data: pw }\n");
  EXPECT_EQ(undone(1, runs_of({{"destroy", {step}}})),
            "create a name: null > \"a\" size: null > \"s\" user_data: null > (sensitive) # run 1 "
            "deleted it\n"
            "the file contradicts a\n");
  bench.write("  {}\n");
  EXPECT_EQ(undone(1, runs_of({{"destroy", {step}}})),
            "cannot a.user_data: a secret, which jim does not keep\n"
            "create a name: null > \"a\" size: null > \"s\" # run 1 deleted it\n"
            "the file contradicts a\n");
  bench.vendor.type("fake.machine").attributes.back().required = true;
  EXPECT_EQ(undone(1, runs_of({{"destroy", {step}}})),
            "cannot a: user_data is a secret, which jim does not keep; put it into the file\n");
}

TEST_F(UndoTest, AReferenceCountsMoreThanANeedThatTheFileNames) {
  bench.write(
      "  a: { type: fake.machine, name: a, size: s }\n"
      "  k: { type: fake.key, name: l, needs: [a] }\n");
  EXPECT_EQ(undone(2, destroyed()),
            "create k name: null > \"k\" # run 2 deleted it\n"
            "create a key: null > ? name: null > \"a\" size: null > \"s\" # run 2 deleted it\n"
            "the file contradicts k\n");
  EXPECT_EQ(plan->changes[1].needs, std::vector<std::string>{"k"});
  EXPECT_TRUE(plan->changes[0].needs.empty());
}

// --- what others still need

TEST_F(UndoTest, WhatAStandingOneNeedsIsNamed) {
  bench.write("  {}\n");
  standing("k", "k1", R"({"name":"k"})", "fake.key");
  standing("a", "m1", kHeld, "fake.machine", {"k"});
  const auto runs = runs_of({{"apply", {step_of("create", "k", "k1", "{}", "{}", "fake.key")}}});
  EXPECT_EQ(undone(1, runs), "delete k k1 [release] # run 1 made it\nk is needed by a\n");
  staying.insert(*parse_address("k"));
  EXPECT_EQ(undone(1, runs), "");
}

TEST_F(UndoTest, OneOfManyIsNeededOnlyByWhatHoldsItsId) {
  bench.write("  {}\n");
  standing("k[0]", "k1", R"({"name":"k"})", "fake.key");
  standing("k[1]", "k2", R"({"name":"l"})", "fake.key");
  standing("a", "m1", kHeld, "fake.machine", {"k"});
  EXPECT_EQ(
      undone(1, runs_of({{"apply", {step_of("create", "k[1]", "k2", "{}", "{}", "fake.key")}}})),
      "delete k[1] k2 [release] # run 1 made it\n");
}

TEST_F(UndoTest, WhatIsGivenAnotherKeyNeedsTheOldOneNoMore) {
  bench.write("  {}\n");
  standing("k", "k1", R"({"name":"k"})", "fake.key");
  standing("l", "k2", R"({"name":"l"})", "fake.key");
  standing("a", "m1", R"({"name":"a","size":"s","key":"k2"})", "fake.machine", {"l"});
  EXPECT_EQ(
      undone(1, runs_of({{"apply",
                          {step_of("create", "l", "k2", "{}", "{}", "fake.key"),
                           step_of("update", "a", "m1", kHeld,
                                   R"({"name":"a","size":"s","key":"k2"})")}}})),
      "update a m1 [in-place] key: \"k2\" > \"k1\" (in-place) # key: run 1 changed it from \"k1\"\n"
      "delete l k2 [release] # run 1 made it\n"
      "the file contradicts a\n");
  EXPECT_EQ(plan->changes[0].needs, std::vector<std::string>{"k"});
}

// --- outputs

TEST_F(UndoTest, OutputsAreOfWhatIsLeft) {
  bench.write(
      "  a: { type: fake.machine, count: 2, name: 'a${index}', size: s }\n"
      "  b: { type: fake.machine, name: b, size: s }\n",
      "outputs: { all: '${a[*].ip}', second: '${a[1].ip}', b: '${b.ip}', n: '${1 + 1}' }\n");
  standing("a[0]", "m0", R"({"name":"a0","size":"s","ip":"10.0.0.1"})");
  standing("a[1]", "m1", R"({"name":"a1","size":"s","ip":"10.0.0.2"})");
  standing("b", "m2", R"({"name":"b","size":"s","ip":"10.0.0.3"})");
  undone(1, runs_of({{"apply", {step_of("create", "a[1]", "m1"), step_of("create", "b", "m2")}}}));
  std::map<std::string, Value> values;
  for (const auto& [name, instances] : plan->standing) {
    ValueList list;
    for (const Standing& one : instances) list.push_back(one.attributes);
    values[name] = list;
  }
  EXPECT_EQ(to_json(Value(*undoing.expansion->outputs(values))), R"({"all":["10.0.0.1"],"n":2})");
}

}  // namespace
}  // namespace jim
