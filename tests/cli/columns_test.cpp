#include "cli/render/columns.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

TEST(ColumnsTest, ALetterTakesOneAWideOneTwoAMarkNone) {
  EXPECT_EQ(columns(""), 0u);
  EXPECT_EQ(columns("web[0] ·"), 8u);
  EXPECT_EQ(columns("größe"), 5u);
  EXPECT_EQ(columns("サーバー"), 8u);
  EXPECT_EQ(columns("e\u0301"), 1u);
  EXPECT_EQ(columns("😀!"), 3u);
}

TEST(ColumnsTest, TextThatFitsIsNotCut) {
  EXPECT_EQ(cut_columns("größe", 5), "größe");
  EXPECT_EQ(cut_columns("", 0), "");
}

TEST(ColumnsTest, TextThatIsCutEndsInDotsAndTakesNoMoreThanItMay) {
  EXPECT_EQ(cut_columns("größer", 5), "größ…");
  EXPECT_EQ(cut_columns("サーバー", 6), "サー…");
  EXPECT_EQ(cut_columns("サーバー", 4), "サ…");
  EXPECT_EQ(cut_columns("abc", 1), "…");
  EXPECT_EQ(cut_columns("abc", 0), "");
}

TEST(ColumnsTest, BytesOfLettersCountsLettersNotBytes) {
  EXPECT_EQ(bytes_of_letters("äb", 1), 2u);
  EXPECT_EQ(bytes_of_letters("äb", 2), 3u);
  EXPECT_EQ(bytes_of_letters("äb", 9), 3u);
}

}  // namespace
}  // namespace jim
