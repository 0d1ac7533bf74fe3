#include "core/net/curl_failure.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

HttpRequest get() { return {.method = "GET", .url = "https://user:secret@h/a?token=secret"}; }
HttpRequest post() {
  return {.method = "POST", .url = "https://user:secret@h/a?token=secret", .mutating = true};
}

TEST(CurlFailureTest, AFailureBeforeTheRequestLeftIsUnavailable) {
  for (const CURLcode code :
       {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
        CURLE_SSL_CONNECT_ERROR, CURLE_OPERATION_TIMEDOUT, CURLE_RECV_ERROR, CURLE_SEND_ERROR}) {
    EXPECT_EQ(describe(post(), {.code = code}).code, ErrorCode::unavailable) << code;
    EXPECT_EQ(describe(get(), {.code = code}).code, ErrorCode::unavailable) << code;
  }
}

TEST(CurlFailureTest, OnceAChangeMayHaveLeftItsOutcomeIsUnknownWhateverTheReason) {
  for (int code = 1; code < CURL_LAST; ++code)
    for (const bool answered : {false, true})
      EXPECT_EQ(describe(post(), {.code = static_cast<CURLcode>(code),
                                  .left = true,
                                  .answered = answered,
                                  .too_large = answered,
                                  .detail = "x"})
                    .code,
                ErrorCode::unknown_outcome)
          << code;
}

TEST(CurlFailureTest, NeitherQueryNorPasswordIsTold) {
  for (int code = 1; code < CURL_LAST; ++code) {
    const Diagnostic told = describe(get(), {.code = static_cast<CURLcode>(code)});
    EXPECT_EQ(told.message.find("secret"), std::string::npos) << told.message;
    EXPECT_TRUE(told.message.starts_with("GET https://h/a: ")) << told.message;
  }
}

TEST(CurlFailureTest, AServerThatIsNotTrustedIsNotTriedAgainAndTheHintSaysHowToTrustIt) {
  const Diagnostic told =
      describe(post(), {.code = CURLE_PEER_FAILED_VERIFICATION,
                        .ca_place = "/etc/ssl/certs",
                        .detail = "SSL certificate problem: self-signed certificate"});
  EXPECT_EQ(told.code, ErrorCode::invalid_config);
  EXPECT_EQ(told.message,
            "POST https://h/a: the server's certificate is not trusted: self-signed certificate");
  EXPECT_EQ(told.hint,
            "name the server's CA with SSL_CERT_FILE or the provider's 'ca_file' if you trust it");
}

TEST(CurlFailureTest, CertificatesThatCannotBeReadAreNamed) {
  const Diagnostic told =
      describe(get(), {.code = CURLE_SSL_CACERT_BADFILE, .ca_place = "/tmp/not.pem"});
  EXPECT_EQ(told.code, ErrorCode::invalid_config);
  EXPECT_EQ(told.message, "GET https://h/a: the CA certificates in /tmp/not.pem cannot be read");
}

TEST(CurlFailureTest, TimesAreToldAsTheyWereSet) {
  HttpRequest request = get();
  EXPECT_EQ(describe(request, {.code = CURLE_OPERATION_TIMEDOUT}).message,
            "GET https://h/a: could not connect within 15 s");
  request.options.total_timeout = Duration(500);
  EXPECT_EQ(describe(request, {.code = CURLE_OPERATION_TIMEDOUT}).message,
            "GET https://h/a: could not connect within 500 ms");
  const Diagnostic late = describe(request, {.code = CURLE_OPERATION_TIMEDOUT, .left = true});
  EXPECT_EQ(late.code, ErrorCode::timed_out);
  EXPECT_EQ(late.message, "GET https://h/a: no whole answer within 500 ms");
  EXPECT_EQ(describe(request, {.code = CURLE_OPERATION_TIMEDOUT,
                               .left = true,
                               .detail = "Operation too slow. Less than 1 bytes/sec"})
                .message,
            "GET https://h/a: nothing arrived for 30 s");
}

TEST(CurlFailureTest, WhatAServerSaysCannotDriveTheTerminal) {
  const Diagnostic told = describe(
      get(), {.code = CURLE_WEIRD_SERVER_REPLY, .left = true, .detail = "weird \x1b[2J\n"});
  EXPECT_EQ(told.message.find('\x1b'), std::string::npos);
  EXPECT_EQ(told.message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace jim
