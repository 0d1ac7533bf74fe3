#include "core/resource/resource_type.h"

#include <gtest/gtest.h>

#include "core/resource/object.h"

namespace jim {
namespace {

std::optional<Value> converted(const Value& value, const char* type) {
  return convert(value, *parse_attribute_type(type));
}

TEST(AttributeTypeTest, TextReadsBackTheSame) {
  for (const char* text : {"any", "string", "integer", "number", "boolean", "list(any)",
                           "list(string)", "map(any)", "map(list(integer))"}) {
    const auto type = parse_attribute_type(text);
    ASSERT_TRUE(type) << text;
    EXPECT_EQ(type->text(), text);
  }
}

TEST(AttributeTypeTest, AListOfNothingNamedIsAListOfAny) {
  EXPECT_EQ(*parse_attribute_type("list"), *parse_attribute_type("list(any)"));
  EXPECT_EQ(parse_attribute_type("list")->text(), "list(any)");
  EXPECT_FALSE(*parse_attribute_type("list") == *parse_attribute_type("list(string)"));
}

TEST(AttributeTypeTest, NonsenseIsNoType) {
  for (const char* text :
       {"", "text", "list()", "list(string", "string(any)", "list(text)", "list string",
        R"(list(list(list(list(list(list(list(list(list(any))))))))))"})
    EXPECT_FALSE(parse_attribute_type(text)) << text;
}

TEST(ConvertTest, ScalarsConvertWhereNothingIsLost) {
  EXPECT_EQ(converted(5, "string"), Value("5"));
  EXPECT_EQ(converted(2.5, "string"), Value("2.5"));
  EXPECT_EQ(converted(true, "string"), Value("true"));
  EXPECT_EQ(converted("5", "integer"), Value(5));
  EXPECT_EQ(converted("-5", "integer"), Value(-5));
  EXPECT_EQ(converted(5.0, "integer"), Value(5));
  EXPECT_EQ(converted("2.5", "number"), Value(2.5));
  EXPECT_EQ(converted("true", "boolean"), Value(true));
  EXPECT_EQ(converted("false", "boolean"), Value(false));
}

TEST(ConvertTest, WhatWouldLoseSomethingIsRefused) {
  EXPECT_FALSE(converted(2.5, "integer"));
  EXPECT_FALSE(converted("007", "integer"));
  EXPECT_FALSE(converted(" 5", "integer"));
  EXPECT_FALSE(converted("5x", "number"));
  EXPECT_FALSE(converted("", "integer"));
  EXPECT_FALSE(converted("yes", "boolean"));
  EXPECT_FALSE(converted(1, "boolean"));
  EXPECT_FALSE(converted(ValueList{Value("a")}, "string"));
  EXPECT_FALSE(converted("a", "list(string)"));
  EXPECT_FALSE(converted(ValueList{Value("a")}, "map(any)"));
  EXPECT_FALSE(converted(ValueList{Value("1"), Value("a")}, "list(integer)"));
}

TEST(ConvertTest, ElementsAreConverted) {
  EXPECT_EQ(converted(ValueList{Value(1), Value("b")}, "list(string)"),
            Value(ValueList{Value("1"), Value("b")}));
  ValueMap in;
  in.set("a", "1");
  ValueMap out;
  out.set("a", 1);
  EXPECT_EQ(converted(Value(in), "map(integer)"), Value(out));
}

TEST(ConvertTest, UnknownAndNullPass) {
  EXPECT_TRUE(converted(Value::unknown(), "integer")->is_unknown());
  EXPECT_TRUE(converted(Value(), "list(string)")->is_null());
  EXPECT_TRUE(converted(ValueList{Value::unknown()}, "list(string)")->as_list()[0].is_unknown());
}

TEST(ConvertTest, ASecretStaysSecret) {
  EXPECT_TRUE(converted(Value("5").as_secret(), "integer")->is_secret());
  const auto list = converted(ValueList{Value(5).as_secret()}, "list(string)");
  EXPECT_TRUE(list->as_list()[0].is_secret());
  EXPECT_EQ(list->as_list()[0], Value("5"));
}

TEST(SameTextTest, TextsAreTheSameByTheAttributesOwnRules) {
  EXPECT_TRUE(same_text({}, "ssh-rsa A", "ssh-rsa A"));
  EXPECT_FALSE(same_text({}, "ssh-rsa A", "ssh-rsa A\n"));
  EXPECT_TRUE(same_text({.trim = true}, "ssh-rsa A", " ssh-rsa A\r\n"));
  EXPECT_FALSE(same_text({.trim = true}, "ssh-rsa A", "ssh-rsa  A"));
  EXPECT_FALSE(same_text({.trim = true}, "ssh-rsa A", "SSH-RSA A"));
  EXPECT_TRUE(same_text({.ignore_case = true, .trim = true}, "52:AB", "52:ab "));
  EXPECT_TRUE(same_text({.trim = true}, 5, 5));
  EXPECT_FALSE(same_text({.trim = true}, 5, "5"));
}

TEST(ResourceTypeTest, AnAttributeIsFoundByName) {
  ResourceType type;
  for (const char* name : {"hostname", "id", "plan", "site"})
    type.attributes.push_back({.name = name});
  EXPECT_EQ(type.attribute("plan"), &type.attributes[2]);
  EXPECT_EQ(type.attribute("site"), &type.attributes[3]);
  EXPECT_EQ(type.attribute("plans"), nullptr);
  EXPECT_EQ(type.attribute(""), nullptr);
}

TEST(RiskTest, EveryWordReadsBackTheSame) {
  for (const Risk risk : {Risk::none, Risk::in_place, Risk::reboot, Risk::reinstall, Risk::replace,
                          Risk::release, Risk::bill})
    EXPECT_EQ(parse_risk(risk_word(risk)), risk) << risk_word(risk);
  EXPECT_EQ(risk_word(Risk::in_place), "in-place");
  EXPECT_FALSE(parse_risk("in_place"));
}

TEST(MarkTest, TextReadsBackTheSame) {
  for (const char* address : {"web", "web[0]", R"(web["a:b]\"c"])"}) {
    const Mark mark{.lineage = "k3x9q2mz", .project = "chat", .address = address};
    Mark read;
    ASSERT_TRUE(parse_mark(mark.text(), read)) << mark.text();
    EXPECT_EQ(read, mark);
  }
  EXPECT_EQ((Mark{.lineage = "k3x9q2mz", .project = "chat", .address = "web[0]"}.text()),
            "jim:k3x9q2mz:chat:web[0]");
}

TEST(MarkTest, OtherTextIsNoMarkAndChangesNothing) {
  Mark mark{.lineage = "a", .project = "b", .address = "c"};
  for (const char* text : {"", "jim", "jim:", "jim:a", "jim:a:b", "jim:a:b:", "jim::b:c",
                           "jim:a::c", "Jim:a:b:c", "tag", "jim:a:b:c\n"})
    EXPECT_FALSE(parse_mark(text, mark)) << text;
  EXPECT_EQ(mark.address, "c");
}

}  // namespace
}  // namespace jim
