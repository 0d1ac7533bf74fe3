#include "core/net/curl_http.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/core/net/socket_fixture.h"

namespace jim {
namespace {

using CurlHttpTest = SocketTest;

LoopbackServer::Script always(const RawAnswer& reply) {
  return [reply](const SeenRequest&) { return reply; };
}

TEST_F(CurlHttpTest, AnAnswerHasItsStatusItsHeadersInLowerCaseAndItsBody) {
  LoopbackServer server(always(answer(404, "gone", "X-Request-Id:  abc \r\n")));
  const auto reply = send(request("GET", server.url("/a/../b?c=d")));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->body, "gone");
  ASSERT_NE(reply->header("x-request-id"), nullptr);
  EXPECT_EQ(*reply->header("x-request-id"), "abc");
  EXPECT_EQ(server.seen().at(0).target, "/a/../b?c=d");
}

TEST_F(CurlHttpTest, AnInterimAnswerIsNotTheAnswer) {
  RawAnswer reply = answer(201, "made", "X-Final: yes\r\n");
  reply.bytes = "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n" + reply.bytes;
  LoopbackServer server(always(reply));
  const auto got = send(request("POST", server.url()));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 201);
  EXPECT_EQ(got->header("x-early"), nullptr);
  EXPECT_NE(got->header("x-final"), nullptr);
}

TEST_F(CurlHttpTest, HeadersAndBodyArriveAsTheyAre) {
  LoopbackServer server(always(answer(200)));
  HttpRequest patch = with_body(request("PATCH", server.url("/x")), std::string("a\0b", 3));
  patch.headers = {{"Authorization", "Bearer t", true}, {"X-Empty", ""}, {"X-Blank", " "}};
  ASSERT_TRUE(send(patch));
  const SeenRequest seen = server.seen().at(0);
  EXPECT_EQ(seen.body, std::string("a\0b", 3));
  EXPECT_NE(seen.head.find("\r\nAuthorization: Bearer t\r\n"), std::string::npos);
  EXPECT_NE(seen.head.find("\r\nX-Empty:\r\n"), std::string::npos);
  EXPECT_NE(seen.head.find("\r\nX-Blank:\r\n"), std::string::npos);
  EXPECT_EQ(seen.head.find("Content-Type"), std::string::npos);
}

TEST_F(CurlHttpTest, WhatIsStoppedWhileItConnectsIsNotSent) {
  LoopbackServer server(always(answer(200)));
  StopFlag stop;
  HttpRequest post = request("POST", server.url("/x"));
  post.unless = {&stop};
  stop.request();  // CurlHttp itself starts the request all the same, and asks when it is connected
  const auto reply = send(post);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::cancelled);
  EXPECT_EQ(reply.error().message, "stopped before POST " + server.url("/x") + " was sent");
  EXPECT_TRUE(server.seen().empty());
  post.unless.clear();
  EXPECT_TRUE(send(post));
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST_F(CurlHttpTest, AChangeWithoutABodySaysThatItsLengthIsNone) {
  LoopbackServer server(always(answer(200)));
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    ASSERT_TRUE(send(request(method, server.url())));
    EXPECT_NE(server.seen().back().head.find("\r\nContent-Length: 0\r\n"), std::string::npos);
  }
}

TEST_F(CurlHttpTest, ALineBreakOrNulInAHeaderIsRefusedBeforeAnythingIsSent) {
  LoopbackServer server(always(answer(200)));
  const std::string bad[] = {"a\r\nX-Evil: 1", "a\n", "a\r", std::string("a\0b", 3)};
  for (const std::string& value : bad) {
    HttpRequest post = request("POST", server.url("/x"));
    post.headers = {{"Authorization", value, true}};
    const auto reply = send(post);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ErrorCode::invalid_config);
    EXPECT_EQ(reply.error().message,
              "POST " + server.url("/x") + ": a line break or NUL in the header Authorization");
    EXPECT_EQ(reply.error().hint,
              "look for one in the values that it is made of, such as the end of a token's file");
  }
  EXPECT_TRUE(server.seen().empty());
}

TEST_F(CurlHttpTest, ALineBreakInTheUrlTheMethodOrAHeadersNameIsRefused) {
  LoopbackServer server(always(answer(200)));
  EXPECT_EQ(send(request("GET", server.url("/x\r\nX-Evil: 1"))).error().code,
            ErrorCode::invalid_config);
  EXPECT_EQ(send(request("GET\n", server.url("/x"))).error().code, ErrorCode::invalid_config);
  HttpRequest get = request("GET", server.url("/x"));
  get.headers = {{"X-A: 1\r\nX-B", "2"}};
  EXPECT_EQ(send(get).error().code, ErrorCode::invalid_config);
  EXPECT_TRUE(server.seen().empty());
}

TEST_F(CurlHttpTest, ARedirectIsAnAnswerAndCredentialsDoNotFollowIt) {
  LoopbackServer other(always(answer(200)));
  for (const int status : {301, 302, 303, 307, 308}) {
    LoopbackServer server(
        always(answer(status, "", "Location: " + other.url("/elsewhere") + "\r\n")));
    for (const char* method : {"GET", "POST"}) {
      HttpRequest one = request(method, server.url());
      one.headers = {{"Authorization", "Bearer t", true}};
      const auto reply = send(one);
      ASSERT_TRUE(reply);
      EXPECT_EQ(reply->status, status);
      EXPECT_EQ(*reply->header("location"), other.url("/elsewhere"));
    }
    EXPECT_EQ(server.seen().size(), 2u);
  }
  EXPECT_TRUE(other.seen().empty());
}

TEST_F(CurlHttpTest, NoCookieIsKept) {
  LoopbackServer server(always(answer(200, "", "Set-Cookie: session=1\r\n")));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(send(request("GET", server.url())));
  EXPECT_EQ(server.seen().at(1).head.find("Cookie"), std::string::npos);
}

