#include "core/net/retrying_http.h"

#include "tests/core/net/layers_fixture.h"

namespace jim {
namespace {

using std::chrono::seconds;

class RetryingHttpTest : public LayersTest {
 protected:
  /// Sends one request; `replies` come in order, the last one again and again.
  Result<HttpResponse> send(HttpRequest request, std::vector<Result<HttpResponse>> replies) {
    sent_ = 0;
    FakeHttp http([&](const HttpRequest&) {
      times_.push_back(clock_.now());
      return replies[std::min(sent_++, replies.size() - 1)];
    });
    RetryingHttp retrying(loop_, http, policy_, 7, &counts_, &stop_);
    return loop_.run(retrying.send(std::move(request)));
  }

  RetryPolicy policy_ = {};
  HttpCounts counts_ = {};
  StopFlag stop_ = {};
  std::size_t sent_ = 0;
  std::vector<Instant> times_ = {};
};

TEST_F(RetryingHttpTest, AReadIsSentAgainAfterAServerError) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    const auto got = send(read(), {reply(status), reply(200, "fine")});
    ASSERT_TRUE(got) << status;
    EXPECT_EQ(got->body, "fine");
    EXPECT_EQ(sent_, 2u) << status;
  }
  EXPECT_EQ(counts_.retries, 6u);
}

TEST_F(RetryingHttpTest, AReadIsNotSentAgainAfterAnAnswerThatWillStay) {
  for (const int status : {200, 301, 400, 401, 403, 404, 409, 501}) {
    const auto got = send(read(), {reply(status)});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->status, status);
    EXPECT_EQ(sent_, 1u) << status;
  }
}

TEST_F(RetryingHttpTest, WhatIsToBeSentOnceIsPassedOnAsItEnds) {
  HttpRequest request = read();
  request.once = true;
  EXPECT_EQ(send(request, {reply(503), reply(200)})->status, 503);
  EXPECT_EQ(sent_, 1u);
  EXPECT_FALSE(send(request, {failure(ErrorCode::unavailable), reply(200)}));
  EXPECT_EQ(sent_, 1u);
}

TEST_F(RetryingHttpTest, AReadWithoutAnAnswerIsSentAgain) {
  for (const ErrorCode code : {ErrorCode::unavailable, ErrorCode::timed_out}) {
    EXPECT_TRUE(send(read(), {failure(code), reply(200)}));
    EXPECT_EQ(sent_, 2u);
  }
}

TEST_F(RetryingHttpTest, FailuresThatSettingsMustMendAreNotTriedAgain) {
  for (const ErrorCode code : {ErrorCode::invalid_config, ErrorCode::io, ErrorCode::cancelled}) {
    EXPECT_FALSE(send(read(), {failure(code)}));
    EXPECT_EQ(sent_, 1u);
  }
}

TEST_F(RetryingHttpTest, AChangeIsNeverSentAgainWhenItMayHaveHappened) {
  for (const int status : {408, 500, 502, 503, 504}) {
    EXPECT_EQ(send(change(), {reply(status)})->status, status);
    EXPECT_EQ(sent_, 1u) << status;
  }
  for (const ErrorCode code : {ErrorCode::unknown_outcome, ErrorCode::timed_out}) {
    EXPECT_EQ(send(change(), {failure(code)}).error().code, code);
    EXPECT_EQ(sent_, 1u);
  }
}

TEST_F(RetryingHttpTest, AChangeIsSentAgainWhenTheServerSaysThatItDidNothing) {
  EXPECT_EQ(send(change(), {reply(429), reply(201)})->status, 201);
  EXPECT_EQ(send(change(), {reply(503, "", {{"retry-after", "1"}}), reply(201)})->status, 201);
  EXPECT_EQ(send(change(), {failure(ErrorCode::unavailable), reply(201)})->status, 201);
}

TEST_F(RetryingHttpTest, TriesAreBoundedAndTheLastAnswerIsPassedOn) {
  const auto got = send(read(), {reply(503, "still down")});
  EXPECT_EQ(got->body, "still down");
  EXPECT_EQ(sent_, 5u);
}

TEST_F(RetryingHttpTest, WaitsGrowAndStayBelowTheirBound) {
  policy_.tries = 9;
  policy_.longest_wait = seconds(4);
  EXPECT_EQ(send(read(), {reply(503)})->status, 503);
  Duration full = policy_.first_wait;
  for (std::size_t i = 1; i < times_.size(); ++i) {
    EXPECT_GE(times_[i] - times_[i - 1], full / 2);
    EXPECT_LE(times_[i] - times_[i - 1], full);
    full = std::min(full * 2, Duration(seconds(4)));
  }
}

TEST_F(RetryingHttpTest, RetryAfterInSecondsIsWaitedFor) {
  EXPECT_EQ(send(read(), {reply(429, "", {{"retry-after", "7"}}), reply(200)})->status, 200);
  EXPECT_EQ(clock_.now(), seconds(7));
}

TEST_F(RetryingHttpTest, RetryAfterAsADateIsWaitedFor) {
  const HttpResponse busy = reply(503, "", {{"retry-after", "Tue, 24 Nov 2026 12:00:30 GMT"}});
  EXPECT_EQ(send(read(), {busy, reply(200)})->status, 200);
  EXPECT_EQ(clock_.now(), seconds(30));
}

TEST_F(RetryingHttpTest, ARetryAfterBeyondAllPatienceIsPassedOn) {
  const auto got = send(read(), {reply(429, "", {{"retry-after", "86400"}})});
  EXPECT_EQ(got->status, 429);
  EXPECT_EQ(clock_.now(), seconds(0));
}

TEST_F(RetryingHttpTest, NoTryBeginsAfterTheTotalTime) {
  policy_.total = seconds(10);
  const auto got = send(read(), {reply(429, "", {{"retry-after", "6"}})});
  EXPECT_EQ(got->status, 429);
  EXPECT_EQ(sent_, 2u);
}

TEST_F(RetryingHttpTest, AfterAStopNothingIsSentAgain) {
  stop_.request();
  const auto got = send(read(), {reply(429, "", {{"retry-after", "100"}}), reply(200)});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::cancelled);
  EXPECT_EQ(send(read(), {reply(404), reply(200)})->status, 404);
  EXPECT_EQ(send(change(), {reply(429), reply(200)})->status, 429);
  EXPECT_EQ(clock_.now(), seconds(0));
}

TEST_F(RetryingHttpTest, AStopEndsAWaitForTheNextTry) {
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t index) -> Task<void> {
    if (index == 1) {
      co_await loop_.sleep(seconds(1));
      stop_.request();
      loop_.wake_sleepers();
      co_return;
    }
    FakeHttp http;
    http.expect("GET", read().url, reply(429, "", {{"retry-after", "100"}}));
    RetryingHttp retrying(loop_, http, policy_, 7, &counts_, &stop_);
    const auto got = co_await retrying.send(read());
    EXPECT_EQ(got.error().code, ErrorCode::cancelled);
  };
  loop_.run(for_each_bounded(loop_, 2, 2, work));
  EXPECT_EQ(clock_.now(), seconds(1));
  EXPECT_EQ(counts_.retries, 0u);
}

TEST_F(RetryingHttpTest, GarbageInRetryAfterIsNoAnswer) {
  for (const char* text : {"", "soon", "-3", "7 s", "99999999999999999999"})
    EXPECT_EQ(retry_after(reply(429, "", {{"retry-after", text}}), clock_.wall()), std::nullopt)
        << text;
}

}  // namespace
}  // namespace jim
