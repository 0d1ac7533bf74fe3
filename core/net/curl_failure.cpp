#include "core/net/curl_failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/base/text.h"

namespace jim {

namespace {

std::string seconds(Duration time) {
  const auto count = time.count();
  return count % 1000 == 0 ? fmt::format("{} s", count / 1000) : fmt::format("{} ms", count);
}

std::string size(std::size_t bytes) {
  return bytes % (1u << 20) == 0 ? fmt::format("{} MiB", bytes >> 20)
                                 : fmt::format("{} bytes", bytes);
}

/// libcurl's words without its own beginning: "SSL certificate problem: X" is told as "X".
std::string last_part(const std::string& detail) {
  const std::size_t colon = detail.find(": ");
  return colon == std::string::npos ? detail : detail.substr(colon + 2);
}

std::string timeout_words(const HttpOptions& options, const CurlFailure& failure) {
  if (!failure.left)
    return "could not connect within " +
           seconds(std::min(options.connect_timeout, options.total_timeout));
  if (failure.detail.starts_with("Operation too slow"))
    return "nothing arrived for " + seconds(options.stall_timeout);
  return "no whole answer within " + seconds(options.total_timeout);
}

std::string words(const HttpOptions& options, const CurlFailure& failure) {
  if (failure.too_large) return "the answer is larger than " + size(options.reply_limit);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "could not resolve host";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "could not resolve the proxy's host";
    case CURLE_COULDNT_CONNECT:
      return failure.system_error == 0
                 ? "could not connect"
                 : fmt::format("could not connect: {}", std::strerror(failure.system_error));
    case CURLE_PEER_FAILED_VERIFICATION:
      return "the server's certificate is not trusted: " + last_part(failure.detail);
    case CURLE_SSL_CACERT_BADFILE:
      return "the CA certificates in " + failure.ca_place + " cannot be read";
    case CURLE_SSL_CERTPROBLEM:
      return "the client certificate " + options.client_certificate + " cannot be used";
    case CURLE_OPERATION_TIMEDOUT:
      return timeout_words(options, failure);
    case CURLE_URL_MALFORMAT:
      return "this is not a URL";
    default:
      break;
  }
  // A server that closes or resets early shows up under several codes, as the moment has it.
  if (failure.left && failure.code == CURLE_UNSUPPORTED_PROTOCOL) return "the answer is not HTTP";
  if (failure.left && failure.answered) return "the connection ended in the middle of the answer";
  if (failure.left && failure.code != CURLE_WEIRD_SERVER_REPLY)
    return "the connection ended before an answer came";
  return failure.detail;
}

bool is_trust_failure(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_CERTPROBLEM;
}

ErrorCode code_of(const HttpRequest& request, const CurlFailure& failure) {
  if (failure.left && request.mutating) return ErrorCode::unknown_outcome;
  if (failure.too_large) return ErrorCode::io;
  if (!failure.left) {
    // What asks for a change of settings is not called unavailable: trying again does not help.
    const bool settings = is_trust_failure(failure.code) || failure.code == CURLE_URL_MALFORMAT ||
                          failure.code == CURLE_UNSUPPORTED_PROTOCOL;
    return settings ? ErrorCode::invalid_config : ErrorCode::unavailable;
  }
  return failure.code == CURLE_OPERATION_TIMEDOUT ? ErrorCode::timed_out : ErrorCode::unavailable;
}

}  // namespace

Diagnostic describe(const HttpRequest& request, const CurlFailure& failure) {
  Diagnostic error = {.code = code_of(request, failure)};
  error.message = escape_control(fmt::format("{} {}: {}", request.method, url_for_log(request.url),
                                             words(request.options, failure)));
  if (!failure.left && is_trust_failure(failure.code) && failure.code != CURLE_SSL_CERTPROBLEM)
    error.hint =
        "name the server's CA with SSL_CERT_FILE or the provider's 'ca_file' if you trust it";
  return error;
}

}  // namespace jim
