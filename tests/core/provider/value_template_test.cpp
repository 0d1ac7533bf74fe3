#include "core/provider/value_template.h"

#include <gtest/gtest.h>

#include "core/provider/manifest_reader.h"
#include "core/value/json.h"

namespace jim {
namespace {

/// The names that the templates of these tests see.
class Names {
 public:
  explicit Names(const std::string& json) : it_(*parse_json(json)) { scope_.bind("it", &it_); }
  const Scope& scope() const { return scope_; }

 private:
  Value it_;
  ManifestScope scope_ = {};
};

YamlNode yaml(const std::string& text) {
  YamlNode node;
  Diagnostics diagnostics;
  EXPECT_TRUE(read_yaml(text, "t.yaml", node, diagnostics)) << text;
  return node;
}

/// A body of a manifest, evaluated where `it` is `json`; or the error's message.
std::string body(const std::string& text, const std::string& json = "{}") {
  Diagnostics diagnostics;
  const ValueTemplate source = read_value_template(yaml(text), diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  const Names names(json);
  const auto value = source.evaluate(names.scope());
  return value ? to_json(*value) : value.error().message;
}

/// What an Extract reads out of `json`.
std::string extracted(const std::string& path, const std::string& json) {
  Diagnostics diagnostics;
  const Extract source = read_extract(yaml("'" + path + "'"), diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  const Names names(json);
  return to_json(source.from(names.scope()));
}

TEST(ValueTemplateTest, ConstantsKeepTheirTypes) {
  EXPECT_EQ(body("{ a: 1, b: 1.5, c: true, d: x, e: '1', f: [1, two] }"),
            R"({"a":1,"b":1.5,"c":true,"d":"x","e":"1","f":[1,"two"]})");
}

TEST(ValueTemplateTest, AnExpressionAloneKeepsItsType) {
  EXPECT_EQ(body(R"({ n: "${it.n}", s: "n is ${it.n}" })", R"({"n":5})"),
            R"({"n":5,"s":"n is 5"})");
}

TEST(ValueTemplateTest, WhatIsNullIsLeftOut) {
  EXPECT_EQ(body(R"({ a: "${it.a}", b: null, c: 1 })", R"({"a":null})"), R"({"c":1})");
}

TEST(ValueTemplateTest, AMapOfWhichNothingRemainsIsLeftOut) {
  EXPECT_EQ(body(R"({ a: { b: { c: "${it.a}" } }, d: 1 })", R"({"a":null})"), R"({"d":1})");
  EXPECT_EQ(body(R"({ a: "${it.a}" })", R"({"a":null})"), "null");
}

TEST(ValueTemplateTest, AMapThatIsWrittenEmptyStays) {
  EXPECT_EQ(body("{ a: {} }"), R"({"a":{}})");
}

TEST(ValueTemplateTest, NullsInListsStay) {
  EXPECT_EQ(body(R"([1, "${it.a}", 2])", R"({"a":null})"), "[1,null,2]");
}

TEST(ValueTemplateTest, DotsSpreadAMapAndLaterKeysWin) {
  EXPECT_EQ(body(R"({ "...": "${it}", b: 2, c: 3 })", R"({"a":1,"b":1,"z":null})"),
            R"({"a":1,"b":2,"c":3})");
  EXPECT_EQ(body(R"({ "...": "${it.none}", b: 2 })", R"({"none":null})"), R"({"b":2})");
}

TEST(ValueTemplateTest, AMistakeDeepInsideIsTheWholesMistake) {
  EXPECT_NE(body(R"({ a: [{ b: "${it.x.y}" }] })").find('x'), std::string::npos);
}

TEST(ValueTemplateTest, ReferencesAreFoundAtEveryDepth) {
  Diagnostics diagnostics;
  const ValueTemplate source =
      read_value_template(yaml(R"({ "...": "${send}", a: [{ b: "x${self.n}" }] })"), diagnostics);
  std::vector<Reference> references;
  source.collect_references(references);
  ASSERT_EQ(references.size(), 2U);
  EXPECT_EQ(references[0].root, "send");
  EXPECT_EQ(references[1].root, "self");
  EXPECT_EQ(references[1].steps, std::vector<std::string>{"n"});
}

TEST(ExtractTest, APathThatIsNotThereIsNull) {
  EXPECT_EQ(extracted("${it.a.b}", R"({"a":{"b":5}})"), "5");
  EXPECT_EQ(extracted("${it.a.b}", R"({"a":null})"), "null");
  EXPECT_EQ(extracted("${it.a.b}", R"({"a":[1]})"), "null");
  EXPECT_EQ(extracted("${it.a.b}", "7"), "null");
  EXPECT_EQ(extracted("${it}", R"({"a":1})"), R"({"a":1})");
}

TEST(ExtractTest, AnExpressionThatFailsIsNull) {
  EXPECT_EQ(extracted("${it.list[0].id}", R"({"list":[{"id":"x"}]})"), "\"x\"");
  EXPECT_EQ(extracted("${it.list[0].id}", R"({"list":[]})"), "null");
  EXPECT_EQ(extracted("${lower(it.a)}", R"({"a":[1]})"), "null");
}

TEST(ExtractTest, AWordOfTheLanguageIsNoPath) {
  EXPECT_EQ(extracted("${true}", "{}"), "true");
  EXPECT_EQ(extracted("${null}", "{}"), "null");
}

TEST(ExtractTest, NothingIsEmpty) {
  EXPECT_TRUE(Extract().empty());
  EXPECT_TRUE(Extract().from(ManifestScope()).is_null());
}

TEST(ManifestScopeTest, ALaterNameReplacesAnEarlierOne) {
  const Value one(1);
  const Value two(2);
  ManifestScope scope;
  scope.bind("it", &one);
  scope.bind("it", &two);
  EXPECT_EQ(*scope.lookup("it"), two);
  scope.own("it", 3);
  EXPECT_EQ(*scope.lookup("it"), Value(3));
  scope.bind("it", &one);
  EXPECT_EQ(*scope.lookup("it"), one);
  EXPECT_EQ(scope.names(), std::vector<std::string>{"it"});
  EXPECT_EQ(scope.lookup("id"), nullptr);
}

TEST(PlainTextTest, IsWhatAnUrlHolds) {
  EXPECT_EQ(plain_text({}), "");
  EXPECT_EQ(plain_text("a b"), "a b");
  EXPECT_EQ(plain_text(5), "5");
  EXPECT_EQ(plain_text(true), "true");
  EXPECT_EQ(plain_text(ValueList{1, "a"}), R"([1,"a"])");
  EXPECT_EQ(plain_text(Value("key").as_secret()), "key");
}

TEST(IsTrueTest, OnlyTrueIs) {
  EXPECT_TRUE(is_true(true));
  for (const Value& value : {Value(), Value(false), Value("true"), Value(1), Value(ValueList{1})})
    EXPECT_FALSE(is_true(value));
}

}  // namespace
}  // namespace jim
