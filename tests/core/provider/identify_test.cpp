#include "core/provider/identify.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {
namespace {

ValueMap attributes(const std::string& json) { return parse_json(json)->as_map(); }

ResourceType machine(bool marked_at_create) {
  ResourceType type = {.name = "acme.machine", .marked_at_create = marked_at_create};
  type.attributes = {{.name = "key", .trim = true},
                     {.name = "mac", .ignore_case = true},
                     {.name = "name"},
                     {.name = "tags", .partial = true},
                     {.name = "users", .unordered = true}};
  return type;
}

Object object(const std::string& id, const std::string& mark, const std::string& json = "{}") {
  return {.type = "acme.machine", .id = id, .attributes = attributes(json), .mark = mark};
}

/// The id that is found, "none", or the error.
std::string found(const ResourceType& type, const Intent& intent,
                  const std::vector<Object>& objects) {
  const auto index = identify(type, intent, objects);
  if (!index) return index.error().message;
  return *index ? objects[**index].id : "none";
}

TEST(IdentifyTest, TheMarkSinglesItOut) {
  const Intent intent = {.mark = "jim:l:p:web"};
  const std::vector<Object> objects = {object("a", ""), object("b", "jim:l:p:web"),
                                       object("c", "jim:l:p:web2"), object("d", "jim:k:p:web")};
  EXPECT_EQ(found(machine(true), intent, objects), "b");
  EXPECT_EQ(found(machine(true), intent, {objects[0], objects[2]}), "none");
}

TEST(IdentifyTest, WhatStoodBeforeIsNotIt) {
  const Intent intent = {.mark = "jim:l:p:web", .listed_before = {"old"}};
  EXPECT_EQ(found(machine(true), intent, {object("old", "jim:l:p:web")}), "none");
  EXPECT_EQ(
      found(machine(true), intent, {object("old", "jim:l:p:web"), object("new", "jim:l:p:web")}),
      "new");
}

TEST(IdentifyTest, SeveralAreNamedAndNotGuessedBetween) {
  const Intent intent = {.mark = "m"};
  const auto index = identify(machine(true), intent, {object("a", "m"), object("b\x1b[0m", "m")});
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code, ErrorCode::ambiguous);
  EXPECT_EQ(index.error().message,
            R"(acme.machine: 2 objects fit the request that was sent: a, b\x1b[0m)");
}

TEST(IdentifyTest, AnIdOfOurChoiceMustCarryOurMark) {
  const Intent intent = {.mark = "m", .client_id = "web"};
  EXPECT_EQ(found(machine(true), intent, {object("web", "m"), object("other", "m")}), "web");
  EXPECT_EQ(found(machine(true), intent, {object("web", "theirs")}), "none");
  EXPECT_EQ(found(machine(true), intent, {object("web", "")}), "none");
  EXPECT_EQ(found(machine(false), intent, {object("web", "")}), "web");  // the mark comes later
}

TEST(IdentifyTest, WhereTheMarkComesLaterTheNewOneThatLooksAlikeIsIt) {
  const Intent intent = {
      .mark = "m", .fields = attributes(R"({"name":"web"})"), .listed_before = {"old"}};
  const std::string web = R"({"name":"web"})";
  const std::vector<Object> objects = {object("old", "", web), object("marked", "x", web),
                                       object("other", "", R"({"name":"db"})"),
                                       object("new", "", web)};
  EXPECT_EQ(found(machine(false), intent, objects), "new");
  EXPECT_EQ(found(machine(true), intent, objects), "none");
}

TEST(IdentifyTest, AMarkThatIsThereOutweighsLooks) {
  const Intent intent = {.mark = "m", .fields = attributes(R"({"name":"web"})")};
  EXPECT_EQ(found(machine(false), intent,
                  {object("alike", "", R"({"name":"web"})"), object("marked", "m")}),
            "marked");
}

TEST(ResemblesTest, ComparesByTheAttributesOwnRules) {
  const ValueMap fields = attributes(
      R"({"key":"ssh A\n","mac":"AA:BB","name":"web","tags":{"a":"1"},"users":["x","y"]})");
  const auto alike = [&](const std::string& json) {
    return resembles(machine(false), fields, object("i", "", json));
  };
  EXPECT_TRUE(alike(
      R"({"key":"ssh A","mac":"aa:bb","name":"web","tags":{"a":"1","b":"2"},"users":["y","x"]})"));
  EXPECT_FALSE(alike(R"({"key":"ssh B"})"));
  EXPECT_FALSE(alike(R"({"mac":"aa:bc"})"));
  EXPECT_FALSE(alike(R"({"name":"Web"})"));
  EXPECT_FALSE(alike(R"({"tags":{"a":"2"}})"));
  EXPECT_FALSE(alike(R"({"tags":{}})"));
  EXPECT_FALSE(alike(R"({"users":["x"]})"));
}

TEST(ResemblesTest, WhatIsNotShownSpeaksNeitherWay) {
  const ValueMap fields = attributes(R"({"name":"web","gone":"x"})");
  EXPECT_TRUE(resembles(machine(false), fields, object("i", "")));
  EXPECT_TRUE(resembles(machine(false), fields, object("i", "", R"({"name":null,"gone":"y"})")));
}

}  // namespace
}  // namespace jim
