#include "core/net/rate_limited_http.h"

#include <algorithm>
#include <charconv>

#include "core/net/retrying_http.h"

namespace jim {

namespace {

std::optional<std::int64_t> number(const HttpResponse& reply,
                                   std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const std::string* value = reply.header(name);
    if (value == nullptr) continue;
    std::int64_t parsed = 0;
    const auto [rest, error] =
        std::from_chars(value->data(), value->data() + value->size(), parsed);
    if (error == std::errc()) return parsed;
  }
  return std::nullopt;
}

}  // namespace

Instant RateLimitedHttp::Bucket::earliest(Instant now) const {
  const Duration each = limit.per / limit.count;
  return std::max(now, theoretical - each * (limit.count - 1));
}

void RateLimitedHttp::Bucket::take(Instant when) {
  theoretical = std::max(theoretical, when) + limit.per / limit.count;
}

void RateLimitedHttp::add_limit(const std::string& provider, const std::string& route,
                                RateLimit limit) {
  if (limit.count > 0 && limit.per > Duration::zero())
    lane(provider).buckets[route].push_back({.limit = limit});
}

void RateLimitedHttp::set_concurrency(const std::string& provider, std::size_t most) {
  lane(provider).most = most;
}

RateLimitedHttp::Lane& RateLimitedHttp::lane(const std::string& provider) {
  return lanes_[provider];
}

Task<Result<HttpResponse>> RateLimitedHttp::send(HttpRequest request) {
  Lane& mine = lane(request.provider);
  if (!mine.gate) mine.gate = std::make_unique<Gate>(loop_, mine.most);
  co_await mine.gate->enter();
  for (;;) {
    const Instant now = loop_.clock().now();
    Instant when = std::max(now, mine.paused_until);
    for (const std::string& route : {std::string(), request.route})
      if (const auto limits = mine.buckets.find(route); limits != mine.buckets.end())
        for (const Bucket& bucket : limits->second) when = std::max(when, bucket.earliest(now));
    if (when <= now) break;
    co_await loop_.sleep(when - now);
  }
  const Instant now = loop_.clock().now();
  if (const auto all = mine.buckets.find(""); all != mine.buckets.end())
    for (Bucket& bucket : all->second) bucket.take(now);
  if (!request.route.empty())
    if (const auto own = mine.buckets.find(request.route); own != mine.buckets.end())
      for (Bucket& bucket : own->second) bucket.take(now);
  auto reply = co_await next_.send(std::move(request));
  if (reply) learn(mine, *reply);
  mine.gate->leave();
  co_return reply;
}

void RateLimitedHttp::learn(Lane& lane, const HttpResponse& reply) {
  constexpr Duration kLongestPause = std::chrono::seconds(120);
  const Instant now = loop_.clock().now();
  std::optional<Duration> pause;
  if (reply.status == 429 || reply.status == 503) pause = retry_after(reply, loop_.clock().wall());
  const auto remaining = number(reply, {"ratelimit-remaining", "x-ratelimit-remaining"});
  if (!pause && remaining && *remaining <= 0) {
    if (auto reset = number(reply, {"ratelimit-reset", "x-ratelimit-reset"})) {
      // Seconds to go, or (a large number) the moment itself.
      const std::int64_t wall = std::chrono::system_clock::to_time_t(loop_.clock().wall());
      if (*reset > 1'000'000'000) *reset -= wall;
      pause = std::chrono::seconds(std::clamp<std::int64_t>(*reset, 0, 3600));
    }
  }
  if (pause) lane.paused_until = std::max(lane.paused_until, now + std::min(*pause, kLongestPause));
}

}  // namespace jim
