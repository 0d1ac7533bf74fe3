#include <gtest/gtest.h>

#include <algorithm>

#include "core/state/fingerprint.h"
#include "core/value/json.h"
#include "core/value/redact.h"

namespace jim {
namespace {

const std::string kKey = "key";
const std::string kHidden = "\"(sensitive)\"";

Value parsed(const std::string& text) { return *parse_json(text); }

/// What is seen of `value`, read back where `like` was written.
std::string shown(const std::string& value, const Value& like) {
  return to_json(veil(parsed(value), like));
}

Value secret(const std::string& text) { return Value(text).as_secret(); }

Value labels() {
  ValueMap map;
  map.set("team", "web");
  map.set("token", secret("S"));
  return map;
}

TEST(VeilTest, WhatWasNoSecretIsShown) {
  EXPECT_EQ(shown(R"({"a":["b"]})", parsed(R"({"a":["c"]})")), R"({"a":["b"]})");
}

TEST(VeilTest, WhatWasASecretIsHidden) {
  EXPECT_EQ(shown(R"("S")", secret("S")), kHidden);
  EXPECT_EQ(shown(R"("another")", secret("S")), kHidden);
}

TEST(VeilTest, AFingerprintCountsAsTheSecret) {
  EXPECT_EQ(shown(R"("S")", fingerprint_value(Value("S"), kKey)), kHidden);
  const Value stored = redacted(labels(), kKey);
  EXPECT_EQ(shown(R"({"team":"web","token":"S"})", stored),
            R"({"team":"web","token":)" + kHidden + "}");
}

TEST(VeilTest, OnlyTheSecretEntriesOfAMapAreHidden) {
  EXPECT_EQ(shown(R"({"new":"n","team":"ops","token":"S"})", labels()),
            R"({"new":"n","team":"ops","token":)" + kHidden + "}");
}

TEST(VeilTest, AnotherShapeIsHiddenAsAWhole) {
  EXPECT_EQ(shown(R"(["web","S"])", labels()), kHidden);
}

TEST(VeilTest, ItemsThatMovedStayHidden) {
  const Value list = ValueList{Value("open"), secret("S")};
  EXPECT_EQ(shown(R"(["S","open"])", list), "[" + kHidden + R"(,"open"])");
  EXPECT_EQ(shown(R"(["open","more","S"])", list), R"(["open",)" + kHidden + "," + kHidden + "]");
}

TEST(VeilTest, NothingIsNoSecret) { EXPECT_EQ(shown("null", secret("S")), "null"); }

TEST(VeilTest, WhatIsStoredOfItIsTheSameAsBefore) {
  const Value stored = redacted(labels(), kKey);
  EXPECT_EQ(redacted(veil(parsed(R"({"team":"web","token":"S"})"), stored), kKey), stored);
  EXPECT_FALSE(redacted(veil(parsed(R"({"team":"web","token":"T"})"), stored), kKey) == stored);
}

TEST(CollectSecretsTest, EverySecretTextIsFound) {
  ValueMap map;
  map.set("open", "o");
  map.set("one", secret("first"));
  map.set("deep", Value(ValueList{Value("second"), Value(7)}).as_secret());
  std::vector<std::string> found;
  collect_secrets(Value(map), found);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::string>{"first", "second"}));
}

}  // namespace
}  // namespace jim
