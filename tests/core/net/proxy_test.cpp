#include <gtest/gtest.h>

#include "tests/core/net/socket_fixture.h"

namespace jim {
namespace {

/// A proxy named by the environment, between the program and servers that do not exist.
class ProxyTest : public SocketTest {
 protected:
  ~ProxyTest() override {
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
      ::unsetenv(name);
  }
  void use_proxy(const char* name, const std::string& url) { ::setenv(name, url.c_str(), 1); }
  static HttpRequest with_token(HttpRequest request) {
    request.headers = {{"Authorization", "Bearer t", true}};
    return request;
  }

  LoopbackServer proxy_{[](const SeenRequest& one) {
    return one.method == "CONNECT" ? answer(502) : answer(200, "by proxy");
  }};
};

TEST_F(ProxyTest, TheEnvironmentsProxyIsAsked) {
  use_proxy("http_proxy", proxy_.url());
  const auto reply = send(request("GET", "http://api.example.invalid/v1/nodes"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "by proxy");
  EXPECT_EQ(proxy_.seen().at(0).target, "http://api.example.invalid/v1/nodes");
}

TEST_F(ProxyTest, AllProxyHoldsForEveryProtocol) {
  use_proxy("all_proxy", proxy_.url());
  EXPECT_TRUE(send(request("GET", "http://api.example.invalid/")));
}

TEST_F(ProxyTest, AChangeThroughAProxyThatResetsIsSeenOnceAndItsOutcomeIsUnknown) {
  LoopbackServer proxy(
      [](const SeenRequest& one) { return one.method == "POST" ? reset() : answer(200); });
  use_proxy("http_proxy", proxy.url());
  ASSERT_TRUE(send(request("GET", "http://api.example.invalid/")));
  const auto reply = send(request("POST", "http://api.example.invalid/machines"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(proxy.seen_in_short(), (std::vector<std::string>{"GET 1", "POST 2"}));
}

TEST_F(ProxyTest, ATunnelsProxyIsNotShownTheCredentialsAndAChangeItRefusesNeverLeft) {
  use_proxy("https_proxy", proxy_.url());
  // Trust is looked for before anything is sent; any readable file will do here.
  ::setenv("SSL_CERT_FILE", JIM_SOURCE_DIR "/LICENSE", 1);
  const auto reply = send(with_token(request("POST", "https://api.example.invalid/machines")));
  ::unsetenv("SSL_CERT_FILE");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  const auto seen = proxy_.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].target, "api.example.invalid:443");
  EXPECT_EQ(seen[0].head.find("Bearer"), std::string::npos);
}

TEST_F(ProxyTest, NoProxyNamesWhatIsReachedWithoutIt) {
  use_proxy("http_proxy", proxy_.url());
  ::setenv("no_proxy", "127.0.0.2,other.example", 1);
  HttpRequest get = request("GET", "http://127.0.0.2:1/");  // where nobody listens
  get.options.connect_timeout = Duration(500);
  const auto reply = send(get);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(proxy_.seen().empty());
}

TEST_F(ProxyTest, WhatIsOnThisMachineIsReachedWithoutAProxy) {
  use_proxy("http_proxy", proxy_.url());
  use_proxy("all_proxy", proxy_.url());
  LoopbackServer server([](const SeenRequest&) { return answer(200, "direct"); });
  EXPECT_EQ(send(request("GET", server.url()))->body, "direct");
  std::string by_name = server.url();
  by_name.replace(7, 9, "user:x@LocalHost");
  EXPECT_EQ(send(request("GET", by_name))->body, "direct");
  EXPECT_TRUE(proxy_.seen().empty());
}

}  // namespace
}  // namespace jim
