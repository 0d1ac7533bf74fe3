#include "tests/fakes/simulated_s3.h"

#include <fmt/format.h>

#include <ctime>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/net/sigv4.h"

namespace jim {

namespace {

using Time = std::chrono::system_clock::time_point;

std::string formatted(Time time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text = {};
  std::strftime(text.data(), text.size(), format, &parts);
  return text.data();
}

std::string http_date(Time time) { return formatted(time, "%a, %d %b %Y %H:%M:%S GMT"); }

std::string header(const HttpRequest& request, const std::string& name) {
  for (const Header& one : request.headers)
    if (lower(one.name) == name) return one.value;
  return {};
}

std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string parameter(const std::string& query, const std::string& name) {
  for (const std::string& field : split(query, "&"))
    if (field.starts_with(name + "=")) return decoded(field.substr(name.size() + 1));
  return {};
}

/// `20270115T080000Z`.
Time signed_time(const std::string& text) {
  std::tm parts = {};
  if (strptime(text.c_str(), "%Y%m%dT%H%M%SZ", &parts) == nullptr) return {};
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

}  // namespace

HttpResponse SimulatedS3::refuse(int status, const std::string& code) const {
  return {.status = status,
          .headers = {{"date", http_date(now())}},
          .body = R"(<?xml version="1.0" encoding="UTF-8"?><Error><Code>)" + code +
                  "</Code><Message></Message></Error>"};
}

std::string SimulatedS3::wrong_with_signature(const HttpRequest& request) const {
  const std::string authorization = header(request, "authorization");
  if (authorization.empty()) return "AccessDenied";
  if (authorization.find(fmt::format("Credential={}/", kAccessKey)) == std::string::npos)
    return "InvalidAccessKeyId";
  const Time time = signed_time(header(request, "x-amz-date"));
  if (time > now() + std::chrono::minutes(15) || time < now() - std::chrono::minutes(15))
    return "RequestTimeTooSkewed";
  HttpRequest again = request;
  std::erase_if(again.headers, [](const Header& one) {
    return one.name == "authorization" || one.name.starts_with("x-amz-");
  });
  sign_v4(again, {.access_key = kAccessKey, .secret_key = Secret(kSecretKey)}, "us-east-1", "s3",
          time);
  return header(again, "authorization") == authorization ? "" : "SignatureDoesNotMatch";
}

Result<HttpResponse> SimulatedS3::answer(const HttpRequest& request) {
  const std::string base = std::string(kEndpoint) + "/";
  if (!request.url.starts_with(base))
    return Diagnostic{.code = ErrorCode::unavailable, .message = "could not resolve host"};
  if (const std::string wrong = wrong_with_signature(request); !wrong.empty())
    return refuse(403, wrong);
  if (header(request, "x-amz-content-sha256") != sha256_hex(request.body))
    return refuse(400, "XAmzContentSHA256Mismatch");
  std::string path = request.url.substr(base.size());
  std::string query;
  if (const std::size_t question = path.find('?'); question != std::string::npos) {
    query = path.substr(question + 1);
    path.resize(question);
  }
  const std::size_t slash = std::min(path.find('/'), path.size());
  if (path.substr(0, slash) != kBucket) return refuse(404, "NoSuchBucket");
  const std::string key = slash < path.size() ? decoded(path.substr(slash + 1)) : "";
  if (request.method == "GET" && key.empty()) return list(query);
  if (request.method == "GET") return get(key);
  if (request.method == "PUT") return put(key, request);
  if (request.method != "DELETE") return refuse(405, "MethodNotAllowed");
  objects.erase(key);
  return HttpResponse{.status = 204, .headers = {{"date", http_date(now())}}};
}

HttpResponse SimulatedS3::get(const std::string& key) const {
  const auto found = objects.find(key);
  if (found == objects.end()) return refuse(404, "NoSuchKey");
  return {.status = 200,
          .headers = {{"date", http_date(now())},
                      {"last-modified", http_date(found->second.modified)},
                      {"etag", found->second.etag}},
          .body = found->second.body};
}

bool SimulatedS3::fits(const std::string& key, const HttpRequest& request) const {
  const auto found = objects.find(key);
  if (header(request, "if-none-match") == "*" && found != objects.end()) return false;
  const std::string wanted = header(request, "if-match");
  if (wanted.empty()) return true;
  if (found == objects.end()) return false;
  const std::string& etag = found->second.etag;
  return wanted == (etags_ == Etags::in_quotes ? etag : etag.substr(1, etag.size() - 2));
}

HttpResponse SimulatedS3::put(const std::string& key, const HttpRequest& request) {
  if (!ignores_conditions && !fits(key, request)) return refuse(412, "PreconditionFailed");
  Object& object = objects[key];
  object = {.body = request.body,
            .etag = "\"" + md5_hex(request.body) + "\"",
            .modified = std::chrono::floor<std::chrono::seconds>(now())};
  return {.status = 200, .headers = {{"date", http_date(now())}, {"etag", object.etag}}};
}

HttpResponse SimulatedS3::list(const std::string& query) const {
  const std::string prefix = parameter(query, "prefix");
  std::string contents;
  std::size_t count = 0;
  bool truncated = false;
  for (const auto& [key, object] : objects) {
    if (!key.starts_with(prefix)) continue;
    truncated = count == page;
    if (truncated) break;
    ++count;
    contents += fmt::format("<Contents><Key>{}</Key><LastModified>{}</LastModified></Contents>",
                            key, formatted(object.modified, "%Y-%m-%dT%H:%M:%S.000Z"));
  }
  return {
      .status = 200,
      .headers = {{"date", http_date(now())}},
      .body = fmt::format("<ListBucketResult><IsTruncated>{}</IsTruncated>{}</ListBucketResult>",
                          truncated, contents)};
}

Task<Result<HttpResponse>> SimulatedS3Http::send(HttpRequest request) {
  co_await loop_.yield();
  co_return server_.answer(request);
}

}  // namespace jim
