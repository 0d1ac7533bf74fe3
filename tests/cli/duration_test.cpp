#include "cli/render/duration.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationTest, ShortTimesAreMilliseconds) {
  EXPECT_EQ(duration_text(Duration(0)), "0 ms");
  EXPECT_EQ(duration_text(Duration(999)), "999 ms");
}

TEST(DurationTest, SecondsBelowTenHaveOneDecimalThatIsNotRounded) {
  EXPECT_EQ(duration_text(seconds(1)), "1.0 s");
  EXPECT_EQ(duration_text(Duration(9999)), "9.9 s");
}

TEST(DurationTest, FromTenSecondsOnSecondsAreWhole) {
  EXPECT_EQ(duration_text(Duration(10'999)), "10 s");
  EXPECT_EQ(duration_text(seconds(59)), "59 s");
}

TEST(DurationTest, LongTimesHaveTwoUnitsAndNoZeroes) {
  EXPECT_EQ(duration_text(seconds(500)), "8 min 20 s");
  EXPECT_EQ(duration_text(minutes(8)), "8 min");
  EXPECT_EQ(duration_text(minutes(125)), "2 h 5 min");
  EXPECT_EQ(duration_text(hours(50)), "50 h");
}

TEST(DurationTest, ATimeBelowZeroIsShownAsZero) { EXPECT_EQ(duration_text(Duration(-5)), "0 ms"); }

}  // namespace
}  // namespace jim
