#include "core/net/watched_http.h"

#include "tests/core/net/layers_fixture.h"

namespace jim {
namespace {

class WatchedHttpTest : public LayersTest {
 protected:
  StopFlag stop_ = {};
  HttpCounts counts_ = {};
  std::vector<std::string> lines_ = {};
  WatchedHttp::Log log_ = [this](const std::string& line) { lines_.push_back(line); };
};

TEST_F(WatchedHttpTest, CountsReadsAndChanges) {
  FakeHttp http([](const HttpRequest&) { return reply(200); });
  WatchedHttp watched(loop_, http, stop_, counts_);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(loop_.run(watched.send(read())));
  EXPECT_TRUE(loop_.run(watched.send(change())));
  EXPECT_EQ(counts_.reads, 3u);
  EXPECT_EQ(counts_.changes, 1u);
}

TEST_F(WatchedHttpTest, LogsNeitherQueryNorPasswordNorHeadersNorBodies) {
  FakeHttp http([](const HttpRequest&) {
    return reply(200, "a secret", {{"x-request-id", "req-1"}, {"set-cookie", "secret"}});
  });
  http.set_latency(loop_, Duration(12));
  WatchedHttp watched(loop_, http, stop_, counts_, log_);
  HttpRequest request = read("/v1/keys?token=secret");
  request.url.replace(0, 8, "https://user:secret@");
  request.headers = {{"Authorization", "Bearer secret", true}};
  request.body = "secret";
  EXPECT_TRUE(loop_.run(watched.send(request)));
  EXPECT_EQ(lines_,
            (std::vector<std::string>{
                "GET https://api.example/v1/keys 200 in 12 ms, 8 bytes, request id req-1"}));
}

TEST_F(WatchedHttpTest, LogsAFailureWithItsReason) {
  FakeHttp http([](const HttpRequest&) { return failure(ErrorCode::unavailable); });
  WatchedHttp watched(loop_, http, stop_, counts_, log_);
  EXPECT_FALSE(loop_.run(watched.send(read())));
  EXPECT_EQ(
      lines_,
      (std::vector<std::string>{"GET https://api.example/v1/nodes failed after 0 ms: it failed"}));
}

TEST_F(WatchedHttpTest, SendsNothingAfterAStop) {
  FakeHttp http;
  WatchedHttp watched(loop_, http, stop_, counts_);
  stop_.request();
  const auto sent = loop_.run(watched.send(change()));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::cancelled);
  EXPECT_EQ(counts_.changes, 0u);
}

}  // namespace
}  // namespace jim
