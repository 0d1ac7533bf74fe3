#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/net/event_loop.h"
#include "core/net/http.h"
#include "core/net/sigv4.h"

namespace jim {

/// What a process's environment says: nullopt when a variable is not set.
using EnvironmentReader = std::function<std::optional<std::string>(const std::string&)>;

/// Where keys are looked for.
struct AwsCredentialSettings {
  EnvironmentReader environment = {};
  std::string profile = {};  ///< of the shared credentials file; empty: as the environment says
  std::string region = {};   ///< whose STS gives temporary keys
  HttpOptions options = {};
};

/// Keys for AWS and its kind, from the first of: the profile that the settings name;
/// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN); a web identity token's file and
/// a role (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN) by STS; the shared credentials file
/// (AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials), profile AWS_PROFILE or `default`.
/// `http` must outlive it.
class AwsCredentials {
 public:
  AwsCredentials(EventLoop& loop, Http& http, AwsCredentialSettings settings);

  /// The keys to sign with now. Temporary ones are fetched anew before they end. Fails with
  /// `unauthorized` naming what to set, or as the request to STS does.
  Task<Result<AwsKeys>> keys();
  /// What was found is no longer good: looks again next time.
  void forget() { known_.reset(); }

 private:
  std::optional<std::string> variable(const std::string& name) const;
  Result<AwsKeys> read_profile(const std::string& profile) const;
  Task<Result<AwsKeys>> assume_role(std::string token_file, std::string role);

  EventLoop& loop_;
  Http& http_;
  AwsCredentialSettings settings_;
  std::optional<AwsKeys> known_ = {};
  std::optional<std::chrono::system_clock::time_point> ends_ = {};
};

}  // namespace jim
