#include "core/apply/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/apply/run.h"

namespace jim {
namespace {

using testing::ElementsAre;

const char* const kPair =
    "  k: { type: fake.key, name: k }\n"
    "  a: { type: fake.machine, name: a, size: s, key: '${k.id}' }\n";

class ApplyTest : public testing::Test {
 protected:
  /// Operations whose log line starts with `start` fail before they do anything.
  void fail(const std::string& start, ErrorCode code) {
    bench.vendor.before = [start, code](const std::string& line) -> Result<void> {
      if (!line.starts_with(start)) return {};
      return Diagnostic{.code = code, .message = "fake: " + start};
    };
  }
  void recover() { bench.vendor.before = {}; }
  /// Has what the file asks for made, without a word.
  void made(const std::string& file) {
    bench.write(file);
    const Report report = bench.apply();
    ASSERT_TRUE(report.complete()) << shown(report);
    bench.vendor.log.clear();
    bench.observer.heard.clear();
  }
  ApplyBench bench;
};

// --- making ---

TEST_F(ApplyTest, TheIntentIsDurableBeforeTheRequestAndTheIdBeforeAnythingElse) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_THAT(bench.vendor.log,
              ElementsAre("saved a intent", "create fake.machine a", "saved a id-1 half-made",
                          "saved a id-1", "saved outputs"));
}

TEST_F(ApplyTest, TheIntentSaysWhatToLookFor) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  std::optional<Record> then;
  bench.vendor.before = [&](const std::string& line) -> Result<void> {
    if (line.starts_with("create")) then = bench.find("a");
    return {};
  };
  (void)bench.apply();
  ASSERT_TRUE(then && then->intent);
  EXPECT_EQ(then->id, "");
  EXPECT_EQ(then->type, "fake.machine");
  EXPECT_TRUE(then->half_made);
  EXPECT_EQ(then->intent->action, "create");
  EXPECT_EQ(then->intent->mark, Workbench::mark("a"));
  EXPECT_EQ(then->intent->started, "2026-11-24T12:00:00Z");
  EXPECT_TRUE(then->intent->fingerprint.starts_with("hmac:"));
}

TEST_F(ApplyTest, WhatIsMadeIsRecordedWithoutSecrets) {
  made(
      "  a: { type: fake.machine, name: a, size: s, user_data: hush, protect: true, needs: [k] }\n"
      "  k: { type: fake.key, name: k }\n");
  const Record record = *bench.find("a");
  EXPECT_EQ(record.id, "id-2");
  EXPECT_EQ(record.needs, (std::vector<std::string>{"k"}));
  EXPECT_TRUE(record.protect);
  EXPECT_FALSE(record.half_made);
  EXPECT_FALSE(record.intent);
  EXPECT_EQ(*record.attributes.find("ip"), Value("10.0.0.2"));
  EXPECT_TRUE(is_fingerprint(*record.attributes.find("user_data")));
  for (const auto& [address, text] : bench.disk.records)
    EXPECT_EQ(text.find("hush"), std::string::npos);
  EXPECT_EQ(bench.vendor.find("id-2")->mark, Workbench::mark("a"));
}

