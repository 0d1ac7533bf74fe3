#include "cli/render/report_text.h"

#include <gtest/gtest.h>

#include "core/value/json.h"

namespace jim {
namespace {

StepReport step(const std::string& address, Action action, Outcome outcome) {
  return {.address = *parse_address(address), .action = action, .outcome = outcome};
}

StepReport failed(const std::string& address, const std::string& message,
                  const std::string& hint = {}) {
  StepReport made = step(address, Action::create, Outcome::failed);
  made.error = {.message = message, .hint = hint};
  return made;
}

TEST(ReportTextTest, WhatWasDoneIsCountedByAction) {
  const Report report = {.steps = {step("a", Action::create, Outcome::done),
                                   step("b", Action::remove, Outcome::done),
                                   step("c", Action::create, Outcome::done)}};
  EXPECT_EQ(done_text(report), "Done: 2 created · 1 destroyed");
  EXPECT_EQ(troubles_text(report, Paint()), "");
}

TEST(ReportTextTest, WhatWasDoneInPartOrNotAtAllIsCalledSo) {
  Report report = {.steps = {failed("a", "no")}};
  EXPECT_EQ(done_text(report), "Nothing done");
  report.steps.push_back(step("b", Action::update, Outcome::done));
  EXPECT_EQ(done_text(report), "Done in part: 1 changed");
  EXPECT_EQ(done_text({}), "Done: nothing");
}

TEST(ReportTextTest, TheSameFailureIsToldOnceWithWhatItLeavesUndone) {
  Report report = {.steps = {failed("web[0]", "out of stock", "try another site"),
                             failed("web[1]", "out of stock", "try another site"),
                             step("dns", Action::create, Outcome::skipped)}};
  report.steps[2].because = "web";
  EXPECT_EQ(troubles_text(report, Paint()),
            "error: web[0..1]: create: out of stock\n"
            "  hint: try another site\n"
            "left undone:\n"
            "  dns: not touched, since web failed\n"
            "next: once that is mended, the same command goes on from here\n");
}

TEST(ReportTextTest, AnObjectThatExistsIsNamed) {
  Report report = {.steps = {failed("web", "it is 'broken'")}};
  report.steps[0].id = "m1";
  EXPECT_EQ(troubles_text(report, Paint()),
            "error: web: create: it is 'broken'\n"
            "  note: the object m1 exists; state knows it, and the next apply goes on with it\n"
            "next: once that is mended, the same command goes on from here\n");
}

TEST(ReportTextTest, TheNoteLeavesAdviceToTheErrorsOwnHint) {
  Report report = {.steps = {failed("web", "it stalls", "look at it with the vendor's own tools")}};
  report.steps[0].id = "m1";
  EXPECT_EQ(troubles_text(report, Paint()),
            "error: web: create: it stalls\n"
            "  note: the object m1 exists, and state knows it\n"
            "  hint: look at it with the vendor's own tools\n"
            "next: once that is mended, the same command goes on from here\n");
}

TEST(ReportTextTest, WhatTheStateMayLackIsNotSaidToBeInIt) {
  Report report = {.steps = {failed("web[0]", "the disk is full", "make room")}};
  report.steps[0].id = "m1";
  report.steps[0].recorded = false;
  EXPECT_EQ(
      troubles_text(report, Paint()),
      "error: web[0]: create: the disk is full\n"
      "  note: the object m1 exists, and the state may lack its id; should the next apply not "
      "find it, jim adopt 'web[0]' m1 takes it over\n"
      "  hint: make room\n"
      "next: once that is mended, the same command goes on from here\n");
  EXPECT_EQ(done_text(report), "Done in part: 1 begun");
  EXPECT_EQ(to_json(*report_value(report).get("steps")->as_list()[0].get("recorded")), "false");
}

TEST(ReportTextTest, AnObjectThatIsGoneIsNotSaidToExist) {
  Report report = {.steps = {failed("web", "machine m1 is gone")}};
  report.steps[0].id = "m1";
  report.steps[0].error.code = ErrorCode::not_found;
  EXPECT_EQ(troubles_text(report, Paint()),
            "error: web: create: machine m1 is gone\n"
            "next: once that is mended, the same command goes on from here\n");
}

/// A replacement that failed after the old object was deleted.
StepReport half_replaced(const std::string& address, const std::string& old) {
  StepReport half = step(address, Action::replace, Outcome::failed);
  half.error = {.code = ErrorCode::out_of_capacity, .message = "out of stock"};
  half.removed = {old};
  return half;
}

TEST(ReportTextTest, AnOldObjectThatIsGoneWithoutANewOneIsToldAndCounted) {
  Report report = {.steps = {half_replaced("web[0]", "m1"), half_replaced("web[1]", "m2")}};
  EXPECT_EQ(done_text(report), "Done in part: 2 destroyed");
  EXPECT_EQ(troubles_text(report, Paint()),
            "error: web[0..1]: replace: out of stock\n"
            "  note: the old objects m1, m2 are deleted, and the new ones are not made yet\n"
            "next: once that is mended, the same command goes on from here\n");
  EXPECT_EQ(to_json(*report_value(report).get("steps")->as_list()[0].get("removed")), R"(["m1"])");
}

TEST(ReportTextTest, WhetherTheNewOneIsMadeIsNotClaimedWhenNobodyKnows) {
  StepReport half = half_replaced("web", "m1");
  half.error.code = ErrorCode::unknown_outcome;
  EXPECT_EQ(gone_text(half, half.removed),
            "the old object m1 is deleted, and no new one is known of yet");
  half.id = "m2";
  EXPECT_EQ(gone_text(half, half.removed), "the old object m1 is deleted");
}

TEST(ReportTextTest, AReplacementThatStoppedHalfwayIsNotSaidToBeUntouched) {
  Report report = {.steps = {half_replaced("a", "m1"), half_replaced("b", "m2")}};
  report.steps[0].outcome = Outcome::skipped;
  report.steps[0].because = "key";
  report.steps[1].outcome = Outcome::interrupted;
  EXPECT_EQ(troubles_text(report, Paint()),
            "left undone:\n"
            "  a: the old object m1 is deleted, and the new one is not made yet, since key failed\n"
            "  b: replace was under way; the old object m2 is deleted, and no new one is known of "
            "yet\n"
            "next: once that is mended, the same command goes on from here\n");
}

TEST(ReportTextTest, AnInterruptionSaysWhatRanAndWhatDidNotStart) {
  const Report report = {.steps = {step("a", Action::create, Outcome::interrupted),
                                   step("b", Action::remove, Outcome::not_started)},
                         .interrupted = true};
  EXPECT_EQ(troubles_text(report, Paint()),
            "left undone:\n"
            "  a: create was under way\n"
            "  b: delete not started\n"
            "interrupted; state is safe\n"
            "next: the same command again goes on from here\n");
}

TEST(ReportTextTest, ALostLockIsNoInterruption) {
  const Report report = {.steps = {step("a", Action::create, Outcome::not_started)},
                         .lapsed = true};
  EXPECT_EQ(troubles_text(report, Paint()),
            "left undone:\n"
            "  a: create not started\n"
            "stopped: this run's lock on the state has ended; nothing was sent after its term\n"
            "next: the same command again goes on from here\n");
}

TEST(ReportTextTest, ErrorsOfTheRunAsAWholeComeToo) {
  const Report report = {.errors = {{.message = "the lock is lost", .hint = "run it again"}}};
  EXPECT_EQ(troubles_text(report, Paint()),
            "error: the lock is lost\n"
            "  hint: run it again\n"
            "next: once that is mended, the same command goes on from here\n");
}

TEST(ReportTextTest, TextFromAVendorIsEscaped) {
  EXPECT_EQ(troubles_text({.steps = {failed("web", "\x1b[2Jgone", "a\nb")}}, Paint()),
            "error: web: create: \\x1b[2Jgone\n"
            "  hint: a\\nb\n"
            "next: once that is mended, the same command goes on from here\n");
}

TEST(ReportTextTest, AsJsonItHoldsEveryStepAndNoSecret) {
  Report report = {.steps = {failed("web", "no", "why")}};
  report.steps[0].took = Duration(40);
  report.outputs.set("pin", Value("hush").as_secret());
  EXPECT_EQ(to_json(report_value(report)),
            R"json({"complete":false,"errors":[],"interrupted":false,)json"
            R"json("outputs":{"pin":"(sensitive)"},"steps":[{"action":"create",)json"
            R"json("address":"web","error":{"hint":"why","message":"no"},)json"
            R"json("milliseconds":40,"outcome":"failed"}]})json");
}

TEST(ReportTextTest, OutputsAreOneLineEach) {
  ValueMap outputs;
  outputs.set("url", "http://a");
  outputs.set("pin", Value("hush").as_secret());
  EXPECT_EQ(outputs_text(outputs), "pin = (sensitive)\nurl = \"http://a\"\n");
}

}  // namespace
}  // namespace jim
