#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "core/base/clock.h"
#include "core/net/curl_http.h"
#include "core/net/event_loop.h"
#include "tests/core/net/loopback_server.h"

namespace jim {

/// CurlHttp on the machine's own clock and loopback, in an environment without proxies and CA
/// settings.
class SocketTest : public testing::Test {
 protected:
  SocketTest() {
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                             "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"})
      ::unsetenv(name);
  }

  /// A request that changes something, unless it is a GET.
  static HttpRequest request(const std::string& method, const std::string& url) {
    return {.method = method, .url = url, .mutating = method != "GET"};
  }
  static HttpRequest with_body(HttpRequest request, const std::string& body) {
    request.body = body;
    request.has_body = true;
    return request;
  }
  Result<HttpResponse> send(HttpRequest request) {
    return loop_.run(http_.send(std::move(request)));
  }

  SystemClock clock_ = {};
  EventLoop loop_{clock_};
  CurlHttp http_{loop_};
};

}  // namespace jim
