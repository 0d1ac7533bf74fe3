#include <gtest/gtest.h>

#include <atomic>

#include "core/net/retrying_http.h"
#include "tests/core/net/socket_fixture.h"

namespace jim {
namespace {

using Seen = std::vector<std::string>;

/// The server answers the first request of each connection it keeps, and resets what comes after
/// it: the case in which libcurl, left alone, sends a request again on a new connection.
class OneSendOneRequestTest : public SocketTest {
 protected:
  /// Whether the next request is answered; else its connection is reset once it was read whole.
  std::atomic<bool> good_ = true;
  LoopbackServer server_{[this](const SeenRequest&) { return good_ ? answer(200) : reset(); }};

  void make_a_connection_to_reuse() {
    good_ = true;
    ASSERT_TRUE(send(request("GET", server_.url("/first"))));
    good_ = false;
  }
};

struct Change {
  const char* method;
  const char* body;
};

class ChangeTest : public OneSendOneRequestTest, public testing::WithParamInterface<Change> {};

TEST_P(ChangeTest, IsSeenOnceByAServerThatResetsAndItsOutcomeIsUnknown) {
  make_a_connection_to_reuse();
  HttpRequest change = request(GetParam().method, server_.url("/machines?token=x"));
  if (GetParam().body != nullptr) change = with_body(change, GetParam().body);
  const auto reply = send(change);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(reply.error().message, std::string(GetParam().method) + " " + server_.url("/machines") +
                                       ": the connection ended before an answer came");
  const auto seen = server_.seen();
  ASSERT_EQ(server_.seen_in_short(), (Seen{"GET 1", std::string(GetParam().method) + " 2"}));
  EXPECT_EQ(seen[1].body, GetParam().body == nullptr ? "" : GetParam().body);
}

TEST_P(ChangeTest, IsSentOnceByTheLayerThatRepeatsReads) {
  make_a_connection_to_reuse();
  RetryingHttp retrying(loop_, http_, {.first_wait = Duration(1)}, 7);
  const auto reply = loop_.run(retrying.send(request(GetParam().method, server_.url("/machines"))));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(server_.seen().size(), 2u);
}

TEST_P(ChangeTest, LeavesNoConnectionForTheNextOne) {
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(send(request(GetParam().method, server_.url("/machines"))));
  const std::string method = GetParam().method;
  EXPECT_EQ(server_.seen_in_short(), (Seen{method + " 1", method + " 2"}));
}

INSTANTIATE_TEST_SUITE_P(All, ChangeTest,
                         testing::Values(Change{"POST", R"({"name":"web"})"},
                                         Change{"POST", nullptr}, Change{"PUT", "{}"},
                                         Change{"PUT", nullptr}, Change{"PATCH", "[]"},
                                         Change{"DELETE", nullptr}, Change{"DELETE", "{}"}),
                         [](const auto& one) {
                           return std::string(one.param.method) +
                                  (one.param.body != nullptr ? "WithABody" : "");
                         });

TEST_F(OneSendOneRequestTest, AReadOnAReusedConnectionThatIsResetIsSeenOnceToo) {
  make_a_connection_to_reuse();
  const auto reply = send(request("GET", server_.url("/second")));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_EQ(reply.error().message,
            "GET " + server_.url("/second") + ": the connection ended before an answer came");
  EXPECT_EQ(server_.seen_in_short(), (Seen{"GET 1", "GET 1"}));
}

TEST_F(OneSendOneRequestTest, AReadIsRepeatedByRetryingHttpAlone) {
  LoopbackServer server([](const SeenRequest& one) {
    return one.target == "/second" && one.connection == 1 ? reset() : answer(200, "here");
  });
  HttpCounts counts;
  RetryingHttp retrying(loop_, http_, {.first_wait = Duration(1)}, 7, &counts);
  ASSERT_TRUE(send(request("GET", server.url("/first"))));
  const auto reply = loop_.run(retrying.send(request("GET", server.url("/second"))));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "here");
  EXPECT_EQ(server.seen().size(), 3u);
  EXPECT_EQ(counts.retries, 1u);
}

TEST_F(OneSendOneRequestTest, AnEndInTheMiddleOfTheAnswerLeavesTheOutcomeOfAChangeUnknown) {
  LoopbackServer server([](const SeenRequest&) {
    return RawAnswer{.bytes = "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nhalf",
                     .then = RawAnswer::Then::close};
  });
  const auto reply = send(request("POST", server.url("/machines")));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(reply.error().message, "POST " + server.url("/machines") +
                                       ": the connection ended in the middle of the answer");
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST_F(OneSendOneRequestTest, AChangeWithoutAnAnswerInTimeIsNotSentAgain) {
  LoopbackServer server([](const SeenRequest&) { return RawAnswer{}; });
  HttpRequest change = with_body(request("POST", server.url("/machines")), "{}");
  change.options.total_timeout = Duration(50);
  const auto reply = send(change);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(reply.error().message,
            "POST " + server.url("/machines") + ": no whole answer within 50 ms");
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST_F(OneSendOneRequestTest, ALargeBodyIsSentWithoutAskingFirst) {
  LoopbackServer server([](const SeenRequest&) { return answer(417); });
  const std::string body(2u << 20, 'x');
  const auto reply = send(with_body(request("PUT", server.url("/state")), body));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 417);
  const auto seen = server.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].body.size(), body.size());
  EXPECT_EQ(seen[0].head.find("Expect:"), std::string::npos);
}

}  // namespace
}  // namespace jim
