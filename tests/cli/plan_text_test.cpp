#include "cli/render/plan_text.h"

#include <gtest/gtest.h>

#include "tests/cli/changes.h"

namespace jim {
namespace {

Plan plan_of(std::vector<Change> changes) {
  return {.project = "shop", .changes = std::move(changes)};
}

Change resized(const std::string& address, const std::string& id) {
  Change change = change_of(Action::update, address, id, R"({"size":"l"})");
  change.risk = Risk::reboot;
  change.attributes = {
      {.name = "size", .before = "s", .after = "l", .risk = Risk::reboot},
      {.name = "pin", .before = "old", .after = "new", .risk = Risk::in_place, .secret = true}};
  change.reasons = {"size: jim.yaml:3:5 asks for it"};
  return change;
}

TEST(PlanTextTest, LinesAreAlignedAndCounted) {
  Plan plan = plan_of({change_of(Action::create, "web[0]", "", R"({"size":"s","site":"NYC"})"),
                       change_of(Action::create, "web[1]", "", R"({"size":"s","site":"NYC"})"),
                       change_of(Action::create, "database", "", R"({"size":"xl"})")});
  plan.changes[0].expected = plan.changes[1].expected = std::chrono::minutes(8);
  EXPECT_EQ(plan_text(plan, Paint()),
            "  +   web[0..1]  fake.machine  s · NYC  ×2  ~8 min\n"
            "  +   database   fake.machine  xl\n"
            "\n"
            "3 to create · 0 to change · 0 to destroy\n");
}

TEST(PlanTextTest, AnUpdateSaysWhatDiffersWhyAndWhatThatCosts) {
  EXPECT_EQ(plan_text(plan_of({resized("web", "m1")}), Paint()),
            "  ~   web  fake.machine  l\n"
            "        size: \"s\" -> \"l\"           reboot: down for minutes, disks kept\n"
            "          jim.yaml:3:5 asks for it\n"
            "        pin: (sensitive) changes   in place\n"
            "\n"
            "0 to create · 1 to change · 0 to destroy\n");
}

TEST(PlanTextTest, WhatIsLostStandsOutInCountsAndQuestion) {
  Change wiped = change_of(Action::update, "web", "m1");
  wiped.risk = Risk::reinstall;
  Plan plan = plan_of({wiped, resized("db", "m2")});
  EXPECT_EQ(counts_text(plan),
            "0 to create · 2 to change (1 reinstalled: disks wiped) · 0 to destroy");
  EXPECT_EQ(question_text(plan), "This wipes the disks of 1 machine. Do it?");
  plan.changes.push_back(change_of(Action::replace, "a", "m3"));
  plan.changes.push_back(change_of(Action::remove, "b", "m4"));
  EXPECT_EQ(question_text(plan), "This wipes the disks of 1 machine and deletes 2 objects. Do it?");
  EXPECT_EQ(question_text(plan_of({resized("db", "m2")})), "Do this?");
}

TEST(PlanTextTest, AReplacementThatComesFirstIsSaid) {
  Change change = change_of(Action::replace, "a", "m1");
  change.create_before_destroy = true;
  EXPECT_EQ(plan_text(plan_of({change}), Paint()),
            "  -/+ a  fake.machine\n"
            "        the new one is made first, then the old one is deleted\n"
            "\n"
            "0 to create · 0 to change · 0 to destroy · 1 to replace\n");
}

TEST(PlanTextTest, EachActionHasItsSignAndWord) {
  Change renamed = change_of(Action::rename, "web", "m1");
  renamed.previous = *parse_address("old");
  const std::string text =
      plan_text(plan_of({change_of(Action::replace, "a", "m2"), change_of(Action::adopt, "b", "m3"),
                         renamed, change_of(Action::forget, "c", "m4")}),
                Paint());
  EXPECT_EQ(
      text,
      "  -/+ a    fake.machine\n"
      "  ←   b    fake.machine  adopt m3\n"
      "  →   web  fake.machine  was old\n"
      "  .   c    fake.machine  forget: the object is left alone\n"
      "\n"
      "0 to create · 0 to change · 0 to destroy · 1 to replace · 1 to adopt · 1 to rename · 1 to "
      "forget\n");
}

TEST(PlanTextTest, ADestroyDoesNotSayOfEachChangeThatEverythingGoes) {
  Plan plan = plan_of({change_of(Action::remove, "web", "m1"), change_of(Action::forget, "key")});
  plan.changes[0].reasons = {"everything is to go"};
  plan.changes[1].reasons = {"it does not exist any more"};
  plan.destroy = true;
  EXPECT_EQ(plan_text(plan, Paint()),
            "  -   web  fake.machine\n"
            "  .   key  fake.machine  forget: the object is left alone\n"
            "        it does not exist any more\n"
            "\n"
            "0 to create · 0 to change · 1 to destroy · 1 to forget\n");
}

TEST(PlanTextTest, NothingToDoIsSaid) {
  Plan plan = plan_of({});
  EXPECT_EQ(plan_text(plan, Paint()), "Nothing to do.\n");
  plan.unchanged = 1;
  EXPECT_EQ(plan_text(plan, Paint()), "Nothing to do: 1 resource is as the file says.\n");
  plan.unchanged = 3;
  EXPECT_EQ(plan_text(plan, Paint()), "Nothing to do: 3 resources are as the file says.\n");
  plan.destroy = true;
  EXPECT_EQ(plan_text(plan, Paint()), "Nothing to destroy.\n");
}

TEST(PlanTextTest, DriftComesFirst) {
  Plan plan = plan_of({});
  plan.unchanged = 1;
  plan.drift = {{.address = *parse_address("web[0]"), .type = &machine_type(), .gone = true},
                {.address = *parse_address("web[1]"), .type = &machine_type(), .gone = true},
                {.address = *parse_address("web[2]"),
                 .type = &machine_type(),
                 .attributes = {{.name = "size", .before = "s", .after = "l"}}}};
  EXPECT_EQ(plan_text(plan, Paint()),
            "Changed outside jim since the last apply:\n"
            "\n"
            "  !   web[0..1]  fake.machine  gone\n"
            "  !   web[2]  fake.machine\n"
            "        size: \"s\" -> \"l\"\n"
            "\n"
            "Nothing to do: 1 resource is as the file says.\n");
}

TEST(PlanTextTest, MarkdownFoldsThePlanAndItsFenceHolds) {
  Plan plan = plan_of({change_of(Action::create, "web", "", R"({"size":"```"})")});
  EXPECT_EQ(plan_markdown(plan),
            "**jim · shop**: 1 to create · 0 to change · 0 to destroy\n"
            "\n"
            "<details><summary>The plan</summary>\n"
            "\n"
            "````text\n"
            "  +   web  fake.machine  ```\n"
            "````\n"
            "\n"
            "</details>\n");
}

TEST(PlanTextTest, ColoursFollowTheAction) {
  const std::string text =
      plan_text(plan_of({change_of(Action::remove, "web", "m1")}), Paint(true));
  EXPECT_EQ(text,
            "  \x1b[31m-  \x1b[0m web  fake.machine\n"
            "\n"
            "\x1b[1m0 to create · 0 to change · 1 to destroy\x1b[0m\n");
}

TEST(PlanTextTest, TotalsNameEachProvider) {
  EXPECT_EQ(totals_text(
                {.lists = {{"lambda", 1}, {"latitude", 2}}, .requests = 3, .took = Duration(400)}),
            "lambda 1 list · latitude 2 lists · 3 requests · 400 ms");
}

}  // namespace
}  // namespace jim
