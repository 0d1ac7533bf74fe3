#include "core/net/retrying_http.h"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace jim {

std::optional<Duration> retry_after(const HttpResponse& response,
                                    std::chrono::system_clock::time_point now) {
  const std::string* value = response.header("retry-after");
  if (value == nullptr) return std::nullopt;
  std::int64_t seconds = 0;
  const char* end = value->data() + value->size();
  const auto [rest, error] = std::from_chars(value->data(), end, seconds);
  if (error == std::errc() && rest == end && seconds >= 0)
    return std::chrono::seconds(std::min<std::int64_t>(seconds, 86'400));
  std::tm parts = {};
  if (strptime(value->c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
  const auto when = std::chrono::system_clock::from_time_t(timegm(&parts));
  return std::max(Duration::zero(), std::chrono::duration_cast<Duration>(when - now));
}

RetryingHttp::RetryingHttp(EventLoop& loop, Http& next, RetryPolicy policy, std::uint32_t seed,
                           HttpCounts* counts, const StopFlag* stop)
    : loop_(loop), next_(next), policy_(policy), random_(seed), counts_(counts), stop_(stop) {}

bool RetryingHttp::may_retry(const HttpRequest& request, const Result<HttpResponse>& reply) const {
  if (request.once) return false;
  if (!reply) {
    const ErrorCode code = reply.error().code;
    return code == ErrorCode::unavailable || (!request.mutating && code == ErrorCode::timed_out);
  }
  if (reply->status == 429) return true;
  if (request.mutating) return reply->status == 503 && reply->header("retry-after") != nullptr;
  return reply->status == 408 || reply->status == 500 || reply->status == 502 ||
         reply->status == 503 || reply->status == 504;
}

Duration RetryingHttp::backoff(int tried) {
  const auto full = std::min(policy_.longest_wait, policy_.first_wait * (1 << std::min(tried, 16)));
  std::uniform_int_distribution<std::int64_t> half(full.count() / 2, full.count());
  return Duration(half(random_));
}

Result<HttpResponse> RetryingHttp::given_up(const HttpRequest& request,
                                            Result<HttpResponse> reply) {
  if (request.mutating) return reply;
  return Diagnostic{.code = ErrorCode::cancelled,
                    .message = "stopped before " + request.method + " " + url_for_log(request.url) +
                               " was sent again"};
}

Task<Result<HttpResponse>> RetryingHttp::send(HttpRequest request) {
  const Instant end = loop_.clock().now() + policy_.total;
  for (int tried = 0;; ++tried) {
    auto reply = co_await next_.send(request);
    if (tried + 1 >= policy_.tries || !may_retry(request, reply)) co_return reply;
    if (stopped()) co_return given_up(request, std::move(reply));
    Duration pause = backoff(tried);
    if (reply) {
      const auto asked = retry_after(*reply, loop_.clock().wall());
      if (asked && *asked > policy_.longest_retry_after) co_return reply;
      if (asked) pause = std::max(*asked, pause);
    }
    if (loop_.clock().now() + pause > end) co_return reply;
    co_await loop_.sleep(pause);
    if (stopped()) co_return given_up(request, std::move(reply));
    if (counts_ != nullptr) ++counts_->retries;
  }
}

}  // namespace jim
