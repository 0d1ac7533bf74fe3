#include "core/state/s3_objects.h"

#include <fmt/format.h>

#include <ctime>

#include "core/base/conceal.h"
#include "core/base/text.h"
#include "core/net/xml_text.h"
#include "core/state/s3_problem.h"

namespace jim {

namespace {

std::optional<WallTime> read_time(const std::string& text, const char* format) {
  std::tm parts = {};
  if (strptime(text.c_str(), format, &parts) == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::optional<WallTime> header_time(const HttpResponse& reply, const char* name) {
  const std::string* value = reply.header(name);
  return value == nullptr ? std::nullopt : read_time(*value, "%a, %d %b %Y %H:%M:%S GMT");
}

/// A key as it stands in a URL.
std::string encoded_path(const std::string& key) {
  std::vector<std::string> parts = split(key, "/");
  for (std::string& part : parts) part = url_encode(part);
  return join(parts, "/");
}

/// 404, and about the object: a missing bucket is a mistake in the settings.
bool is_absent(const HttpResponse& reply) {
  return reply.status == 404 && xml_text(reply.body, "Code") != "NoSuchBucket";
}

}  // namespace

S3Objects::S3Objects(EventLoop& loop, Http& http, S3Place place, AwsCredentialSettings credentials)
    : loop_(loop),
      http_(http),
      place_(std::move(place)),
      credentials_(loop, http, std::move(credentials)) {}

std::string S3Objects::bucket_url() const {
  if (place_.path_style) return place_.endpoint + "/" + url_encode(place_.bucket);
  const std::size_t host = place_.endpoint.find("://") + 3;
  return place_.endpoint.substr(0, host) + place_.bucket + "." + place_.endpoint.substr(host);
}

std::string S3Objects::url(const std::string& name) const {
  const std::string object = bucket_url() + "/" + encoded_path(place_.key);
  return name.empty() ? object : object + ".d/" + url_encode(name);
}

WallTime S3Objects::server_time(const HttpResponse& reply) const {
  return header_time(reply, "date").value_or(loop_.clock().wall());
}

Task<Result<HttpResponse>> S3Objects::send(HttpRequest request) {
  request.options = place_.options;
  for (int tried = 0;; ++tried) {
    const auto keys = co_await credentials_.keys();
    if (!keys) co_return keys.error();
    HttpRequest signed_request = request;
    sign_v4(signed_request, *keys, place_.region, "s3", loop_.clock().wall() + skew_);
    auto reply = co_await http_.send(std::move(signed_request));
    if (!reply) co_return s3_unreachable(place_, reply.error());
    if (reply->status < 400) co_return reply;
    secrets_ = {keys->secret_key.reveal(), keys->session_token.reveal()};
    if (tried > 0) co_return reply;
    // Two refusals that can be mended here; whatever was refused was not done.
    const std::string code = xml_text(reply->body, "Code");
    const auto now = header_time(*reply, "date");
    if (code == "RequestTimeTooSkewed" && now)
      skew_ = std::chrono::duration_cast<std::chrono::seconds>(*now - loop_.clock().wall());
    else if (code == "ExpiredToken")
      credentials_.forget();
    else
      co_return reply;
  }
}

/// What the server says may repeat what it was sent.
Diagnostic S3Objects::refused(const std::string& method, const HttpResponse& reply) const {
  Diagnostic error = s3_problem(place_, method, reply);
  error.message = conceal(std::move(error.message), secrets_);
  return error;
}

Task<Result<S3Object>> S3Objects::get(std::string name) {
  HttpRequest request = {.url = url(name)};
  const auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  if (is_absent(*reply)) {
    S3Object absent;
    absent.now = server_time(*reply);
    co_return absent;
  }
  if (reply->status != 200) co_return refused("GET", *reply);
  const std::string* etag = reply->header("etag");
  const auto modified = header_time(*reply, "last-modified");
  if (etag == nullptr || !modified)
    co_return Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = fmt::format("the state {}: {} answers without ETag or Last-Modified",
                               place_.shown, escape_control(place_.endpoint)),
        .hint = "see whether that is an S3 server: look at 'state:' and its 'endpoint'"};
  S3Object object = {.exists = true,
                     .body = reply->body,
                     .etag = *etag,
                     .modified = *modified,
                     .now = server_time(*reply)};
  co_return object;
}

Task<Result<S3Written>> S3Objects::put(std::string name, std::string body, S3Condition condition) {
  HttpRequest request = {
      .method = "PUT", .url = url(name), .body = std::move(body), .has_body = true};
  request.headers.push_back({.name = "content-type", .value = "application/octet-stream"});
  const bool conditional = condition.absent || !condition.etag.empty();
  if (condition.absent) request.headers.push_back({.name = "if-none-match", .value = "*"});
  if (!condition.etag.empty())
    request.headers.push_back({.name = "if-match", .value = condition.etag});
  const auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  S3Written written;
  written.now = server_time(*reply);
  // AWS answers 409 when another PUT came in between, and 404 to If-Match when nothing is there.
  written.refused =
      conditional && (reply->status == 412 || reply->status == 409 || is_absent(*reply));
  if (!written.refused && reply->status != 200) co_return refused("PUT", *reply);
  if (const std::string* etag = reply->header("etag"); etag != nullptr) written.etag = *etag;
  co_return written;
}

Task<Result<void>> S3Objects::remove(std::string name) {
  HttpRequest request = {.method = "DELETE", .url = url(name)};
  const auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  const bool gone = reply->status == 204 || reply->status == 200 || is_absent(*reply);
  if (!gone) co_return refused("DELETE", *reply);
  co_return Result<void>();
}

Task<Result<std::vector<S3Listed>>> S3Objects::list() {
  HttpRequest request = {.url = bucket_url() +
                                "?list-type=2&prefix=" + url_encode(place_.key + ".d/")};
  const auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return refused("GET", *reply);
  const auto keys = xml_texts(reply->body, "Key");
  const auto times = xml_texts(reply->body, "LastModified");
  std::vector<S3Listed> listed;
  for (std::size_t i = 0; i < keys.size() && i < times.size(); ++i) {
    const auto time = read_time(times[i], "%Y-%m-%dT%H:%M:%S");
    const std::string begin = place_.key + ".d/";
    if (time && keys[i].starts_with(begin))
      listed.push_back({.name = keys[i].substr(begin.size()), .modified = *time});
  }
  co_return listed;
}

}  // namespace jim
