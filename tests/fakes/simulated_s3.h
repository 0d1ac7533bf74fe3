#pragma once

#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// An S3 server in memory, with one bucket, as Ceph's gateway and AWS behave (tests/real/README.md,
/// section 4): signatures and content hashes checked, conditional PUTs, whole seconds in its dates,
/// lists in pages. Its clock is the one it is given, and nobody else's.
class SimulatedS3 {
 public:
  /// How ETags stand in If-Match.
  enum class Etags { in_quotes, bare };  // AWS; Ceph 16

  explicit SimulatedS3(const Clock& clock, Etags etags = Etags::in_quotes)
      : clock_(clock), etags_(etags) {}

  Result<HttpResponse> answer(const HttpRequest& request);

  static constexpr const char* kEndpoint = "http://s3.test";
  static constexpr const char* kBucket = "bucket";
  static constexpr const char* kAccessKey = "AKTEST";
  static constexpr const char* kSecretKey = "SKTEST";

  struct Object {
    std::string body = {};
    std::string etag = {};
    std::chrono::system_clock::time_point modified = {};
  };
  /// By key; a test may look and meddle.
  std::map<std::string, Object> objects = {};
  bool ignores_conditions = false;
  std::size_t page = 1000;
  /// How far its clock is ahead of the one it was given.
  std::chrono::seconds ahead{0};

 private:
  std::chrono::system_clock::time_point now() const { return clock_.wall() + ahead; }
  HttpResponse refuse(int status, const std::string& code) const;
  HttpResponse get(const std::string& key) const;
  HttpResponse put(const std::string& key, const HttpRequest& request);
  HttpResponse list(const std::string& query) const;
  bool fits(const std::string& key, const HttpRequest& request) const;
  std::string wrong_with_signature(const HttpRequest& request) const;

  const Clock& clock_;
  Etags etags_;
};

/// A client's way to a simulated server: it takes a turn of the loop.
class SimulatedS3Http : public Http {
 public:
  SimulatedS3Http(EventLoop& loop, SimulatedS3& server) : loop_(loop), server_(server) {}
  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  EventLoop& loop_;
  SimulatedS3& server_;
};

}  // namespace jim