TEST_F(ApplyTest, ValuesThatOnlyTheVendorKnowsReachWhoNeedsThem) {
  bench.write(kPair, "outputs: { ip: '${a.ip}' }\n");
  const Report report = bench.apply();
  EXPECT_TRUE(report.complete()) << shown(report);
  EXPECT_EQ(*bench.vendor.find("id-2")->attributes.find("key"), Value("id-1"));
  EXPECT_EQ(to_json(report.outputs), R"({"ip":"10.0.0.2"})");
  EXPECT_EQ(bench.disk.outputs, R"({"ip":"10.0.0.2"})");
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ApplyTest, AllInstancesOfABlockReachWhoNeedsThem) {
  made(
      "  a: { type: fake.machine, count: 3, name: 'n${index}', size: s }\n"
      "  b: { type: fake.machine, for_each: [x, y], name: '${each.value}', size: s }\n"
      "  all: { type: fake.key, name: '${join(\",\", a[*].ip)} ${b[\"y\"].name}' }\n");
  const State state = bench.state();
  const std::string name =
      bench.vendor.find(bench.find("all")->id)->attributes.find("name")->as_string();
  EXPECT_EQ(name, "10.0.0.1,10.0.0.2,10.0.0.3 y");
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ApplyTest, WhatDoesNotDependOnEachOtherIsMadeSideBySide) {
  bench.write("  a: { type: fake.machine, count: 20, name: 'n${index}', size: s }\n");
  bench.vendor.takes = std::chrono::minutes(5);
  const Instant start = bench.clock.now();
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_LT(bench.clock.now() - start, std::chrono::minutes(6));
  // Their notes can share disk writes: intents, ids, ends.
  EXPECT_THAT(bench.logged.together, ElementsAre(20, 20, 20));
}

TEST_F(ApplyTest, NoMoreThanTheLimitIsUnderWayAtOnce) {
  bench.write("  a: { type: fake.machine, count: 6, name: 'n${index}', size: s }\n");
  bench.limit = 2;
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_THAT(bench.logged.together, ElementsAre(2, 2, 2, 2, 2, 2, 2, 2, 2));
}

TEST_F(ApplyTest, TheObserverHearsEachChangeOnce) {
  bench.write(kPair);
  (void)bench.apply();
  EXPECT_THAT(bench.observer.heard,
              ElementsAre("started k", "finished k done", "started a", "finished a done"));
}

TEST_F(ApplyTest, StateInMemoryFollows) {
  made(kPair);
  ASSERT_EQ(bench.after.records.size(), 2u);
  EXPECT_EQ(bench.after.records, bench.state().records);
}

// --- failures ---

TEST_F(ApplyTest, AFailedStepSkipsWhatNeedsItAndTheRestGoesOn) {
  bench.write(std::string(kPair) +
              "  b: { type: fake.machine, name: b, size: s }\n"
              "  c: { type: fake.machine, name: c, size: s, needs: [a] }\n");
  fail("create fake.key", ErrorCode::out_of_capacity);
  EXPECT_EQ(shown(bench.apply()),
            "create k failed: fake: create fake.key\n"
            "create a skipped because of k\n"
            "create b id-1 done\n"
            "create c skipped because of a\n");
  EXPECT_EQ(bench.disk.records.size(), 1u);
  recover();
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_EQ(bench.vendor.objects.size(), 4u);
}

TEST_F(ApplyTest, ASkippedStepIsNotStarted) {
  bench.write(kPair);
  fail("create fake.key", ErrorCode::quota);
  (void)bench.apply();
  EXPECT_THAT(bench.observer.heard,
              ElementsAre("started k", "finished k failed", "finished a skipped"));
}

TEST_F(ApplyTest, ARefusedCreateLeavesNothingBehind) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  fail("create", ErrorCode::out_of_capacity);
  (void)bench.apply();
  EXPECT_THAT(bench.vendor.log,
              ElementsAre("saved a intent", "create fake.machine a", "dropped a", "saved outputs"));
  EXPECT_TRUE(bench.disk.records.empty());
}

TEST_F(ApplyTest, ACreateOfUnknownOutcomeKeepsItsIntent) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  bench.vendor.after_effect = [](const std::string&) -> Result<void> {
    return Diagnostic{.code = ErrorCode::unknown_outcome, .message = "no answer"};
  };
  const Report report = bench.apply();
  EXPECT_EQ(shown(report), "create a failed: no answer\n");
  EXPECT_TRUE(bench.find("a")->intent);
  bench.vendor.after_effect = {};
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_EQ(bench.vendor.objects.size(), 1u);
  EXPECT_FALSE(bench.find("a")->intent);
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ApplyTest, AMachineThatFailsAfterItsIdIsKnownStaysInState) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  (void)bench.apply();
  Record record = *bench.find("a");
  record.half_made = true;
  bench.record(record);
  const Report report = bench.apply();
  EXPECT_EQ(shown(report), "update a id-1 done\n");
  EXPECT_THAT(bench.vendor.log, ElementsAre("saved a id-1 half-made", "update fake.machine id-1",
                                            "saved a id-1", "saved outputs"));
}

