#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// Http over libcurl's multi interface, and the loop's poller. One per process: its multi handle
/// shares connections and the parsed CA store. libcurl is started by the first request, so a
/// command that sends none does not pay for it.
///
/// A mutating request goes out on a new connection that is closed afterwards: on a reused one that
/// the server resets, libcurl would send it again by itself, a POST too (seen with 7.88.1, 2026-11;
/// BUILD.md).
class CurlHttp : public Http, public Poller {
 public:
  explicit CurlHttp(EventLoop& loop);
  ~CurlHttp() override;
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  Task<Result<HttpResponse>> send(HttpRequest request) override;
  bool wait(std::optional<Duration> most) override;
  /// Ends a running `wait` early. May be called from a signal handler.
  void wakeup();

 private:
  struct Transfer;
  struct Global;

  Result<void> start();
  Result<void> prepare(Transfer& transfer);
  void collect();
  Result<HttpResponse> outcome(Transfer& transfer);

  EventLoop& loop_;
  std::unique_ptr<Global> global_;
  std::size_t running_ = 0;
};

}  // namespace jim
