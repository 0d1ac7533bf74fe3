#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"

namespace jim {

/// A loop on a fake clock, for the layers over Http.
class LayersTest : public testing::Test {
 protected:
  LayersTest() { loop_.set_poller(&poller_); }

  static HttpRequest read(const std::string& path = "/v1/nodes") {
    return {.method = "GET", .url = "https://api.example" + path, .provider = "example"};
  }
  static HttpRequest change(const std::string& path = "/v1/nodes") {
    return {.method = "POST",
            .url = "https://api.example" + path,
            .has_body = true,
            .mutating = true,
            .provider = "example"};
  }
  static Diagnostic failure(ErrorCode code) { return {.code = code, .message = "it failed"}; }

  FakeClock clock_ = {};
  FakePoller poller_{clock_};
  EventLoop loop_{clock_};
};

}  // namespace jim
