#pragma once

#include <functional>
#include <string>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// Counts requests, tells a log about each (method, url_for_log, status, milliseconds; never
/// headers or bodies), and once a stop was requested answers every new one with `cancelled` instead
/// of sending it.
class WatchedHttp : public Http {
 public:
  using Log = std::function<void(const std::string& line)>;
  WatchedHttp(EventLoop& loop, Http& next, const StopFlag& stop, HttpCounts& counts, Log log = {})
      : loop_(loop), next_(next), stop_(stop), counts_(counts), log_(std::move(log)) {}
  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  EventLoop& loop_;
  Http& next_;
  const StopFlag& stop_;
  HttpCounts& counts_;
  Log log_;
};

}  // namespace jim
