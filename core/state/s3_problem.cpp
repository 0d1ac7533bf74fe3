#include "core/state/s3_problem.h"

#include <fmt/format.h>

#include "core/base/text.h"
#include "core/net/xml_text.h"

namespace jim {

namespace {

/// `403 AccessDenied: no entry`, in the server's words.
std::string words(const HttpResponse& reply) {
  std::string said = fmt::format("{}", reply.status);
  const std::string code = xml_text(reply.body, "Code");
  const std::string message = xml_text(reply.body, "Message");
  if (!code.empty()) said += " " + code;
  if (!message.empty()) said += ": " + message;
  return escape_control(said);
}

std::string hint_for_refusal(const std::string& code) {
  if (code == "InvalidAccessKeyId") return "look at AWS_ACCESS_KEY_ID: the server does not know it";
  if (code == "SignatureDoesNotMatch")
    return "look at AWS_SECRET_ACCESS_KEY: it is not the one of AWS_ACCESS_KEY_ID";
  if (code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired")
    return "the temporary credentials are over: get new ones (AWS_SESSION_TOKEN)";
  return "the credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on "
         "the bucket; look at AWS_ACCESS_KEY_ID, and at the bucket's policy";
}

}  // namespace

Diagnostic s3_problem(const S3Place& place, const std::string& method, const HttpResponse& reply) {
  const std::string code = xml_text(reply.body, "Code");
  if (code == "NoSuchBucket")
    return {.code = ErrorCode::invalid_config,
            .message = fmt::format("there is no bucket '{}' at {}", escape_control(place.bucket),
                                   escape_control(place.endpoint)),
            .hint = "make it, or look at 'state:' and its 'endpoint'"};
  std::string region = xml_text(reply.body, "Region");
  if (const std::string* told = reply.header("x-amz-bucket-region"); told != nullptr)
    region = *told;
  const bool elsewhere = reply.status == 301 || reply.status == 307 ||
                         code == "AuthorizationHeaderMalformed" ||
                         code == "IllegalLocationConstraintException";
  if (elsewhere && !region.empty() && region != place.region)
    return {.code = ErrorCode::invalid_config,
            .message = fmt::format("the bucket '{}' is in the region '{}', and this asked in '{}'",
                                   escape_control(place.bucket), escape_control(region),
                                   escape_control(place.region)),
            .hint = "set AWS_REGION, or 'region' below 'state'"};
  Diagnostic error = {
      .code = ErrorCode::unavailable,
      .message = fmt::format("the state {}: {} at {} was answered by {}", place.shown, method,
                             escape_control(place.endpoint), words(reply))};
  const bool refused = reply.status == 401 || reply.status == 403 || code == "ExpiredToken" ||
                       code == "InvalidToken" || code == "TokenRefreshRequired";
  if (refused) {
    error.code = ErrorCode::unauthorized;
    error.hint = hint_for_refusal(code);
  } else if (reply.status < 500 && reply.status != 408 && reply.status != 409 &&
             reply.status != 429) {
    error.code = ErrorCode::invalid_config;
    error.hint = "see whether that is an S3 server: look at 'state:' and its 'endpoint'";
  } else {
    error.hint = "run the command again when the server is well";
  }
  return error;
}

Diagnostic s3_unreachable(const S3Place& place, const Diagnostic& failure) {
  Diagnostic error = failure;
  if (failure.code == ErrorCode::timed_out || failure.code == ErrorCode::unknown_outcome)
    error.code = ErrorCode::unavailable;
  error.message = fmt::format("the state {} is out of reach: {}", place.shown, failure.message);
  if (error.hint.empty())
    error.hint = fmt::format("see whether {} is up and run the command again",
                             escape_control(place.endpoint));
  return error;
}

}  // namespace jim
