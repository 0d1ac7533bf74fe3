#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/net/aws_credentials.h"
#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// Where in S3 a state lies: the object `key`, and those below `key.d/`.
struct S3Place {
  std::string endpoint = {};  ///< scheme and host, without a slash at the end
  std::string region = {};
  std::string bucket = {};
  std::string key = {};
  bool path_style = true;  ///< the bucket stands in the path, else before the host
  std::string shown = {};  ///< for messages: `s3://bucket/key`
  HttpOptions options = {};
};

using WallTime = std::chrono::system_clock::time_point;

/// What a server has under a name.
struct S3Object {
  bool exists = false;
  std::string body = {};
  std::string etag = {};   ///< as the server gave it, quotes and all
  WallTime modified = {};  ///< by the server's clock, like `now`: whole seconds
  WallTime now = {};
};

/// What must be true for a PUT to be done. By default nothing.
struct S3Condition {
  bool absent = false;    ///< nothing is there
  std::string etag = {};  ///< this is there; sent as it is
};

/// How a PUT ended.
struct S3Written {
  bool refused = false;  ///< the condition was not met
  std::string etag = {};
  WallTime now = {};  ///< when, by the server's clock
};

/// An object below `key.d/`.
struct S3Listed {
  std::string name = {};
  WallTime modified = {};
};

/// The objects of one state, over signed requests. An empty name is the object `key` itself.
///
/// Failures: `unauthorized`, `invalid_config` (no such bucket, another region) and, for everything
/// that leaves open what happened, `unavailable`: after that a PUT may have been done.
class S3Objects {
 public:
  S3Objects(EventLoop& loop, Http& http, S3Place place, AwsCredentialSettings credentials);

  const S3Place& place() const { return place_; }
  Task<Result<S3Object>> get(std::string name);
  Task<Result<S3Written>> put(std::string name, std::string body, S3Condition condition);
  Task<Result<void>> remove(std::string name);
  /// Some of those below `key.d/`: the first page.
  Task<Result<std::vector<S3Listed>>> list();

 private:
  std::string url(const std::string& name) const;
  std::string bucket_url() const;
  Task<Result<HttpResponse>> send(HttpRequest request);
  WallTime server_time(const HttpResponse& reply) const;
  Diagnostic refused(const std::string& method, const HttpResponse& reply) const;

  EventLoop& loop_;
  Http& http_;
  S3Place place_;
  AwsCredentials credentials_;
  std::vector<std::string> secrets_ = {};  ///< of the last request, for what its answer repeats
  std::chrono::seconds skew_{0};  ///< how far the server's clock is ahead, where that matters
};

}  // namespace jim
