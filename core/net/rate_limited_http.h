#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// At most `count` requests within any stretch of `per`.
struct RateLimit {
  int count = 0;
  Duration per = {};
};

/// Keeps to the vendors' limits, per provider and per route, and to a number of requests under way
/// at once. Requests of a route go in the order in which they came. A 429 or 503 with Retry-After,
/// or a `RateLimit-Remaining: 0` with its reset, pauses the whole provider for that long. Once
/// `stop` is requested nothing waits here any more: the layer below answers `cancelled`.
class RateLimitedHttp : public Http {
 public:
  RateLimitedHttp(EventLoop& loop, Http& next, const StopFlag* stop = nullptr)
      : loop_(loop), next_(next), stop_(stop) {}

  /// Adds a limit; `route` empty: of all requests of the provider. Several may hold for one route.
  void add_limit(const std::string& provider, const std::string& route, RateLimit limit);
  /// How many requests of the provider may be under way at once; 64 unless told.
  void set_concurrency(const std::string& provider, std::size_t most);

  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  /// One limit and when the last `count` requests under it were sent, oldest first.
  struct Window {
    RateLimit limit = {};
    std::deque<Instant> sent = {};
    Instant earliest(Instant now) const;
    void take(Instant when);
  };
  /// What waits for the same limits: only its head sleeps, the others queue for its one place.
  struct Lane {
    explicit Lane(EventLoop& loop) : head(loop, 1) {}
    std::vector<Window> windows = {};
    Gate head;
  };
  struct Provider {
    explicit Provider(EventLoop& loop) : all(loop) {}
    Lane all;
    std::map<std::string, Lane> routes = {};
    std::size_t most = 64;
    std::unique_ptr<Gate> under_way = {};
    Instant paused_until = {};
  };

  Provider& provider(const std::string& name);
  /// Sleeps until neither the lane nor a pause of the provider stands against sending.
  Task<void> until_free(const Provider& provider, const Lane& lane);
  void learn(Provider& provider, const HttpResponse& reply);

  EventLoop& loop_;
  Http& next_;
  const StopFlag* stop_;
  std::map<std::string, Provider> providers_ = {};
};

}  // namespace jim
