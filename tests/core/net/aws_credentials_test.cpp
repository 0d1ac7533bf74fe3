#include "core/net/aws_credentials.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "core/net/xml_text.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"

namespace jim {
namespace {

class AwsCredentialsTest : public testing::Test {
 protected:
  AwsCredentialsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "jim-aws-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    variables_["HOME"] = folder_;
    std::filesystem::create_directory(folder_ + "/.aws");
  }
  ~AwsCredentialsTest() override { std::filesystem::remove_all(folder_); }

  AwsCredentials credentials(const std::string& profile = "") {
    return {loop_,
            http_,
            {.environment = [this](const std::string& name) -> std::optional<std::string> {
               const auto found = variables_.find(name);
               return found == variables_.end() ? std::nullopt : std::optional(found->second);
             },
             .profile = profile,
             .region = "eu-north-1"}};
  }
  void file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }
  /// `access secret token`, or the error.
  std::string keys(AwsCredentials& from) {
    const auto keys = loop_.run(from.keys());
    if (!keys) return keys.error().message;
    return keys->access_key + " " + keys->secret_key.reveal() + " " + keys->session_token.reveal();
  }
  std::string keys(const std::string& profile = "") {
    AwsCredentials from = credentials(profile);
    return keys(from);
  }

  FakeClock clock_ = {};
  EventLoop loop_{clock_};
  FakeHttp http_ = {};
  std::map<std::string, std::string> variables_ = {};
  std::string folder_;
};

const std::string kFile =
    "# ours\n[default]\naws_access_key_id = AKD\naws_secret_access_key=sd=/+\n\n"
    "[ci]\r\nAWS_ACCESS_KEY_ID = AKC\r\naws_secret_access_key = sc\r\naws_session_token = tc\r\n"
    "[half]\naws_access_key_id = AKH\n";

const std::string kGiven =
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
    "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s&amp;1</SecretAccessKey>"
    "<SessionToken>t1</SessionToken><Expiration>2026-11-24T13:00:00Z</Expiration>"
    "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

const std::string kAsked =
    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%"
    "2Fjim"
    "&RoleSessionName=jim&WebIdentityToken=header.body";

TEST_F(AwsCredentialsTest, TheEnvironmentComesBeforeTheFile) {
  file(".aws/credentials", kFile);
  variables_["AWS_ACCESS_KEY_ID"] = "AKE";
  variables_["AWS_SECRET_ACCESS_KEY"] = "se";
  EXPECT_EQ(keys(), "AKE se ");
  variables_["AWS_SESSION_TOKEN"] = "te";
  EXPECT_EQ(keys(), "AKE se te");
}

TEST_F(AwsCredentialsTest, AProfileOfTheSettingsComesBeforeTheEnvironment) {
  file(".aws/credentials", kFile);
  variables_["AWS_ACCESS_KEY_ID"] = "AKE";
  variables_["AWS_SECRET_ACCESS_KEY"] = "se";
  EXPECT_EQ(keys("ci"), "AKC sc tc");
}

TEST_F(AwsCredentialsTest, TheFileHasProfiles) {
  file(".aws/credentials", kFile);
  EXPECT_EQ(keys(), "AKD sd=/+ ");
  variables_["AWS_PROFILE"] = "ci";
  EXPECT_EQ(keys(), "AKC sc tc");
  variables_["AWS_PROFILE"] = "none";
  EXPECT_EQ(keys(), "the file " + folder_ + "/.aws/credentials has no profile 'none'");
  variables_["AWS_PROFILE"] = "half";
  EXPECT_EQ(keys(),
            "the profile 'half' in " + folder_ + "/.aws/credentials lacks aws_secret_access_key");
}

TEST_F(AwsCredentialsTest, TheFileMayLieElsewhere) {
  file("mine", kFile);
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = folder_ + "/mine";
  EXPECT_EQ(keys(), "AKD sd=/+ ");
}

TEST_F(AwsCredentialsTest, WithoutAnyTheErrorSaysWhatToSet) {
  const auto found = loop_.run(credentials().keys());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(found.error().message,
            "no AWS credentials were found: AWS_ACCESS_KEY_ID is not set and there is no file " +
                folder_ + "/.aws/credentials");
  EXPECT_EQ(found.error().hint,
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write that file");
  variables_["AWS_ACCESS_KEY_ID"] = "AKE";
  EXPECT_EQ(keys(), "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
}

TEST_F(AwsCredentialsTest, AWebIdentityIsChangedIntoKeysAndAgainBeforeTheyEnd) {
  file("token", "header.body\n");
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder_ + "/token";
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/jim";
  AwsCredentials from = credentials();
  http_.expect("POST", "https://sts.eu-north-1.amazonaws.com/", reply(200, kGiven), kAsked);
  EXPECT_EQ(keys(from), "ASIA s&1 t1");
  clock_.advance(std::chrono::minutes(54));
  EXPECT_EQ(keys(from), "ASIA s&1 t1");
  clock_.advance(std::chrono::minutes(2));
  http_.expect("POST", "https://sts.eu-north-1.amazonaws.com/", reply(200, kGiven), kAsked);
  EXPECT_EQ(keys(from), "ASIA s&1 t1");
}

TEST_F(AwsCredentialsTest, AnStsThatRefusesIsToldWithoutTheToken) {
  file("token", "canary-7");
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder_ + "/token";
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/jim";
  variables_["AWS_ENDPOINT_URL_STS"] = "http://sts.test:81";
  http_.expect("POST", "http://sts.test:81/",
               reply(403,
                     "<ErrorResponse><Error><Code>AccessDenied</Code>"
                     "<Message>Not authorized</Message></Error></ErrorResponse>"));
  const auto refused = loop_.run(credentials().keys());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthorized);
  EXPECT_EQ(refused.error().message,
            "STS at http://sts.test:81/ gives no keys for the role arn:aws:iam::1:role/jim: 403 "
            "AccessDenied Not authorized");
  EXPECT_EQ(refused.error().hint, "look at AWS_ROLE_ARN, and at whom that role trusts");
}

TEST(XmlTextTest, TextsOfElementsComeInOrderAndDecoded) {
  const char* xml =
      "<?xml version=\"1.0\"?><List xmlns=\"x\"><Key>a&amp;b</Key><KeyCount>2</KeyCount>"
      "<Key kind=\"k\">&#x2f;&quot;&unknown;</Key><Key/></List>";
  EXPECT_EQ(xml_texts(xml, "Key"), (std::vector<std::string>{"a&b", "/\"&unknown;", ""}));
  EXPECT_EQ(xml_text(xml, "KeyCount"), "2");
  EXPECT_EQ(xml_text(xml, "None"), "");
  for (const char* broken : {"<Key", "<Key>", "<Key>a", "<Key>&", "<Key>&</Key", "<", ""})
    EXPECT_LE(xml_texts(broken, "Key").size(), 1u) << broken;
}

}  // namespace
}  // namespace jim
