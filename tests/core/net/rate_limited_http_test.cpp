#include "core/net/rate_limited_http.h"

#include "core/net/watched_http.h"
#include "tests/core/net/layers_fixture.h"

namespace jim {
namespace {

using std::chrono::seconds;

class RateLimitedHttpTest : public LayersTest {
 protected:
  HttpRequest on_route(const std::string& route) const {
    HttpRequest request = read("/" + route);
    request.route = route;
    return request;
  }
  /// Sends all at once and waits for all.
  void send_all(const std::vector<HttpRequest>& requests) {
    const std::function<Task<void>(std::size_t)> work = [&](std::size_t index) -> Task<void> {
      auto sent = co_await limited_.send(requests[index]);
      if (sent) ++answered_;
    };
    loop_.run(for_each_bounded(loop_, requests.size(), requests.size(), work));
  }
  std::vector<Instant> times_of(const std::string& path) const {
    std::vector<Instant> times;
    for (const auto& [url, time] : sent_)
      if (url == "https://api.example" + path) times.push_back(time);
    return times;
  }

  Result<HttpResponse> next_reply_ = reply(200);
  std::vector<std::pair<std::string, Instant>> sent_ = {};
  std::size_t answered_ = 0;
  FakeHttp http_{[this](const HttpRequest& request) {
    sent_.emplace_back(request.url, clock_.now());
    return next_reply_;
  }};
  StopFlag stop_ = {};
  RateLimitedHttp limited_{loop_, http_, &stop_};
};

TEST_F(RateLimitedHttpTest, NoMoreThanTheCountIsSentInAnyStretch) {
  limited_.add_limit("example", "", {.count = 3, .per = seconds(10)});
  send_all(std::vector<HttpRequest>(8, read("/a")));
  const auto times = times_of("/a");
  ASSERT_EQ(times.size(), 8u);
  for (std::size_t i = 3; i < times.size(); ++i)
    EXPECT_GE(times[i] - times[i - 3], seconds(10)) << i;
  EXPECT_EQ(times.back(), seconds(20));
}

TEST_F(RateLimitedHttpTest, OneInTwelveSecondsIsKept) {
  limited_.add_limit("example", "launch", {.count = 1, .per = seconds(12)});
  send_all(std::vector<HttpRequest>(4, on_route("launch")));
  EXPECT_EQ(times_of("/launch"),
            (std::vector<Instant>{seconds(0), seconds(12), seconds(24), seconds(36)}));
}

TEST_F(RateLimitedHttpTest, ARouteThatWaitsKeepsNoPlaceFromOthers) {
  limited_.add_limit("example", "launch", {.count = 1, .per = seconds(12)});
  limited_.set_concurrency("example", 2);
  std::vector<HttpRequest> all(4, on_route("launch"));
  all.push_back(read("/list"));
  send_all(all);
  EXPECT_EQ(times_of("/list"), (std::vector<Instant>{seconds(0)}));
}

TEST_F(RateLimitedHttpTest, LimitsOfRouteAndProviderBothHold) {
  limited_.add_limit("example", "", {.count = 1, .per = seconds(1)});
  limited_.add_limit("example", "launch", {.count = 1, .per = seconds(5)});
  send_all({on_route("launch"), on_route("launch"), read("/list"), read("/list")});
  EXPECT_EQ(times_of("/launch"), (std::vector<Instant>{seconds(0), seconds(5)}));
  EXPECT_EQ(times_of("/list"), (std::vector<Instant>{seconds(1), seconds(2)}));
}

TEST_F(RateLimitedHttpTest, AnotherProviderIsNotHeldUp) {
  limited_.add_limit("example", "", {.count = 1, .per = seconds(60)});
  HttpRequest other = read("/other");
  other.provider = "other";
  send_all({read("/a"), other, other});
  EXPECT_EQ(clock_.now(), seconds(0));
}

TEST_F(RateLimitedHttpTest, NoMoreThanTheSetNumberIsUnderWayAtOnce) {
  http_.set_latency(loop_, seconds(1));
  limited_.set_concurrency("example", 3);
  send_all(std::vector<HttpRequest>(9, read("/a")));
  EXPECT_EQ(http_.most_at_once(), 3u);
  EXPECT_EQ(clock_.now(), seconds(3));
}

TEST_F(RateLimitedHttpTest, RetryAfterPausesTheWholeProvider) {
  next_reply_ = reply(429, "", {{"retry-after", "9"}});
  send_all({read("/a")});
  next_reply_ = reply(200);
  send_all({read("/b")});
  EXPECT_EQ(times_of("/b"), (std::vector<Instant>{seconds(9)}));
}

TEST_F(RateLimitedHttpTest, AnExhaustedAllowancePausesUntilItsReset) {
  next_reply_ = reply(200, "", {{"ratelimit-remaining", "0"}, {"ratelimit-reset", "4"}});
  send_all({read("/a")});
  // The same as a moment of the wall clock: 2026-11-24T12:00:10Z.
  next_reply_ =
      reply(200, "", {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795521610"}});
  send_all({read("/b")});
  next_reply_ = reply(200, "", {{"ratelimit-remaining", "5"}, {"ratelimit-reset", "60"}});
  send_all({read("/c"), read("/d")});
  EXPECT_EQ(times_of("/b"), (std::vector<Instant>{seconds(4)}));
  EXPECT_EQ(times_of("/c"), (std::vector<Instant>{seconds(10)}));
  EXPECT_EQ(times_of("/d"), (std::vector<Instant>{seconds(10)}));
}

TEST_F(RateLimitedHttpTest, AHostilePauseIsBounded) {
  next_reply_ = reply(429, "", {{"retry-after", "9999999"}});
  send_all({
      read("/a"),
  });
  next_reply_ = reply(200);
  send_all({read("/b")});
  EXPECT_EQ(times_of("/b"), (std::vector<Instant>{seconds(120)}));
}

TEST_F(RateLimitedHttpTest, ARequestWhoseTurnComesTooLateIsNotSentAndUsesNoTurn) {
  limited_.add_limit("example", "launch", {.count = 1, .per = seconds(12)});
  StopFlag overdue;
  overdue.lapse_at(clock_, seconds(10));
  HttpRequest impatient = on_route("launch");
  impatient.unless = {&overdue};
  send_all({on_route("launch"), impatient, on_route("launch")});
  EXPECT_EQ(times_of("/launch"), (std::vector<Instant>{seconds(0), seconds(12)}));
  EXPECT_EQ(answered_, 2u);
}

TEST_F(RateLimitedHttpTest, AStopEndsEveryWaitAndNothingWaitingIsSent) {
  HttpCounts counts;
  WatchedHttp watched(loop_, http_, stop_, counts);
  RateLimitedHttp limited(loop_, watched, &stop_);
  limited.add_limit("example", "launch", {.count = 1, .per = seconds(12)});
  std::vector<ErrorCode> codes;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t index) -> Task<void> {
    if (index == 3) {
      co_await loop_.sleep(seconds(1));
      stop_.request();
      loop_.wake_sleepers();
      co_return;
    }
    auto sent = co_await limited.send(on_route("launch"));
    if (!sent) codes.push_back(sent.error().code);
  };
  loop_.run(for_each_bounded(loop_, 4, 4, work));
  EXPECT_EQ(codes, (std::vector<ErrorCode>{ErrorCode::cancelled, ErrorCode::cancelled}));
  EXPECT_EQ(sent_.size(), 1u);
  EXPECT_EQ(clock_.now(), seconds(1));
}

}  // namespace
}  // namespace jim
