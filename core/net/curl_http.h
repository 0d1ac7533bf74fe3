#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

class CurlTransfer;

/// Http over libcurl's multi interface, and the loop's poller. One per process: its multi handle
/// shares connections and the parsed CA store. libcurl is started by the first request, so a
/// command that sends none does not pay for it.
///
/// One `send` is one request at most, whatever libcurl would do (CurlTransfer). A mutating one has
/// a connection of its own. Proxies come from the environment: http_proxy, https_proxy, all_proxy,
/// no_proxy. Redirects are answers like any other and are not followed.
class CurlHttp : public Http, public Poller {
 public:
  explicit CurlHttp(EventLoop& loop);
  ~CurlHttp() override;
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  Task<Result<HttpResponse>> send(HttpRequest request) override;
  bool wait(std::optional<Duration> most) override;
  /// Ends every read of a provider that is under way with `cancelled`. What changes something is
  /// heard out, and so is what a state store reads.
  void cancel_reads();
  /// Ends a running `wait` early. May be called from a signal handler.
  void wakeup();

 private:
  struct Global;
  class Sent;

  Result<void> start();
  Result<void> prepare(CurlTransfer& transfer);
  void collect();

  EventLoop& loop_;
  std::unique_ptr<Global> global_;
  std::set<Sent*> running_ = {};
};

}  // namespace jim
