#pragma once

#include <chrono>
#include <string>

#include "core/base/secret.h"
#include "core/net/http.h"

namespace jim {

/// What signs requests to AWS and to servers that speak its protocols.
struct AwsKeys {
  std::string access_key = {};
  Secret secret_key = {};
  Secret session_token = {};  ///< of temporary keys; empty: none
};

/// Signs `request` with AWS Signature Version 4: adds x-amz-date, for `service` s3
/// x-amz-content-sha256, x-amz-security-token where the keys have one, and authorization. Every
/// header that it has by then is signed, and so is the body; neither may change afterwards. The
/// path and the query of the URL must be percent-encoded as AWS wants it: everything but
/// A-Z a-z 0-9 - . _ ~ (and / in the path), in capitals. The query may stand in any order.
///
/// libcurl has this built in, but 7.88 wants the query sorted and the content's hash handed over,
/// takes the secret out of sight of our tests, and each of its versions differs.
void sign_v4(HttpRequest& request, const AwsKeys& keys, const std::string& region,
             const std::string& service, std::chrono::system_clock::time_point time);

}  // namespace jim
