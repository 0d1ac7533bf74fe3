#include "core/plan/diff.h"

#include <gtest/gtest.h>

#include "tests/core/plan/workbench.h"

namespace jim {
namespace {

const char* const kKey = "key";

ResourceType type_with(Attribute attribute) {
  attribute.name = "a";
  return {.name = "t.t", .provider = "t", .attributes = {std::move(attribute)}};
}

ValueMap one(const Value& value) {
  ValueMap map;
  map.set("a", value);
  return map;
}

Value json(const std::string& text) { return *parse_json(text); }

/// What differs when the file says `want` and the vendor `have`, both JSON; empty: nothing.
std::string differs(const Attribute& attribute, const std::string& want, const std::string& have,
                    const std::vector<std::string>& ignore = {}) {
  return shown(diff(type_with(attribute), one(json(want)), one(json(have)), nullptr, ignore, kKey));
}

TEST(DiffTest, EqualValuesDoNotDiffer) {
  EXPECT_EQ(differs({}, R"("x")", R"("x")"), "");
  EXPECT_EQ(differs({}, "1", "1.0"), "");
  EXPECT_EQ(differs({}, R"([1,{"k":2}])", R"([1,{"k":2}])"), "");
}

TEST(DiffTest, AnotherValueIsToldWithItsRisk) {
  EXPECT_EQ(differs({.change = Risk::reboot}, R"("x")", R"("y")"), R"( a: "y" > "x" (reboot))");
  EXPECT_EQ(differs({}, "[1,2]", "[2,1]"), " a: [2,1] > [1,2] (replace)");
  EXPECT_EQ(differs({}, R"("5")", "5"), R"( a: 5 > "5" (replace))");
}

TEST(DiffTest, WhatTheFileDoesNotSetIsNotCompared) {
  const ResourceType type = type_with({});
  EXPECT_EQ(shown(diff(type, {}, one("x"), nullptr, {}, kKey)), "");
  EXPECT_EQ(differs({}, "null", R"("x")"), "");
}

TEST(DiffTest, NullAndEmptyAreTheSame) {
  EXPECT_EQ(differs({}, R"("")", "null"), "");
  EXPECT_EQ(differs({}, "[]", "null"), "");
  EXPECT_EQ(differs({}, "{}", "[]"), "");
  EXPECT_EQ(differs({}, "0", "null"), " a: null > 0 (replace)");
  EXPECT_EQ(differs({}, "false", "null"), " a: null > false (replace)");
}

TEST(DiffTest, WhatTheVendorDoesNotSayAtAllIsNull) {
  EXPECT_EQ(shown(diff(type_with({}), one("x"), {}, nullptr, {}, kKey)),
            R"( a: null > "x" (replace))");
  EXPECT_EQ(shown(diff(type_with({}), one(""), {}, nullptr, {}, kKey)), "");
}

TEST(DiffTest, IgnoredAttributesAreLeftToOthers) {
  EXPECT_EQ(differs({}, R"("x")", R"("y")", {"a"}), "");
  EXPECT_EQ(differs({}, R"("x")", R"("y")", {"b"}), R"( a: "y" > "x" (replace))");
}

TEST(DiffTest, AnUnorderedListIsABag) {
  const Attribute bag = {.unordered = true};
  EXPECT_EQ(differs(bag, R"(["x","y"])", R"(["y","x"])"), "");
  EXPECT_EQ(differs(bag, R"([{"p":1,"q":2},3])", R"([3,{"q":2,"p":1}])"), "");
  EXPECT_NE(differs(bag, R"(["x","x"])", R"(["x"])"), "");
  EXPECT_NE(differs(bag, R"(["x","x","y"])", R"(["x","y","y"])"), "");
  EXPECT_NE(differs(bag, R"(["x"])", R"(["X"])"), "");
  EXPECT_EQ(differs({.unordered = true, .ignore_case = true}, R"(["x","Y"])", R"(["y","X"])"), "");
}

TEST(DiffTest, CaseCountsUnlessTheTypeSaysOtherwise) {
  EXPECT_NE(differs({}, R"("nyc")", R"("NYC")"), "");
  EXPECT_EQ(differs({.ignore_case = true}, R"("nyc")", R"("NYC")"), "");
  EXPECT_NE(differs({.ignore_case = true}, R"("nyc")", R"("NY")"), "");
}

TEST(DiffTest, KeysOfAPartialMapThatTheFileDoesNotNameBelongToOthers) {
  const Attribute labels = {.partial = true};
  EXPECT_EQ(differs(labels, R"({"k":"v"})", R"({"k":"v","theirs":"x"})"), "");
  EXPECT_NE(differs(labels, R"({"k":"v"})", R"({"k":"w"})"), "");
  EXPECT_NE(differs(labels, R"({"k":"v"})", R"({"theirs":"x"})"), "");
  EXPECT_NE(differs({}, R"({"k":"v"})", R"({"k":"v","theirs":"x"})"), "");
}

TEST(DiffTest, ComputedAttributesAreTheVendorsUnlessTheFileMaySetThem) {
  EXPECT_EQ(differs({.computed = true}, R"("x")", R"("y")"), "");
  EXPECT_EQ(differs({.computed = true, .optional_computed = true}, R"("x")", R"("y")"),
            R"( a: "y" > "x" (replace))");
  EXPECT_EQ(differs({.optional_computed = true}, R"("x")", R"("y")"), R"( a: "y" > "x" (replace))");
}

TEST(DiffTest, AnAttributeTheTypeDoesNotHaveIsNotCompared) {
  const ResourceType type = {.name = "t.t"};
  EXPECT_EQ(shown(diff(type, one("x"), {}, nullptr, {}, kKey)), "");
}

TEST(DiffTest, TheUnknownDiffersFromAnything) {
  const ResourceType type = type_with({.change = Risk::in_place});
  EXPECT_EQ(shown(diff(type, one(Value::unknown()), one("x"), nullptr, {}, kKey)),
            R"( a: "x" > ? (in-place))");
  const Value list = ValueList{Value("y"), Value::unknown()};
  const auto changes = diff(type, one(list), one("x"), nullptr, {}, kKey);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_TRUE(changes[0].after.has_unknown());
}

TEST(DiffTest, ASecretThatIsReadBackIsComparedInClearAndMarkedSecret) {
  const ResourceType type = type_with({.secret = true});
  EXPECT_EQ(shown(diff(type, one(Value("x").as_secret()), one("x"), nullptr, {}, kKey)), "");
  const auto changes = diff(type, one(Value("x").as_secret()), one("y"), nullptr, {}, kKey);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_TRUE(changes[0].secret);
  // An expression may carry a secret into any attribute.
  const auto carried =
      diff(type_with({}), one(Value("x").as_secret()), one("y"), nullptr, {}, kKey);
  ASSERT_EQ(carried.size(), 1u);
  EXPECT_TRUE(carried[0].secret);
}

// --- attributes that the vendor does not read back ---

const Attribute kHidden = {.secret = true, .readable = false, .change = Risk::reinstall};

Record prior_with(const Value& value, bool half_made = false) {
  Record prior = {.type = "t.t", .id = "1", .half_made = half_made};
  if (!value.is_null()) prior.attributes = redact(one(value), kKey);
  return prior;
}

std::string hidden_differs(const Value& want, const Record* prior) {
  return shown(diff(type_with(kHidden), one(want), {}, prior, {}, kKey));
}

TEST(DiffTest, WhatCannotBeReadIsComparedWithWhatWasLastApplied) {
  const Value secret = Value("x").as_secret();
  const Record prior = prior_with(secret);
  EXPECT_TRUE(is_fingerprint(*prior.attributes.find("a")));
  EXPECT_EQ(hidden_differs(secret, &prior), "");
  EXPECT_EQ(hidden_differs(Value("y").as_secret(), &prior),
            " a: (sensitive) > (sensitive) (reinstall)");
}

TEST(DiffTest, AFingerprintUnderAnotherKeyIsAnotherValue) {
  const Record prior = prior_with(Value("x").as_secret());
  EXPECT_NE(
      shown(diff(type_with(kHidden), one(Value("x").as_secret()), {}, &prior, {}, "other key")),
      "");
}

TEST(DiffTest, WhatCannotBeReadCountsAsEqualWithoutAPrior) {
  EXPECT_EQ(hidden_differs("x", nullptr), "");
  EXPECT_EQ(hidden_differs(Value::unknown(), nullptr), "");
}

TEST(DiffTest, WhatCannotBeReadAndWasNeverAppliedIsNew) {
  const Record prior = prior_with({});
  EXPECT_EQ(hidden_differs("x", &prior), " a: null > (sensitive) (reinstall)");
  const Record half_made = prior_with({}, true);
  EXPECT_EQ(hidden_differs("x", &half_made), "");
}

TEST(DiffTest, AHiddenValueWithTheUnknownInsideDiffers) {
  const Record prior = prior_with("x");
  EXPECT_EQ(hidden_differs(Value::unknown(), &prior), " a: (sensitive) > (sensitive) (reinstall)");
}

// --- drift ---

std::string drifted(const Attribute& attribute, const Value& was, const Value& is,
                    const ValueMap& set, const std::vector<std::string>& ignore = {}) {
  const Record prior = {.attributes = redact(one(was), kKey)};
  return shown(drift(type_with(attribute), prior, one(is), set, ignore, kKey));
}

TEST(DriftTest, IsPriorAgainstActual) {
  EXPECT_EQ(drifted({}, "x", "x", one("z")), "");
  EXPECT_EQ(drifted({}, "x", "y", one("z")), R"( a: "x" > "y" (replace))");
  EXPECT_EQ(drifted({}, "x", Value(), {}), R"( a: "x" > null (replace))");
  EXPECT_EQ(drifted({.ignore_case = true}, "x", "X", {}), "");
}

TEST(DriftTest, LeavesOutWhatIsNotOurs) {
  EXPECT_EQ(drifted({}, "x", "y", {}, {"a"}), "");
  EXPECT_EQ(drifted({.computed = true}, "x", "y", {}), "");
  EXPECT_EQ(drifted({.readable = false}, "x", "y", {}), "");
  EXPECT_EQ(drifted({.optional_computed = true}, "x", "y", {}), "");
  EXPECT_NE(drifted({.optional_computed = true}, "x", "y", one("x")), "");
}

TEST(DriftTest, ASecretIsHeldAgainstItsFingerprint) {
  const Value secret = Value("x").as_secret();
  EXPECT_EQ(drifted({.secret = true}, secret, "x", {}), "");
  EXPECT_EQ(drifted({.secret = true}, secret, "y", {}), " a: (sensitive) > (sensitive) (replace)");
}

TEST(WorstTest, TheWorstRiskCounts) {
  EXPECT_EQ(worst({}), Risk::none);
  EXPECT_EQ(worst({{.risk = Risk::in_place}, {.risk = Risk::reinstall}, {.risk = Risk::reboot}}),
            Risk::reinstall);
}

}  // namespace
}  // namespace jim