TEST_F(ApplyTest, WhatWasHalfMadeAndVanishesIsMadeAnew) {
  // The run that was killed had ordered its deletion, and the vendor took its time.
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  (void)bench.apply();
  Record record = *bench.find("a");
  record.half_made = true;
  bench.record(record);
  const Plan plan = bench.plan();
  bench.vendor.before = [&](const std::string& line) -> Result<void> {
    if (line.starts_with("update")) bench.vendor.objects.erase("id-1");
    return {};
  };
  EXPECT_EQ(shown(bench.apply_plan(plan)), "update a id-2 done\n");
  EXPECT_EQ(bench.find("a")->id, "id-2");
  EXPECT_EQ(bench.planned(), "");
}

TEST_F(ApplyTest, WhatIsFinishedAndVanishesIsNotMadeUnasked) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  (void)bench.apply();
  bench.write("  a: { type: fake.machine, name: b, size: s }\n");
  const Plan plan = bench.plan();
  bench.vendor.before = [&](const std::string& line) -> Result<void> {
    if (line.starts_with("update")) bench.vendor.objects.erase("id-1");
    return {};
  };
  EXPECT_EQ(shown(bench.apply_plan(plan)), "update a id-1 failed: fake: no id-1\n");
  EXPECT_TRUE(bench.vendor.objects.empty());
}

TEST_F(ApplyTest, ALostWriteStopsNewWorkAndIsTold) {
  bench.write(kPair);
  bench.store.fail_commit(2, {.code = ErrorCode::io, .message = "disk full"});
  const Report report = bench.apply();
  EXPECT_EQ(shown(report),
            "create k id-1 failed: disk full\n"
            "create a not started\n"
            "errors: disk full\n");
  EXPECT_THAT(bench.vendor.log, ElementsAre("saved k intent", "create fake.key k"));
  EXPECT_EQ(exit_status(report), 5);
  const Report again = bench.apply();
  EXPECT_TRUE(again.complete()) << shown(again);
  EXPECT_EQ(bench.vendor.objects.size(), 2u);
}

TEST_F(ApplyTest, NothingIsSentWhenTheIntentCannotBeNoted) {
  bench.write("  a: { type: fake.machine, count: 3, name: 'n${index}', size: s }\n");
  bench.store.fail_commit(1, {.code = ErrorCode::io, .message = "disk full"});
  (void)bench.apply();
  for (const std::string& line : bench.vendor.log) EXPECT_NE(line, "create fake.machine n0");
}

TEST_F(ApplyTest, ALostWriteStopsAlsoWhatIsAboutToBeSentSideBySide) {
  made(
      "  b: { type: fake.machine, name: b, size: s }\n"
      "  c: { type: fake.machine, name: c, size: s }\n");
  bench.write(
      "  a: { type: fake.machine, name: a, size: s }\n"
      "  b: { type: fake.machine, name: other, size: s }\n"
      "  d: { type: fake.machine, name: d, size: s }\n");
  const Plan plan = bench.plan();
  bench.store.fail_commit(1, {.code = ErrorCode::io, .message = "disk full"});
  EXPECT_EQ(shown(bench.apply_plan(plan)),
            "create a failed: disk full\n"
            "update b id-1 failed: disk full\n"
            "create d failed: disk full\n"
            "delete c id-2 failed: disk full\n"
            "errors: disk full\n");
  for (const std::string& line : bench.vendor.log)
    EXPECT_TRUE(line.starts_with("saved")) << line;  // nothing was sent
  const Report again = bench.apply();
  EXPECT_TRUE(again.complete()) << shown(again);
  EXPECT_EQ(bench.vendor.objects.size(), 3u);
}

