#include "core/net/sigv4.h"

#include <gtest/gtest.h>

namespace jim {
namespace {

using std::chrono::system_clock;

/// 2013-05-24T00:00:00Z and 2015-08-30T12:36:00Z: the moments of AWS's published examples.
const auto kOfS3 = system_clock::from_time_t(1'369'353'600);
const auto kOfSuite = system_clock::from_time_t(1'440'938'160);

/// The keys of "Examples: Signature Calculations in AWS Signature Version 4" (S3's API reference).
AwsKeys keys_of_s3() {
  return {.access_key = "AKIAIOSFODNN7EXAMPLE",
          .secret_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
}

/// The keys of AWS's Signature Version 4 test suite.
AwsKeys keys_of_suite() {
  return {.access_key = "AKIDEXAMPLE",
          .secret_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
}

std::string value_of(const HttpRequest& request, const std::string& name) {
  for (const Header& header : request.headers)
    if (header.name == name) return header.value;
  return "no header " + name;
}

std::string signed_for_s3(HttpRequest request) {
  sign_v4(request, keys_of_s3(), "us-east-1", "s3", kOfS3);
  return value_of(request, "authorization");
}

std::string signature_in_suite(HttpRequest request) {
  sign_v4(request, keys_of_suite(), "us-east-1", "service", kOfSuite);
  const std::string value = value_of(request, "authorization");
  return value.substr(value.rfind('=') + 1);
}

const std::string kS3Begin =
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
    "SignedHeaders=";

TEST(SigV4Test, APartOfAnObjectIsReadAsAwsPublishedIt) {
  EXPECT_EQ(signed_for_s3({.url = "https://examplebucket.s3.amazonaws.com/test.txt",
                           .headers = {{"Range", "bytes=0-9"}}}),
            kS3Begin +
                "host;range;x-amz-content-sha256;x-amz-date,Signature="
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4Test, AnObjectIsWrittenAsAwsPublishedIt) {
  EXPECT_EQ(signed_for_s3({.method = "PUT",
                           .url = "https://examplebucket.s3.amazonaws.com/test%24file.text",
                           .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                                       {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                           .body = "Welcome to Amazon S3.",
                           .has_body = true}),
            kS3Begin +
                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature="
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4Test, AQueryWithoutAValueIsSignedAsAwsPublishedIt) {
  EXPECT_EQ(signed_for_s3({.url = "https://examplebucket.s3.amazonaws.com/?lifecycle"}),
            kS3Begin +
                "host;x-amz-content-sha256;x-amz-date,Signature="
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(SigV4Test, AListIsSignedAsAwsPublishedItInAnyOrderOfTheQuery) {
  for (const char* query : {"max-keys=2&prefix=J", "prefix=J&max-keys=2"})
    EXPECT_EQ(
        signed_for_s3({.url = std::string("https://examplebucket.s3.amazonaws.com/?") + query}),
        kS3Begin +
            "host;x-amz-content-sha256;x-amz-date,Signature="
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4Test, TheSuitesRequestsHaveTheSuitesSignatures) {
  EXPECT_EQ(signature_in_suite({.url = "https://example.amazonaws.com/"}),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  EXPECT_EQ(signature_in_suite({.method = "POST", .url = "https://example.amazonaws.com/"}),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
  EXPECT_EQ(
      signature_in_suite({.url = "https://example.amazonaws.com/?Param2=value2&Param1=value1"}),
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(SigV4Test, ATemporaryKeysTokenIsSignedAndSecret) {
  AwsKeys keys = keys_of_s3();
  keys.session_token = Secret("token-1");
  HttpRequest request = {.url = "https://h/"};
  sign_v4(request, keys, "us-east-1", "s3", kOfS3);
  EXPECT_EQ(value_of(request, "x-amz-security-token"), "token-1");
  EXPECT_NE(value_of(request, "authorization").find(";x-amz-security-token,"), std::string::npos);
  for (const Header& header : request.headers)
    EXPECT_EQ(header.secret,
              header.name == "authorization" || header.name == "x-amz-security-token")
        << header.name;
}

TEST(SigV4Test, AnOwnPortIsPartOfTheHostUnlessItIsTheSchemes) {
  EXPECT_EQ(signed_for_s3({.url = "https://h:443/"}), signed_for_s3({.url = "https://h/"}));
  EXPECT_NE(signed_for_s3({.url = "https://h:8443/"}), signed_for_s3({.url = "https://h/"}));
}

}  // namespace
}  // namespace jim
