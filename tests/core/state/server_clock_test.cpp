#include "core/state/server_clock.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"

namespace jim {
namespace {

TEST(ServerClockTest, HttpDatesAreReadAsTheyAreWritten) {
  const auto time = parse_http_date("Fri, 27 Nov 2026 08:00:07 GMT");
  ASSERT_TRUE(time);
  EXPECT_EQ(utc_text(*time), "2026-11-27T08:00:07Z");
  EXPECT_EQ(http_date(*time + Duration(999)), "Fri, 27 Nov 2026 08:00:07 GMT");
  EXPECT_FALSE(parse_http_date("yesterday"));
}

TEST(ServerClockTest, TimesOfLocksAreReadInEveryUsualWriting) {
  const auto plain = parse_utc("2026-11-22T04:37:38Z");
  ASSERT_TRUE(plain);
  EXPECT_EQ(parse_utc("2026-11-22T04:37:38.632509979Z"), *plain + Duration(632));
  EXPECT_EQ(parse_utc("2026-11-22T06:37:38+02:00"), *plain);
  EXPECT_EQ(parse_utc("2026-11-21T23:07:38-0530"), *plain);
  for (const char* text : {"", "2026-11-22", "2026-11-22T04:37:38", "2026-11-22T04:37:38 UTC",
                           "2026-11-22T04:37:38.", "2026-11-22T04:37:38+2"})
    EXPECT_FALSE(parse_utc(text)) << text;
}

TEST(ServerClockTest, WithoutADateItIsThisMachinesTime) {
  FakeClock clock;
  ServerClock server(clock);
  server.heard(reply(200));
  EXPECT_EQ(server.now(), clock.wall());
}

TEST(ServerClockTest, TheServersDateCountsAndGoesOnFromThere) {
  FakeClock clock;
  ServerClock server(clock);
  server.heard(reply(200, "", {{.name = "date", .value = "Fri, 27 Nov 2026 08:00:07 GMT"}}));
  clock.advance(std::chrono::seconds(5));
  EXPECT_EQ(utc_text(server.now()), "2026-11-27T08:00:12Z");
}

TEST(ServerClockTest, AnAnswerThatIsReadLateDoesNotSetItBack) {
  // The process was stopped while the answer lay in its socket.
  FakeClock clock;
  ServerClock server(clock);
  const std::vector<Header> date = {{.name = "date", .value = "Fri, 27 Nov 2026 08:00:07 GMT"}};
  server.heard(reply(200, "", date));
  clock.advance(std::chrono::seconds(100));
  server.heard(reply(200, "", date));
  EXPECT_EQ(utc_text(server.now()), "2026-11-27T08:01:47Z");
}

TEST(ServerClockTest, WithinTheServersSecondThisMachinesClockIsBelieved) {
  FakeClock clock;
  clock.advance(Duration(250));
  ServerClock server(clock);
  server.heard(reply(200, "", {{.name = "date", .value = http_date(clock.wall())}}));
  EXPECT_EQ(server.now(), clock.wall());
}

}  // namespace
}  // namespace jim