TEST_F(ApplyTest, ALostLockStopsNewWork) {
  bench.write(kPair);
  bench.vendor.after_effect = [&](const std::string&) -> Result<void> {
    bench.store.lose_lock();
    return {};
  };
  const Report report = bench.apply();
  ASSERT_EQ(report.errors.size(), 1u);
  EXPECT_EQ(report.errors[0].code, ErrorCode::conflict);
  EXPECT_EQ(report.steps[0].id, "id-1");  // it exists and costs money
  EXPECT_EQ(report.steps[1].outcome, Outcome::not_started);
}

// --- interrupts ---

TEST_F(ApplyTest, AnInterruptStartsNothingNewAndHearsOutWhatRuns) {
  bench.write(kPair);
  bench.vendor.after_effect = [&](const std::string&) -> Result<void> {
    bench.stop.request();
    return {};
  };
  const Report report = bench.apply();
  EXPECT_EQ(shown(report), "create k id-1 done\ncreate a not started\ninterrupted\n");
  EXPECT_EQ(exit_status(report), 130);
  EXPECT_FALSE(bench.find("k")->half_made);
  EXPECT_FALSE(bench.find("a"));
}

TEST_F(ApplyTest, AnInterruptedWaitLeavesAnObjectToGoOnWith) {
  bench.write("  a: { type: fake.machine, name: a, size: s }\n");
  bench.vendor.after_effect = [&](const std::string&) -> Result<void> {
    bench.stop.request();
    return Diagnostic{.code = ErrorCode::cancelled, .message = "interrupted"};
  };
  EXPECT_EQ(shown(bench.apply()), "create a interrupted: interrupted\ninterrupted\n");
  EXPECT_TRUE(bench.find("a")->intent);
}

// --- outputs ---

TEST_F(ApplyTest, SecretOutputsAreSavedAsFingerprints) {
  bench.write("  k: { type: fake.key, name: k }\n",
              "outputs: { open: '${k.name}', secret: '${k.name}${sensitive(\"hush\")}' }\n");
  const Report report = bench.apply();
  EXPECT_TRUE(report.outputs.find("secret")->is_secret());
  EXPECT_EQ(bench.disk.outputs.find("hush"), std::string::npos);
  EXPECT_NE(bench.disk.outputs.find(R"("open":"k")"), std::string::npos);
}

TEST_F(ApplyTest, OutputsAreSavedWithoutAnyChangeToo) {
  made("  k: { type: fake.key, name: k }\n");
  bench.write("  k: { type: fake.key, name: k }\n", "outputs: { id: '${k.id}' }\n");
  EXPECT_TRUE(bench.apply().complete());
  EXPECT_EQ(bench.disk.outputs, R"({"id":"id-1"})");
}

const char* const kTwo =
    "  a: { type: fake.machine, name: a, size: s }\n"
    "  b: { type: fake.machine, name: b, size: s }\n";
const char* const kTwoAddresses =
    "outputs: { a: '${a.ip}', b: '${b.ip}', both: ['${a.ip}', '${b.ip}'] }\n";

TEST_F(ApplyTest, OutputsThatARunDoesNotTouchKeepTheirValue) {
  bench.write(kTwo, kTwoAddresses);
  (void)bench.apply();
  EXPECT_EQ(bench.disk.outputs,
            R"({"a":"10.0.0.1","b":"10.0.0.2","both":["10.0.0.1","10.0.0.2"]})");
  // Both are to be replaced, and this run is about one of them.
  bench.write(
      "  a: { type: fake.machine, name: a, size: l }\n"
      "  b: { type: fake.machine, name: b, size: l }\n",
      kTwoAddresses);
  EXPECT_TRUE(bench.apply({.targets = {"a"}}).complete());
  EXPECT_EQ(bench.disk.outputs,
            R"({"a":"10.0.0.3","b":"10.0.0.2","both":["10.0.0.3","10.0.0.2"]})");
}

