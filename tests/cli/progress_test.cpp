#include "cli/render/progress.h"

#include <gmock/gmock.h>

#include "cli/render/columns.h"

namespace jim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

RunningChange creating(const std::string& address) {
  return {.address = address,
          .action = Action::create,
          .what = "deploying",
          .elapsed = seconds(123),
          .expected = minutes(8)};
}

ProgressState running(std::size_t number) {
  ProgressState state = {.done = 2, .total = 20, .elapsed = seconds(125)};
  for (std::size_t i = 0; i < number; ++i)
    state.running.push_back(creating("web[" + std::to_string(i) + "]"));
  return state;
}

TEST(ProgressTest, ARunningChangeSaysWhatItWaitsForAndHowLong) {
  ProgressState state = running(1);
  state.running.push_back({.address = "old", .action = Action::remove, .elapsed = Duration(4900)});
  EXPECT_THAT(progress_lines(state, Paint(), {.width = 80, .height = 10}),
              ElementsAre("  +   web[0]  create  deploying  2 min 3 s of ~8 min",
                          "  -   old     delete             4 s",
                          "  2 of 20 done · 2 running · 2 min 5 s"));
}

TEST(ProgressTest, WhatDoesNotFitInHeightIsCounted) {
  EXPECT_THAT(progress_lines(running(15), Paint(), {.width = 80, .height = 4}),
              ElementsAre("  +   web[0]  create  deploying  2 min 3 s of ~8 min",
                          "  +   web[1]  create  deploying  2 min 3 s of ~8 min",
                          "      and 13 more", "  2 of 20 done · 15 running · 2 min 5 s"));
}

TEST(ProgressTest, AsManyAsFitAreShownWithoutACount) {
  EXPECT_EQ(progress_lines(running(3), Paint(), {.width = 80, .height = 4}).size(), 4u);
  EXPECT_EQ(progress_lines(running(4), Paint(), {.width = 80, .height = 4}).size(), 4u);
}

TEST(ProgressTest, NoLineIsWiderThanTheWindow) {
  ProgressState state = running(2);
  state.running[0].what = std::string(200, 'x');
  state.running[1].address = "web[\"" + std::string(60, 'k') + "\"]";
  state.stopping = true;
  for (const std::size_t width : {39u, 60u, 90u})
    for (const std::string& line : progress_lines(state, Paint(), {.width = width, .height = 9}))
      EXPECT_LE(columns(line), width) << line;
}

TEST(ProgressTest, WhatIsWaitedForGivesWayFirst) {
  EXPECT_THAT(progress_lines(running(1), Paint(), {.width = 48, .height = 9}),
              ElementsAre("  +   web[0]  create  depl…  2 min 3 s of ~8 min",
                          "  2 of 20 done · 1 running · 2 min 5 s"));
}

TEST(ProgressTest, TextFromAVendorCannotMoveTheCursor) {
  ProgressState state = running(1);
  state.running[0].what = "up\x1b[2Jdown\n";
  EXPECT_EQ(progress_lines(state, Paint(), {.width = 80, .height = 9})[0],
            "  +   web[0]  create  up\\x1b[2Jdown\\n  2 min 3 s of ~8 min");
}

TEST(ProgressTest, AStopIsSaid) {
  ProgressState state = running(0);
  state.stopping = true;
  EXPECT_THAT(
      progress_lines(state, Paint(), {}),
      ElementsAre("  2 of 20 done · 0 running · 2 min 5 s · stopping, nothing new is started"));
}

TEST(ProgressTest, ReadingSaysHowManyRequestsAndHowLong) {
  EXPECT_EQ(reading_line(12, Duration(3200), Paint(), 80), "Reading live state  12 requests · 3 s");
  EXPECT_EQ(reading_line(1, Duration(0), Paint(), 20), "Reading live state …");
}

}  // namespace
}  // namespace jim
