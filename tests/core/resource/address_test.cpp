#include "core/resource/address.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace jim {
namespace {

Address numbered(const char* name, std::int64_t key) { return {.name = name, .key = key}; }
Address keyed(const char* name, const char* key) { return {.name = name, .key = std::string(key)}; }

TEST(AddressTest, TextNamesTheInstance) {
  EXPECT_EQ(Address{.name = "web"}.text(), "web");
  EXPECT_EQ(numbered("web", 12).text(), "web[12]");
  EXPECT_EQ(keyed("web", "eu").text(), R"(web["eu"])");
}

TEST(AddressTest, TextReadsBackTheSame) {
  const std::vector<Address> all = {
      {.name = "web"},         numbered("web", 0),        numbered("web", 9000000000),
      keyed("web", ""),        keyed("web", R"(a"]["b)"), keyed("web", R"(back\slash)"),
      keyed("web", "a:b"),     keyed("web", "7"),         keyed("web", "n\n\t\x1b\x7f"),
      keyed("web", "münchen"), keyed("db_2-main", "eu x")};
  for (const Address& address : all) {
    const auto read = parse_address(address.text());
    ASSERT_TRUE(read) << address.text();
    EXPECT_EQ(*read, address) << address.text();
  }
}

TEST(AddressTest, TextHoldsNoControlCharacter) {
  EXPECT_EQ(keyed("web", "a\nb\x7f").text(), R"(web["a\u000ab\u007f"])");
}

TEST(AddressTest, NonsenseIsNoAddress) {
  for (const char* text : {"",
                           "[0]",
                           "web[",
                           "web[]",
                           "web[0",
                           "web]",
                           "web[-1]",
                           "web[01]",
                           "web[x]",
                           "web[\"x]",
                           "web[\"x\" ]",
                           "web[0]x",
                           "web[0][1]",
                           "9web",
                           "we b",
                           "web[99999999999999999999]",
                           "web[\"a\"b\"]",
                           "web.ipv4",
                           "web[\"\\u12\"]",
                           "-web"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(AddressTest, NumbersAreOrderedBySize) {
  std::vector<Address> all = {keyed("web", "a"),
                              numbered("web", 10),
                              numbered("db", 3),
                              {.name = "web"},
                              numbered("web", 2)};
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<Address>{numbered("db", 3),
                                       {.name = "web"},
                                       numbered("web", 2),
                                       numbered("web", 10),
                                       keyed("web", "a")}));
}

TEST(AddressTest, NeighboursAreFolded) {
  EXPECT_EQ(folded({}), "");
  EXPECT_EQ(folded({numbered("web", 3)}), "web[3]");
  EXPECT_EQ(folded({numbered("web", 0), numbered("web", 1), numbered("web", 2)}), "web[0..2]");
  EXPECT_EQ(
      folded({numbered("web", 0), numbered("web", 1), numbered("web", 2), numbered("web", 5)}),
      "web[0..2,5]");
}

TEST(AddressTest, WhatDiffersInMoreThanANumberIsListed) {
  EXPECT_EQ(folded({{.name = "db"},
                    numbered("web", 0),
                    numbered("web", 1),
                    keyed("x", "eu"),
                    keyed("x", "us"),
                    numbered("y", 2)}),
            R"(db, web[0..1], x["eu"], x["us"], y[2])");
}

}  // namespace
}  // namespace jim