TEST_F(ApplyTest, WhatASavedPlanDoesNotReadAgainIsAsStateHasIt) {
  bench.write(kTwo, kTwoAddresses);
  (void)bench.apply();
  bench.write(
      "  a: { type: fake.machine, name: a, size: l }\n"
      "  b: { type: fake.machine, name: b, size: s }\n",
      kTwoAddresses);
  const State state = bench.state();
  const Providers providers = {{"fake", &bench.vendor}};
  const auto snapshot =
      bench.loop.run(refresh_some(bench.loop, providers, {{"fake.machine", {"id-1"}}}, {}, state));
  ASSERT_TRUE(snapshot);
  Diagnostics found;
  const auto plan = make_plan(bench.config(), bench.expansion(), state, *snapshot,
                              {.targets = {"a"}, .exact = true}, bench.types(), found);
  ASSERT_TRUE(plan) << messages(found);
  EXPECT_TRUE(bench.apply_plan(*plan).complete());
  EXPECT_EQ(bench.disk.outputs,
            R"({"a":"10.0.0.3","b":"10.0.0.2","both":["10.0.0.3","10.0.0.2"]})");
}

TEST_F(ApplyTest, AnOutputThatNobodyKnowsIsNull) {
  bench.write(kTwo, kTwoAddresses);
  fail("create fake.machine b", ErrorCode::unavailable);
  const Report report = bench.apply();
  EXPECT_EQ(to_json(report.outputs), R"({"a":"10.0.0.1","b":null,"both":["10.0.0.1",null]})");
  EXPECT_EQ(bench.disk.outputs, R"({"a":"10.0.0.1","b":null,"both":["10.0.0.1",null]})");
}

TEST_F(ApplyTest, AnOutputOfWhatDidNotChangeAfterAllIsAsItWas) {
  bench.write(kTwo, kTwoAddresses);
  (void)bench.apply();
  const std::string before = bench.disk.outputs;
  fail("remove", ErrorCode::unavailable);
  bench.write(
      "  a: { type: fake.machine, name: a, size: l }\n"
      "  b: { type: fake.machine, name: b, size: s }\n",
      kTwoAddresses);
  EXPECT_FALSE(bench.apply().complete());
  EXPECT_EQ(bench.disk.outputs, before);
}

TEST_F(ApplyTest, ADestroyTakesTheOutputsAlong) {
  bench.write(kPair, "outputs: { id: '${k.id}' }\n");
  (void)bench.apply();
  fail("remove fake.key", ErrorCode::unavailable);
  (void)bench.apply({.destroy = true});
  EXPECT_EQ(bench.disk.outputs, R"({"id":"id-1"})");
  recover();
  EXPECT_TRUE(bench.apply({.destroy = true}).complete());
  EXPECT_EQ(bench.disk.outputs, "{}");
}

TEST_F(ApplyTest, ADestroyOfAPartTakesAlongWhatOutputsSayOfIt) {
  bench.write(kTwo, kTwoAddresses);
  (void)bench.apply();
  bench.vendor.find("id-2")->attributes.set("ip", "10.9.9.9");  // which no run has read yet
  const Report report = bench.apply({.destroy = true, .targets = {"a"}});
  EXPECT_TRUE(report.complete()) << shown(report);
  EXPECT_EQ(bench.disk.outputs, R"({"a":null,"b":"10.0.0.2","both":[null,"10.0.0.2"]})");
  EXPECT_TRUE(bench.apply({.destroy = true, .targets = {"b"}}).complete());
  EXPECT_EQ(bench.disk.outputs, "{}");
}

TEST_F(ApplyTest, AnOutputOfOneOfManyThatWasDestroyedIsNotThatOfAnother) {
  bench.write("  a: { type: fake.machine, count: 3, name: 'n${index}', size: s }\n",
              "outputs: { all: '${a[*].ip}', last: '${a[2].ip}', some: '${a[1].ip} and me' }\n");
  (void)bench.apply();
  EXPECT_TRUE(bench.apply({.destroy = true, .targets = {"a[1]"}}).complete());
  EXPECT_EQ(bench.disk.outputs,
            R"({"all":["10.0.0.1",null,"10.0.0.3"],"last":"10.0.0.3","some":null})");
}

