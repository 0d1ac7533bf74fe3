#include "core/value/value.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

TEST(ValueTest, MapsAreSortedAndTheLastOfEqualKeysCounts) {
  ValueMap map = ValueMap::from_entries({{"b", 1}, {"a", 2}, {"b", 3}, {"c", 4}, {"a", 5}});
  ASSERT_EQ(map.size(), 3u);
  EXPECT_EQ(map.begin()->first, "a");
  EXPECT_EQ(*map.find("a"), Value(5));
  EXPECT_EQ(*map.find("b"), Value(3));
  map.set("b", 7);
  map.set("aa", 8);
  map.erase("c");
  EXPECT_EQ(map, ValueMap::from_entries({{"a", 5}, {"aa", 8}, {"b", 7}}));
  EXPECT_EQ(map.find("c"), nullptr);
}

TEST(ValueTest, NumbersAreEqualByContent) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_FALSE(Value(1) == Value(1.5));
  // 2^63 - 1 has no double of its own: the nearest is 2^63.
  EXPECT_FALSE(Value(std::int64_t{9223372036854775807}) == Value(9223372036854775808.0));
  EXPECT_FALSE(Value(1) == Value("1"));
  EXPECT_FALSE(Value(1) == Value(true));
}

TEST(ValueTest, SecrecyDoesNotCountForEqualityAndIsFoundInside) {
  const Value secret = Value("a").as_secret();
  EXPECT_EQ(secret, Value("a"));
  EXPECT_TRUE(secret.as_secret(false).is_secret());
  const Value list = ValueList{secret};
  EXPECT_FALSE(list.is_secret());
  EXPECT_TRUE(list.has_secret());
  EXPECT_TRUE(Value(ValueList{Value::unknown()}).has_unknown());
}

TEST(ValueTest, UnknownEqualsNothingButUnknown) {
  EXPECT_EQ(Value::unknown(), Value::unknown());
  EXPECT_FALSE(Value::unknown() == Value());
}

}  // namespace
}  // namespace jim
