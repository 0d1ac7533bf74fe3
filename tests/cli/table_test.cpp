#include "cli/render/table.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

TEST(TableTest, ColumnsAreAsWideAsTheirWidest) {
  EXPECT_EQ(text_table({{"run", "who"}, {"1", "ann"}, {"12", "jürgen", "x"}}),
            "run  who\n"
            "1    ann\n"
            "12   jürgen  x\n");
  EXPECT_EQ(text_table({}), "");
}

TEST(TableTest, MarkdownHasAHeadAndNoMarkupFromOutside) {
  EXPECT_EQ(markdown_table({{"run", "who"}, {"1", "a|b *c*"}, {"2"}}),
            "| run | who |\n"
            "|---|---|\n"
            "| 1 | a\\|b \\*c\\* |\n"
            "| 2 |  |\n");
  EXPECT_EQ(markdown_table({}), "");
}

}  // namespace
}  // namespace jim
