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

Instant RateLimitedHttp::Window::earliest(Instant now) const {
  if (sent.size() < static_cast<std::size_t>(limit.count)) return now;
  return std::max(now, sent.front() + limit.per);
}

void RateLimitedHttp::Window::take(Instant when) {
  if (sent.size() == static_cast<std::size_t>(limit.count)) sent.pop_front();
  sent.push_back(when);
}

void RateLimitedHttp::add_limit(const std::string& provider, const std::string& route,
                                RateLimit limit) {
  if (limit.count <= 0 || limit.per <= Duration::zero()) return;
  Provider& mine = this->provider(provider);
  Lane& lane = route.empty() ? mine.all : mine.routes.try_emplace(route, loop_).first->second;
  lane.windows.push_back({.limit = limit});
}

void RateLimitedHttp::set_concurrency(const std::string& provider, std::size_t most) {
  this->provider(provider).most = std::max<std::size_t>(most, 1);
}

RateLimitedHttp::Provider& RateLimitedHttp::provider(const std::string& name) {
  return providers_.try_emplace(name, loop_).first->second;
}

Task<void> RateLimitedHttp::until_free(const Provider& provider, const Lane& lane) {
  while (stop_ == nullptr || !stop_->requested()) {
    const Instant now = loop_.clock().now();
    Instant when = std::max(now, provider.paused_until);
    for (const Window& window : lane.windows) when = std::max(when, window.earliest(now));
    if (when <= now) co_return;
    co_await loop_.sleep(when - now);
  }
}

Task<Result<HttpResponse>> RateLimitedHttp::send(HttpRequest request) {
  Provider& mine = provider(request.provider);
  if (!mine.under_way) mine.under_way = std::make_unique<Gate>(loop_, mine.most);
  const auto own = request.route.empty() ? mine.routes.end() : mine.routes.find(request.route);
  Lane* route = own == mine.routes.end() ? nullptr : &own->second;
  // The route's own wait comes first and holds nothing that others need: twelve seconds between two
  // launches must not keep a place from the reads of the same provider.
  std::optional<Gate::Place> route_head;
  if (route != nullptr) {
    co_await route->head.enter();
    route_head.emplace(route->head);
    co_await until_free(mine, *route);
  }
  co_await mine.under_way->enter();
  const Gate::Place under_way(*mine.under_way);
  {
    co_await mine.all.head.enter();
    const Gate::Place head(mine.all.head);
    co_await until_free(mine, mine.all);
    if (request.must_not_leave()) co_return stopped_before(request);  // and uses up no turn
    const Instant now = loop_.clock().now();
    for (Window& window : mine.all.windows) window.take(now);
    if (route != nullptr)
      for (Window& window : route->windows) window.take(now);
  }
  route_head.reset();
  auto reply = co_await next_.send(std::move(request));
  if (reply) learn(mine, *reply);
  co_return reply;
}

void RateLimitedHttp::learn(Provider& provider, const HttpResponse& reply) {
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
  if (pause)
    provider.paused_until = std::max(provider.paused_until, now + std::min(*pause, kLongestPause));
}

}  // namespace jim
