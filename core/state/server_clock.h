#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/base/clock.h"
#include "core/net/http.h"

namespace jim {

/// An HTTP date such as `Fri, 27 Nov 2026 08:00:00 GMT`.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);
std::string http_date(std::chrono::system_clock::time_point time);
/// A time of RFC 3339, such as `2026-11-22T04:37:38.632509979Z` or `2026-11-22T05:37:38+01:00`.
std::optional<std::chrono::system_clock::time_point> parse_utc(std::string_view text);

/// What time it is at a server, from the Date of its answers: so that machines whose clocks differ
/// agree about the end of a term. Without a Date, this machine's own time.
class ServerClock {
 public:
  explicit ServerClock(const Clock& clock) : clock_(clock) {}
  void heard(const HttpResponse& response);
  std::chrono::system_clock::time_point now() const;

 private:
  const Clock& clock_;
  std::optional<std::chrono::system_clock::time_point> told_ = {};
  Instant at_ = {};
};

}  // namespace jim