TEST_F(CurlHttpTest, AnAnswerOfTheAllowedSizeIsTaken) {
  LoopbackServer server(always(answer(200, std::string(1000, 'x'))));
  HttpRequest get = request("GET", server.url());
  get.options.reply_limit = 1000;
  EXPECT_EQ(send(get)->body.size(), 1000u);
}

TEST_F(CurlHttpTest, AnAnswerBeyondTheBoundIsAnErrorThatNamesIt) {
  LoopbackServer server(always(answer(200, std::string(1001, 'x'))));
  HttpRequest one = request("GET", server.url("/list"));
  one.options.reply_limit = 1000;
  const auto read = send(one);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::io);
  EXPECT_EQ(read.error().message,
            "GET " + server.url("/list") + ": the answer is larger than 1000 bytes");
  one = request("POST", server.url("/list"));
  one.options.reply_limit = 1000;
  EXPECT_EQ(send(one).error().code, ErrorCode::unknown_outcome);
}

TEST_F(CurlHttpTest, TheBoundIsOnWhatAnAnswerUnpacksTo) {
  // 4096 times 'a' in 40 bytes of gzip.
  const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff,
                                  0xed, 0xc1, 0x01, 0x0d, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac,
                                  0xef, 0x5f, 0xc2, 0x1e, 0x0e, 0x28, 0x00, 0x00, 0x00, 0xe0,
                                  0xdd, 0x00, 0x73, 0xdc, 0x99, 0x9c, 0x00, 0x10, 0x00, 0x00};
  const std::string body(reinterpret_cast<const char*>(packed), sizeof packed);
  LoopbackServer server(always(answer(200, body, "Content-Encoding: gzip\r\n")));
  HttpRequest get = request("GET", server.url());
  EXPECT_EQ(send(get)->body, std::string(4096, 'a'));
  get.options.reply_limit = 4095;
  EXPECT_EQ(send(get).error().code, ErrorCode::io);
}

TEST_F(CurlHttpTest, HeadersAreBoundedToo) {
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "X-Filler: " + std::string(90, 'x') + "\r\n";
  LoopbackServer server(always(answer(200, "", lines)));
  const auto reply = send(request("GET", server.url()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::io);
}

TEST_F(CurlHttpTest, WhatIsNotHttpIsSaidToBeNot) {
  LoopbackServer server(always({.bytes = "SSH-2.0-OpenSSH_9\r\n", .then = RawAnswer::Then::close}));
  const auto reply = send(request("GET", server.url()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_EQ(reply.error().message, "GET " + server.url() + ": the answer is not HTTP");
}

TEST_F(CurlHttpTest, AChangeThatFoundNobodyListeningSurelyDidNothing) {
  std::string url;
  {
    const LoopbackServer gone(always(answer(200)));
    url = gone.url("/machines");
  }
  const auto reply = send(request("POST", url));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_EQ(reply.error().message, "POST " + url + ": could not connect: Connection refused");
}

TEST_F(CurlHttpTest, OtherProtocolsAndWhatIsNoUrlAreMistakesOfTheConfig) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://[::1"})
    EXPECT_EQ(send(request("GET", url)).error().code, ErrorCode::invalid_config) << url;
}

TEST_F(CurlHttpTest, ManyAtOnceAreAnsweredEach) {
  LoopbackServer server([](const SeenRequest& one) { return answer(200, one.target); });
  std::size_t right = 0;
  const std::function<Task<void>(std::size_t)> work = [&](std::size_t index) -> Task<void> {
    const std::string path = "/" + std::to_string(index);
    const auto reply =
        co_await http_.send(request(index % 2 == 0 ? "GET" : "POST", server.url(path)));
    if (reply && reply->body == path) ++right;
  };
  loop_.run(for_each_bounded(loop_, 60, 20, work));
  EXPECT_EQ(right, 60u);
  EXPECT_EQ(server.seen().size(), 60u);
}

TEST_F(CurlHttpTest, ADroppedOperationTakesItsTransferAlong) {
  LoopbackServer server(
      [](const SeenRequest& one) { return one.target == "/never" ? RawAnswer{} : answer(200); });
  bool ended = false;
  const auto wait_for_it = [&]() -> Task<void> {
    const auto reply = co_await http_.send(request("POST", server.url("/never")));
    ended = true;
    EXPECT_FALSE(reply);
  };
  {
    Task<void> dropped = wait_for_it();
    dropped.await_suspend(std::noop_coroutine()).resume();
  }
  EXPECT_TRUE(send(request("GET", server.url("/other"))));
  EXPECT_FALSE(ended);
}

TEST_F(CurlHttpTest, ReadsOfAProviderUnderWayCanBeCancelledAndNothingElse) {
  std::atomic<bool> asked = false;
  LoopbackServer server([&](const SeenRequest& seen) {
    asked = true;
    http_.wakeup();
    return seen.target == "/hangs" ? RawAnswer() : answer(200, seen.target);
  });
  HttpRequest hangs = request("GET", server.url("/hangs"));
  hangs.mutating = false;
  hangs.provider = "acme";
  const int idle = loop_.add_idle([&] {
    if (asked) http_.cancel_reads();
  });
  const auto reply = send(hangs);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::cancelled);
  HttpRequest change = hangs;
  change.method = "POST";
  change.url = server.url("/change");
  change.mutating = true;
  EXPECT_TRUE(send(change));
  HttpRequest of_state = hangs;
  of_state.url = server.url("/state");
  of_state.provider = "";
  EXPECT_TRUE(send(of_state));
  loop_.remove_idle(idle);
}

}  // namespace
}  // namespace jim
