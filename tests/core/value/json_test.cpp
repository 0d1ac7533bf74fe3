#include "core/value/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/value/redact.h"

namespace jim {
namespace {

std::string round_trip(std::string_view text) {
  const auto value = parse_json(text);
  return value ? to_json(*value) : value.error().message;
}

TEST(JsonTest, RoundTripsCanonically) {
  EXPECT_EQ(
      round_trip(R"( {"b": [1, 2.50, -0.1, 1e3], "a": {"x": null, "w": [true, false, {}, []]}} )"),
      R"({"a":{"w":[true,false,{},[]],"x":null},"b":[1,2.5,-0.1,1000]})");
  EXPECT_EQ(round_trip("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(round_trip("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(round_trip("18446744073709551615"), "18446744073709551616");
  EXPECT_EQ(round_trip("0.1"), "0.1");
  EXPECT_EQ(round_trip(R"("\u0000\u001f\"\\\/\b\f\n\r\té\ud83d\ude00")"),
            "\"\\u0000\\u001f\\\"\\\\/\\b\\f\\n\\r\\té\U0001F600\"");
  EXPECT_EQ(round_trip(R"({"a": 1, "a": 2})"), R"({"a":2})");
}

TEST(JsonTest, IntegersStayIntegers) {
  EXPECT_TRUE(parse_json("1")->is_integer());
  EXPECT_FALSE(parse_json("1.0")->is_integer());
  EXPECT_TRUE(parse_json("18446744073709551615")->is_number());
}

TEST(JsonTest, MistakesAreLocated) {
  EXPECT_EQ(round_trip(""), "JSON line 1, column 1: found no value");
  EXPECT_EQ(round_trip("{\n  \"a\": tru }"), "JSON line 2, column 11: expected a value");
  EXPECT_EQ(round_trip("[1] 2"), "JSON line 1, column 5: found text after the end");
  EXPECT_EQ(round_trip("[1,]"), "JSON line 1, column 4: expected a value");
  EXPECT_EQ(parse_json("[\n1 2]").error().where.line, 2);
  EXPECT_EQ(parse_json("[").error().code, ErrorCode::invalid_config);
}

TEST(JsonTest, HostileTextsAreRefused) {
  EXPECT_EQ(round_trip(std::string(1'000'000, '[')),
            "JSON line 1, column 65: more than 64 levels deep");
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_FALSE(parse_json("\"\xc0\xaf\""));
  EXPECT_FALSE(parse_json("\"\xed\xa0\x80\""));
  EXPECT_FALSE(parse_json(std::string_view("1\0", 2)));
  EXPECT_FALSE(parse_json(std::string_view("[1\0]", 4)));
  EXPECT_FALSE(parse_json("1e999"));
  EXPECT_FALSE(parse_json("\"\\ud800\""));
  EXPECT_FALSE(parse_json("\"a\nb\""));
  EXPECT_FALSE(parse_json("NaN"));
}

TEST(JsonTest, WritesBytesThatAreNotUtf8AsReplacement) {
  EXPECT_EQ(to_json(Value("a\xff\xc0\xafz")), "\"a\uFFFD\uFFFD\uFFFDz\"");
  EXPECT_EQ(to_json(Value(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(to_json(Value::unknown()), "null");
}

TEST(JsonTest, IndentsWhenAsked) {
  EXPECT_EQ(to_json(*parse_json(R"({"a":[1,{}],"b":[]})"), {.indent = 2}),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(JsonTest, SecretsAreWrittenOnlyWhenRevealed) {
  const Value value = ValueList{Value("hush").as_secret(), Value("open")};
  const auto stars = [](const Value&) { return Value("***").as_secret(); };
  const JsonStyle revealing = {.reveal_secrets = true};
  const JsonStyle starred = {.secret = stars};
  EXPECT_EQ(to_json(value), R"x(["(sensitive)","open"])x");
  EXPECT_EQ(to_json(value, revealing), R"(["hush","open"])");
  EXPECT_EQ(to_json(value, starred), R"(["***","open"])");
}

TEST(RedactTest, ReplacesSecretsByTextOrFingerprint) {
  ValueMap map;
  map.set("open", 1);
  map.set("token", ValueList{Value("hush").as_secret()});
  const Value value = map;
  const char* const expected = R"x({"open":1,"token":["(sensitive)"]})x";
  EXPECT_EQ(to_json(redacted(value)), expected);
  const std::string marked = to_json(redacted(value, "key"));
  EXPECT_EQ(marked.rfind(R"({"open":1,"token":[{"$secret":"hmac:)", 0), 0u);
  EXPECT_EQ(marked, to_json(redacted(value, "key")));
  EXPECT_NE(marked, to_json(redacted(value, "other")));
  EXPECT_FALSE(redacted(value, "key").has_secret());
}

TEST(JsonTest, ATextHoldsNoMoreValuesThanAllowed) {
  EXPECT_TRUE(parse_json("[1,2]", {.values = 3}));
  const auto many = parse_json("[1,2,3]", {.values = 2});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().message, "JSON line 1, column 6: more than 2 values");
}

}  // namespace
}  // namespace jim
