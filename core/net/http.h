#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/net/task.h"

namespace jim {

class StopFlag;

/// One header line; `secret` keeps its value out of logs and errors.
struct Header {
  std::string name = {};
  std::string value = {};
  bool secret = false;
};

/// How a server is trusted and how long to wait for it.
struct HttpOptions {
  Duration connect_timeout = std::chrono::seconds(15);
  Duration total_timeout = std::chrono::seconds(120);
  Duration stall_timeout = std::chrono::seconds(30);  ///< less than one byte a second for that long
  std::size_t reply_limit = 256u << 20;               ///< bytes after decompression
  std::string ca_file = {};                           ///< empty: the host's own store
  std::string client_certificate = {};                ///< PEM file, empty: none
  std::string client_key = {};
};

/// A request. It changes something unless `mutating` is false, and is then sent at most once, on a
/// connection of its own (libcurl repeats requests on reused connections by itself: BUILD.md,
/// 2026-11).
struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<Header> headers = {};
  std::string body = {};
  bool has_body = false;
  bool mutating = false;
  bool once = false;  ///< whoever sends it has a better way to try again: RetryingHttp does not
  std::string provider = {};  ///< whose limits it counts against; also for logs
  std::string route = {};     ///< the manifest's name of the route, for limits per route
  HttpOptions options = {};
  /// Asked once more when the connection stands: once any is requested nothing is sent, and the
  /// request ends `cancelled`. They outlive it.
  std::vector<const StopFlag*> unless = {};

  bool must_not_leave() const;
};

/// An answer, whatever its status.
struct HttpResponse {
  int status = 0;
  std::vector<Header> headers = {};  ///< names in lower case
  std::string body = {};

  /// The first header called `name` (lower case), or nullptr.
  const std::string* header(std::string_view name) const;
};

/// Sends requests. Fails only when no whole answer came: `unavailable` when the request surely
/// never left (no connection, no name, no TLS), `unknown_outcome` when a mutating one may have,
/// `timed_out` and `unavailable` for reads, `io` for a read whose answer is larger than allowed,
/// `invalid_config` for what settings must mend (a CA file that does not open, a server that is not
/// trusted, no URL), `cancelled` when told to stop.
class Http {
 public:
  virtual ~Http() = default;
  virtual Task<Result<HttpResponse>> send(HttpRequest request) = 0;
};

/// Counts what was sent, for the line "Reading live state ... 3 requests".
struct HttpCounts {
  std::size_t reads = 0;
  std::size_t changes = 0;
  std::size_t retries = 0;
};

/// The origin and path of a URL without query, user or password: what may be logged.
std::string url_for_log(std::string_view url);
/// `cancelled`: nothing was sent, because a stop was requested before.
Diagnostic stopped_before(const HttpRequest& request);
/// Percent-encodes everything but unreserved characters.
std::string url_encode(std::string_view text);

}  // namespace jim
