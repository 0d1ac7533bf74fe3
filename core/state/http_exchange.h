#pragma once

#include <optional>
#include <string>

#include "core/net/event_loop.h"
#include "core/state/http_document.h"
#include "core/state/http_lock.h"
#include "core/state/http_place.h"
#include "core/state/server_clock.h"

namespace jim {

/// The four requests of Terraform's http state protocol, each with the MD5 of its body as Terraform
/// sends it. A write and a LOCK are sent once: what arrives when nobody waits for it any more must
/// be known of. The others may be repeated.
class HttpExchange {
 public:
  HttpExchange(EventLoop& loop, Http& http, HttpPlace place);

  /// The document as it is now; nullopt when there is none yet.
  Task<Result<std::optional<HttpDocument>>> get();
  /// The same, unread.
  Task<Result<std::optional<std::string>>> get_text();
  /// Any answer, whatever its status. Fails with `cancelled`, and nothing is sent, when `unless` is
  /// requested before the connection stands; it outlives the request.
  Task<Result<HttpResponse>> post(const std::string& lock_id, std::string body,
                                  const StopFlag& unless);
  Task<Result<HttpResponse>> lock(const LockInfo& lock);
  Task<Result<HttpResponse>> unlock(const LockInfo& lock);

  /// What an answer that is no success means for people.
  Diagnostic refused(const std::string& what, const HttpResponse& response) const;
  /// The server's time.
  std::chrono::system_clock::time_point now() const { return clock_.now(); }
  const std::string& shown() const { return place_.shown; }
  /// Method and URL of a LOCK, for messages.
  std::string lock_shown() const;

 private:
  Task<Result<HttpResponse>> send(std::string method, std::string url,
                                  std::optional<std::string> body, bool once,
                                  const StopFlag* unless = nullptr);
  std::string words_of(const HttpResponse& response) const;

  Http& http_;
  HttpPlace place_;
  ServerClock clock_;
};

inline bool is_success(const HttpResponse& response) {
  return response.status >= 200 && response.status < 300;
}

/// Whether a request that came to this has had all the effect that it will ever have: it never
/// left, or the server itself has refused it. What stands before a server says 408 and 5xx, too,
/// and knows nothing of what is still at work behind it.
inline bool is_settled(const Result<HttpResponse>& reply) {
  if (reply) return reply->status < 500 && reply->status != 408;
  const ErrorCode code = reply.error().code;
  return code == ErrorCode::unavailable || code == ErrorCode::invalid_config ||
         code == ErrorCode::cancelled;
}

/// How these servers say "somebody else has the lock".
inline bool is_locked(const HttpResponse& response) {
  return response.status == 409 || response.status == 423;
}

}  // namespace jim
