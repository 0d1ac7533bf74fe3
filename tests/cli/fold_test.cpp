#include "cli/render/fold.h"

#include <gmock/gmock.h>

#include "tests/cli/changes.h"

namespace jim {
namespace {

using testing::ElementsAre;

std::vector<std::string> addresses(const std::vector<Fold>& folds) {
  std::vector<std::string> all;
  all.reserve(folds.size());
  for (const Fold& one : folds) all.push_back(one.addresses);
  return all;
}

TEST(FoldTest, WhatHappensToAllOfABlockAlikeIsOneLine) {
  const std::vector<Change> changes = {change_of(Action::create, "web[0]"),
                                       change_of(Action::create, "web[1]"),
                                       change_of(Action::create, "web[2]")};
  EXPECT_THAT(addresses(fold(changes)), ElementsAre("web[0..2]"));
}

TEST(FoldTest, BlocksActionsAndDetailsAreToldApart) {
  const std::vector<Change> changes = {change_of(Action::create, "web[0]", "", R"({"size":"s"})"),
                                       change_of(Action::create, "web[1]", "", R"({"size":"l"})"),
                                       change_of(Action::remove, "web[2]", "m2"),
                                       change_of(Action::create, "db", "", R"({"size":"s"})")};
  const auto folds = fold(changes);
  EXPECT_THAT(addresses(folds), ElementsAre("web[0]", "web[1]", "web[2]", "db"));
  EXPECT_EQ(folds[0].summary, "s");
}

TEST(FoldTest, AHoleInTheNumbersIsShown) {
  const std::vector<Change> changes = {change_of(Action::create, "web[0]"),
                                       change_of(Action::create, "web[3]")};
  EXPECT_THAT(addresses(fold(changes)), ElementsAre("web[0,3]"));
}

TEST(FoldTest, ManyKeysAreShownByFirstAndLast) {
  std::vector<Change> changes;
  for (char key = 'a'; key <= 'z'; ++key)
    changes.push_back(change_of(Action::create, std::string("web[\"zone-") + key + "\"]"));
  EXPECT_THAT(addresses(fold(changes)), ElementsAre("web[\"zone-a\"] … web[\"zone-z\"]"));
}

TEST(FoldTest, IdsAreLeftOutOfReasonsThatAreOtherwiseTheSame) {
  std::vector<Change> changes = {change_of(Action::remove, "web[0]", "m10"),
                                 change_of(Action::remove, "web[1]", "m11")};
  changes[0].reasons = {"m10 was deleted outside jim"};
  changes[1].reasons = {"m11 was deleted outside jim"};
  const auto folds = fold(changes);
  ASSERT_EQ(folds.size(), 1u);
  EXPECT_THAT(folds[0].reasons, ElementsAre("it was deleted outside jim"));
}

TEST(FoldTest, AReasonStandsWithTheAttributeThatItNames) {
  Change change = change_of(Action::update, "web", "m1");
  change.attributes = {{.name = "size", .before = "s", .after = "l"}};
  change.reasons = {"size: jim.yaml:3:5 asks for it", "m1 is stopped"};
  const auto folds = fold({change});
  EXPECT_THAT(folds[0].attribute_reasons, ElementsAre("jim.yaml:3:5 asks for it"));
  EXPECT_THAT(folds[0].reasons, ElementsAre("m1 is stopped"));
}

TEST(FoldTest, ASecretIsNoPartOfTheSummary) {
  EXPECT_EQ(fold({change_of(Action::create, "web", "", R"({"size":"s","pin":"hush"})")})[0].summary,
            "s");
}

TEST(FoldTest, WhatIsNotKnownYetIsTakenFromTheLiveObject) {
  Change change = change_of(Action::update, "web", "m1", R"({"size":null})");
  change.desired.set("site", Value::unknown());
  change.actual = parse_json(R"({"size":"s","site":"NYC"})")->as_map();
  EXPECT_EQ(fold({change})[0].summary, "s · NYC");
}

TEST(FoldTest, TextFromAVendorIsEscaped) {
  Change change = change_of(Action::update, "web", "m1", R"({"size":"\u001b[2J"})");
  change.reasons = {"it says \x1b[2J"};
  const auto folds = fold({change});
  EXPECT_EQ(folds[0].summary, "\\x1b[2J");
  EXPECT_THAT(folds[0].reasons, ElementsAre("it says \\x1b[2J"));
}

Change renamed(int index, const std::string& before, const std::string& after) {
  const std::string number = std::to_string(index);
  Change change = change_of(Action::update, "web[" + number + "]", "m" + number, R"({"size":"l"})");
  change.attributes = {{.name = "name", .before = before, .after = after}};
  change.reasons = {"name: jim.yaml:3:5 asks for it"};
  return change;
}

TEST(FoldTest, WhatDiffersByTheIndexAloneIsFoldedToo) {
  std::vector<Change> changes;
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    const std::string next = (i < 9 ? "0" : "") + std::to_string(i + 1);
    changes.push_back(renamed(i, "old-" + n, "rack1-u" + next));
  }
  const std::vector<Fold> folds = fold(changes);
  EXPECT_THAT(addresses(folds), ElementsAre("web[0..11]"));
  EXPECT_TRUE(folds[0].varies);
}

TEST(FoldTest, WhatDiffersOtherwiseIsNot) {
  EXPECT_EQ(fold({renamed(0, "a", "b"), renamed(1, "a", "c")}).size(), 2u);
  EXPECT_EQ(fold({renamed(0, "a", "b0"), renamed(1, "a", "b10")}).size(), 2u);
  const std::vector<Fold> equal = fold({renamed(0, "1", "2"), renamed(1, "1", "2")});
  ASSERT_EQ(equal.size(), 1u);
  EXPECT_FALSE(equal[0].varies);
}

}  // namespace
}  // namespace jim
