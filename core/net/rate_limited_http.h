#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// At most `count` requests within any stretch of `per`, evenly spread once the first `count` are
/// used up.
struct RateLimit {
  int count = 0;
  Duration per = {};
};

/// Keeps to the vendors' limits, per provider and per route, and to a number of requests under way
/// at once. A 429 or 503 with Retry-After, or a `RateLimit-Remaining: 0` with its reset, pauses the
/// whole provider for that long.
class RateLimitedHttp : public Http {
 public:
  RateLimitedHttp(EventLoop& loop, Http& next) : loop_(loop), next_(next) {}

  /// Adds a limit; `route` empty: of all requests of the provider. Several may hold for one route.
  void add_limit(const std::string& provider, const std::string& route, RateLimit limit);
  /// How many requests of the provider may be under way at once; 64 unless told.
  void set_concurrency(const std::string& provider, std::size_t most);

  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  /// The next free moment of one limit: a bucket of tokens as a point in time (GCRA).
  struct Bucket {
    RateLimit limit = {};
    Instant theoretical = {};
    Instant earliest(Instant now) const;
    void take(Instant when);
  };
  struct Lane {
    std::map<std::string, std::vector<Bucket>> buckets = {};  ///< by route; "": all routes
    std::size_t most = 64;
    std::unique_ptr<Gate> gate = {};
    Instant paused_until = {};
  };

  Lane& lane(const std::string& provider);
  void learn(Lane& lane, const HttpResponse& reply);

  EventLoop& loop_;
  Http& next_;
  std::map<std::string, Lane> lanes_ = {};
};

}  // namespace jim
