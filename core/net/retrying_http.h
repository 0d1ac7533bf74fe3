#pragma once

#include <cstdint>
#include <random>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// How often and how long to try again.
struct RetryPolicy {
  int tries = 5;
  Duration first_wait = std::chrono::milliseconds(250);
  Duration longest_wait = std::chrono::seconds(20);
  Duration total = std::chrono::minutes(5);  ///< no further try begins after that
  Duration longest_retry_after =
      std::chrono::seconds(120);  ///< a server that asks for more is believed, not waited for
};

/// How long the reply asks to wait (`Retry-After` as seconds or an HTTP date); nullopt when it does
/// not say.
std::optional<Duration> retry_after(const HttpResponse& response,
                                    std::chrono::system_clock::time_point now);

/// Sends again what failed for the moment, with growing waits and jitter. A read: on 408, 429, 500,
/// 502, 503, 504 and on a broken or missing answer. A change: only when it surely did nothing: 429,
/// 503 with Retry-After, or when it never left. Never one that says `once`. What is still failing
/// after the last try is passed on as it is. Once `stop` is requested nothing is sent again: a read
/// that would have been is `cancelled`.
class RetryingHttp : public Http {
 public:
  RetryingHttp(EventLoop& loop, Http& next, RetryPolicy policy, std::uint32_t seed,
               HttpCounts* counts = nullptr, const StopFlag* stop = nullptr);
  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  bool may_retry(const HttpRequest& request, const Result<HttpResponse>& reply) const;
  Duration backoff(int tried);
  /// What a stop makes of a failure that would have been tried again.
  static Result<HttpResponse> given_up(const HttpRequest& request, Result<HttpResponse> reply);
  bool stopped() const { return stop_ != nullptr && stop_->requested(); }

  EventLoop& loop_;
  Http& next_;
  RetryPolicy policy_;
  std::minstd_rand random_;
  HttpCounts* counts_;
  const StopFlag* stop_;
};

}  // namespace jim
