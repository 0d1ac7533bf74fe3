#include "core/net/http.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

TEST(HttpTest, WhatIsLoggedOfAUrlHoldsNoQueryAndNoPassword) {
  EXPECT_EQ(url_for_log("https://h/a/b?token=x"), "https://h/a/b");
  EXPECT_EQ(url_for_log("https://h/a#x"), "https://h/a");
  EXPECT_EQ(url_for_log("https://user:p@ss@h:8443/a"), "https://h:8443/a");
  EXPECT_EQ(url_for_log("https://h:8443/a@b"), "https://h:8443/a@b");
  EXPECT_EQ(url_for_log("https://user:p@s/s@h:8443/a"), "https://(sensitive)");
  EXPECT_EQ(url_for_log("https://user:pass@h"), "https://h");
  EXPECT_EQ(url_for_log("https://user:pass@h?x"), "https://h");
  EXPECT_EQ(url_for_log("https://user:pa/ss@h"), "https://(sensitive)");
  EXPECT_EQ(url_for_log("https://user:pa?ss@h"), "https://(sensitive)");
  EXPECT_EQ(url_for_log("https://[::1]:8443/a"), "https://[::1]:8443/a");
  EXPECT_EQ(url_for_log("user:pass@h"), "h");
  EXPECT_EQ(url_for_log("h:8443/a"), "h:8443/a");
  EXPECT_EQ(url_for_log("no url"), "no url");
}

TEST(HttpTest, EverythingButUnreservedCharactersIsEncoded) {
  EXPECT_EQ(url_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(url_encode("a b/c?d&e=\xc3\xa9%"), "a%20b%2Fc%3Fd%26e%3D%C3%A9%25");
}

TEST(HttpTest, AHeaderIsFoundByItsLowerCaseName) {
  const HttpResponse response = {.headers = {{"etag", "1"}, {"link", "a"}, {"link", "b"}}};
  ASSERT_NE(response.header("link"), nullptr);
  EXPECT_EQ(*response.header("link"), "a");
  EXPECT_EQ(response.header("date"), nullptr);
}

}  // namespace
}  // namespace jim
