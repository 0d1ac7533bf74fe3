#include "cli/render/value_text.h"

#include <gtest/gtest.h>

#include "core/value/json.h"

namespace jim {
namespace {

TEST(ValueTextTest, AValueIsJsonOnOneLine) {
  EXPECT_EQ(value_text(Value("a\nb\x1b")), "\"a\\nb\\u001b\"");
  EXPECT_EQ(value_text(Value(5)), "5");
  EXPECT_EQ(value_text(Value(ValueList{Value(1), Value(true)})), "[1,true]");
}

TEST(ValueTextTest, NothingUnknownAndSecretHaveWords) {
  EXPECT_EQ(value_text(Value()), "(not set)");
  EXPECT_EQ(value_text(Value::unknown()), "(known after apply)");
  EXPECT_EQ(value_text(Value("hush").as_secret()), "(sensitive)");
  EXPECT_EQ(value_text(Value("hush"), true), "(sensitive)");
}

TEST(ValueTextTest, ASecretInsideIsHiddenWithTheRestShown) {
  ValueMap map;
  map.set("open", 1);
  map.set("pin", Value("hush").as_secret());
  map.set("later", Value::unknown());
  EXPECT_EQ(value_text(Value(map)),
            R"json({"later":(known after apply),"open":1,"pin":(sensitive)})json");
  EXPECT_EQ(to_json(without_secrets(Value(map))),
            R"json({"later":"(known after apply)","open":1,"pin":"(sensitive)"})json");
}

TEST(ValueTextTest, ALongValueIsCut) {
  EXPECT_EQ(value_text(Value("äöüäöü"), false, 5), "\"äöü…");
  EXPECT_EQ(value_text(Value(std::string(200, 'x'))).size(), 79u + 3u);
}

TEST(ValueTextTest, OfTwoLongValuesWhatDiffersIsShown) {
  const std::string same(100, 'x');
  const auto [before, after] = changed_text(Value(same + "old"), Value(same + "new"), false, 40);
  EXPECT_EQ(before, "…" + std::string(20, 'x') + "old\"");
  EXPECT_EQ(after, "…" + std::string(20, 'x') + "new\"");
  const auto [early, late] = changed_text(Value("a" + same), Value("b" + same), false, 40);
  EXPECT_EQ(early, "\"a" + std::string(37, 'x') + "…");
  EXPECT_EQ(late, "\"b" + std::string(37, 'x') + "…");
}

TEST(ValueTextTest, ALetterThatDiffersIsShownWhole) {
  const std::string same(60, 'x');
  const auto [before, after] = changed_text(Value(same + "ä"), Value(same + "ö"), false, 40);
  EXPECT_EQ(before, "…" + std::string(20, 'x') + "ä\"");
  EXPECT_EQ(after, "…" + std::string(20, 'x') + "ö\"");
  EXPECT_EQ(changed_text(Value(same), Value(same + "y"), true, 40).second, "(sensitive)");
}

TEST(ValueTextTest, AsDataATextIsBareAndKeepsItsLines) {
  EXPECT_EQ(bare_text(Value("a\nb\x1b")), "a\nb\\x1b");
  EXPECT_EQ(bare_text(Value(ValueList{Value("a")})), "[\"a\"]");
  EXPECT_EQ(bare_text(Value("hush").as_secret()), "(sensitive)");
}

}  // namespace
}  // namespace jim