TEST_F(ApplyTest, OutputsOfWhatCouldNotBeDestroyedStay) {
  bench.write(kTwo, kTwoAddresses);
  (void)bench.apply();
  const std::string before = bench.disk.outputs;
  fail("remove", ErrorCode::unavailable);
  (void)bench.apply({.destroy = true, .targets = {"a"}});
  EXPECT_EQ(bench.disk.outputs, before);
}

TEST_F(ApplyTest, ASecretThatAnOutputOfADestroyedPartHadIsNotStored) {
  bench.write(
      "  k: { type: fake.key, name: k }\n"
      "  m: { type: fake.machine, name: m, size: s, user_data: hush }\n",
      "outputs: { x: '${k.id} ${m.user_data}', y: ['${k.id}', '${m.user_data}'] }\n");
  (void)bench.apply();
  EXPECT_TRUE(bench.apply({.destroy = true, .targets = {"k"}}).complete());
  EXPECT_EQ(bench.disk.outputs, R"({"x":null,"y":[null,null]})");
}

// --- exit statuses ---

Report report_of(std::vector<StepReport> steps) { return {.steps = std::move(steps)}; }
StepReport failed(ErrorCode code) {
  return {.outcome = Outcome::failed, .error = {.code = code, .message = "no"}};
}

TEST(ExitStatusTest, SaysWhatHappened) {
  const StepReport done = {.outcome = Outcome::done};
  EXPECT_EQ(exit_status(report_of({})), 0);
  EXPECT_EQ(exit_status(report_of({done})), 0);
  EXPECT_EQ(exit_status(report_of({done, failed(ErrorCode::unavailable)})), 5);
  EXPECT_EQ(exit_status(report_of({failed(ErrorCode::unavailable)})), 1);
  EXPECT_EQ(exit_status(report_of({done, failed(ErrorCode::out_of_capacity)})), 7);
  EXPECT_EQ(exit_status(report_of({failed(ErrorCode::out_of_capacity),
                                   {.outcome = Outcome::skipped, .because = "a"}})),
            7);
  EXPECT_EQ(exit_status(report_of({failed(ErrorCode::out_of_capacity), failed(ErrorCode::quota)})),
            1);
  EXPECT_EQ(exit_status(report_of({failed(ErrorCode::unauthorized)})), 4);
  EXPECT_EQ(exit_status(report_of({done, failed(ErrorCode::timed_out)})), 10);
  StepReport lost = failed(ErrorCode::unauthorized);
  lost.action = Action::replace;
  lost.removed = {"m1"};
  EXPECT_EQ(exit_status(report_of({lost})), 5);
  lost.error.code = ErrorCode::out_of_capacity;
  EXPECT_EQ(exit_status(report_of({lost})), 7);
  lost.error.code = ErrorCode::timed_out;  // the new one is there, though not ready
  lost.id = "m2";
  EXPECT_EQ(exit_status(report_of({lost})), 10);
  Report report = report_of({done});
  report.errors.push_back({.code = ErrorCode::io, .message = "disk full"});
  EXPECT_EQ(exit_status(report), 5);
  report.lapsed = true;
  EXPECT_EQ(exit_status(report), 8);
  report.interrupted = true;
  EXPECT_EQ(exit_status(report), 130);

  // The disk was full: before anything was made, and when the machine was there already.
  report = report_of({{.action = Action::create}});
  report.errors.push_back({.code = ErrorCode::io, .message = "disk full"});
  EXPECT_EQ(exit_status(report), 1);
  report.steps[0] = {.action = Action::create, .outcome = Outcome::failed, .id = "m1"};
  EXPECT_EQ(exit_status(report), 5);
  report.errors[0].code = ErrorCode::conflict;
  EXPECT_EQ(exit_status(report), 8);
}

}  // namespace
}  // namespace jim
