#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// An Http that plays a script: requests are answered in the script's order. A request that is not
/// the next one, and a reply that nobody asked for until the end, fail the running test. With a
/// handler instead of a script it answers whatever comes.
class FakeHttp : public Http {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;

  FakeHttp() = default;
  explicit FakeHttp(Handler handler) : handler_(std::move(handler)) {}
  FakeHttp(const FakeHttp&) = delete;
  FakeHttp& operator=(const FakeHttp&) = delete;
  ~FakeHttp() override;

  /// Adds to the script. A body is compared when one is given.
  void expect(const std::string& method, const std::string& url, Result<HttpResponse> reply,
              std::optional<std::string> body = std::nullopt);
  /// Every answer from now on takes that long on the loop's clock.
  void set_latency(EventLoop& loop, Duration latency);

  /// Everything that was sent, in order.
  const std::vector<HttpRequest>& requests() const { return requests_; }
  /// The most requests that were under way at one time.
  std::size_t most_at_once() const { return most_at_once_; }

  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  struct Line {
    std::string method = {};
    std::string url = {};
    std::optional<std::string> body = {};
    Result<HttpResponse> reply;
  };

  Result<HttpResponse> answer(const HttpRequest& request);

  Handler handler_ = {};
  std::deque<Line> script_ = {};
  std::vector<HttpRequest> requests_ = {};
  EventLoop* loop_ = nullptr;
  Duration latency_ = {};
  std::size_t under_way_ = 0;
  std::size_t most_at_once_ = 0;
};

/// An answer in one line: `reply(429, "", {{"retry-after", "7"}})`.
HttpResponse reply(int status, const std::string& body = "", std::vector<Header> headers = {});

}  // namespace jim
