#include "core/state/clock_check.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace jim {
namespace {

/// What is said at 2026-11-24T12:00:00Z of a state that was last written then.
std::string said(const std::string& updated) {
  State state;
  state.records.push_back({.address = {.name = "ops"}, .updated = "2026-11-24T11:00:00Z"});
  state.records.push_back({.address = {.name = "web"}, .updated = updated});
  const auto warning = check_clock(state, FakeClock().wall());
  return warning ? warning->message : "";
}

TEST(ClockCheckTest, AStateThatWasWrittenAheadOfTheClockIsToldOf) {
  EXPECT_EQ(said("2026-11-24T12:10:00Z"),
            "the clock of this machine is behind, or was set back: it is 2026-11-24T12:00:00Z, and "
            "web was written at 2026-11-24T12:10:00Z");
}

TEST(ClockCheckTest, ClocksThatDifferByAMinuteAreForgiven) {
  EXPECT_EQ(said("2026-11-24T12:01:00Z"), "");
  EXPECT_EQ(said("2026-11-24T11:59:00Z"), "");
}

TEST(ClockCheckTest, AStateWithoutRecordsIsWrittenAtNoTime) {
  EXPECT_FALSE(check_clock({}, FakeClock().wall()));
}

}  // namespace
}  // namespace jim
