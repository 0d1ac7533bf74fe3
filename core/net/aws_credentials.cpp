#include "core/net/aws_credentials.h"

#include <fmt/format.h>

#include <ctime>
#include <map>

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/net/xml_text.h"

namespace jim {

namespace {

/// Temporary keys are replaced that long before they end.
constexpr std::chrono::minutes kEarlier(5);
constexpr std::size_t kFileLimit = 1u << 20;

Diagnostic unauthorized(std::string message, std::string hint) {
  return {.code = ErrorCode::unauthorized, .message = std::move(message), .hint = std::move(hint)};
}

/// The settings of one section of an INI file; nullopt when there is no such section.
std::optional<std::map<std::string, std::string>> section_of(const std::string& text,
                                                             const std::string& wanted) {
  std::optional<std::map<std::string, std::string>> found;
  bool inside = false;
  for (const std::string& whole : split(text, "\n")) {
    const std::string_view line = trim(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = trim(line.substr(1, line.find(']') - 1)) == wanted;
      if (inside && !found) found.emplace();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (inside && equals != std::string_view::npos)
      (*found)[lower(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
  }
  return found;
}

/// `2026-11-24T15:04:05Z`, with or without a fraction.
std::optional<std::chrono::system_clock::time_point> time_of(const std::string& text) {
  std::tm parts = {};
  if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

}  // namespace

AwsCredentials::AwsCredentials(EventLoop& loop, Http& http, AwsCredentialSettings settings)
    : loop_(loop), http_(http), settings_(std::move(settings)) {}

std::optional<std::string> AwsCredentials::variable(const std::string& name) const {
  auto value = settings_.environment ? settings_.environment(name) : std::nullopt;
  if (value && value->empty()) return std::nullopt;
  return value;
}

Task<Result<AwsKeys>> AwsCredentials::keys() {
  if (known_ && (!ends_ || loop_.clock().wall() + kEarlier < *ends_)) co_return *known_;
  ends_.reset();
  known_.reset();
  Result<AwsKeys> found = AwsKeys();
  const auto access = variable("AWS_ACCESS_KEY_ID");
  const auto secret = variable("AWS_SECRET_ACCESS_KEY");
  const auto token_file = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto role = variable("AWS_ROLE_ARN");
  if (!settings_.profile.empty()) {
    found = read_profile(settings_.profile);
  } else if (access && secret) {
    found = AwsKeys{.access_key = *access,
                    .secret_key = Secret(*secret),
                    .session_token = Secret(variable("AWS_SESSION_TOKEN").value_or(""))};
  } else if (access || secret) {
    found = unauthorized(fmt::format("{} is set and {} is not",
                                     access ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                                     access ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID"),
                         "set both, or neither");
  } else if (token_file && role) {
    found = co_await assume_role(*token_file, *role);
  } else {
    found = read_profile(variable("AWS_PROFILE").value_or("default"));
  }
  if (found) known_ = *found;
  co_return found;
}

Result<AwsKeys> AwsCredentials::read_profile(const std::string& profile) const {
  std::string path = variable("AWS_SHARED_CREDENTIALS_FILE").value_or("");
  if (path.empty()) path = variable("HOME").value_or("") + "/.aws/credentials";
  const std::string shown = escape_control(path);
  const auto text = DiskFiles().read(path, kFileLimit);
  if (!text && text.error().code == ErrorCode::not_found)
    return unauthorized(
        fmt::format("no AWS credentials were found: AWS_ACCESS_KEY_ID is not set and there is no "
                    "file {}",
                    shown),
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write that file");
  if (!text) return unauthorized(text.error().message, "make the file readable");
  const auto section = section_of(*text, profile);
  if (!section)
    return unauthorized(
        fmt::format("the file {} has no profile '{}'", shown, escape_control(profile)),
        "name one that it has by AWS_PROFILE or 'profile' below 'state'");
  const auto value = [&](const char* name) {
    const auto found = section->find(name);
    return found == section->end() ? std::string() : found->second;
  };
  AwsKeys keys = {.access_key = value("aws_access_key_id"),
                  .secret_key = Secret(value("aws_secret_access_key")),
                  .session_token = Secret(value("aws_session_token"))};
  if (keys.access_key.empty() || keys.secret_key.empty())
    return unauthorized(
        fmt::format("the profile '{}' in {} lacks {}", escape_control(profile), shown,
                    keys.access_key.empty() ? "aws_access_key_id" : "aws_secret_access_key"),
        "jim reads keys from that file, and does not follow 'role_arn' or 'sso' in it");
  return keys;
}

Task<Result<AwsKeys>> AwsCredentials::assume_role(std::string token_file, std::string role) {
  const auto token = DiskFiles().read(token_file, kFileLimit);
  if (!token)
    co_return unauthorized(token.error().message, "AWS_WEB_IDENTITY_TOKEN_FILE names this file");
  const std::string session = variable("AWS_ROLE_SESSION_NAME").value_or("jim");
  std::string body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=";
  body += url_encode(role) + "&RoleSessionName=" + url_encode(session) +
          "&WebIdentityToken=" + url_encode(trim(*token));
  std::string url = variable("AWS_ENDPOINT_URL_STS").value_or("");
  if (url.empty()) url = "https://sts." + settings_.region + ".amazonaws.com";
  if (!url.ends_with('/')) url += '/';
  HttpRequest request = {
      .method = "POST",
      .url = url,
      .headers = {{.name = "content-type", .value = "application/x-www-form-urlencoded"}},
      .body = std::move(body),
      .has_body = true,
      .options = settings_.options};
  const auto reply = co_await http_.send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) {
    const std::string code = xml_text(reply->body, "Code");
    const std::string text = xml_text(reply->body, "Message");
    co_return Diagnostic{
        .code = reply->status >= 500 ? ErrorCode::unavailable : ErrorCode::unauthorized,
        .message = fmt::format("STS at {} gives no keys for the role {}: {} {} {}",
                               escape_control(url_for_log(url)), escape_control(role),
                               reply->status, escape_control(code), escape_control(text)),
        .hint = "look at AWS_ROLE_ARN, and at whom that role trusts"};
  }
  AwsKeys keys = {.access_key = xml_text(reply->body, "AccessKeyId"),
                  .secret_key = Secret(xml_text(reply->body, "SecretAccessKey")),
                  .session_token = Secret(xml_text(reply->body, "SessionToken"))};
  if (keys.access_key.empty() || keys.secret_key.empty())
    co_return unauthorized(
        fmt::format("STS at {} answered without keys", escape_control(url_for_log(url))),
        "look at AWS_ENDPOINT_URL_STS");
  ends_ = time_of(xml_text(reply->body, "Expiration"));
  co_return keys;
}

}  // namespace jim
