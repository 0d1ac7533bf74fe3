#include "core/net/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

/// `20130524T000000Z`.
std::string compact_time(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

struct UrlParts {
  std::string host = {};  ///< with the port where it is not the scheme's own
  std::string path = {};
  std::string query = {};
};

UrlParts parts_of(std::string_view url) {
  UrlParts parts;
  const std::size_t scheme = url.find("://");
  const std::string_view own_port = url.substr(0, scheme) == "https" ? ":443" : ":80";
  std::string_view rest = url.substr(scheme == std::string_view::npos ? 0 : scheme + 3);
  rest = rest.substr(0, rest.find('#'));
  if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
    parts.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parts.host = rest.substr(0, slash);
  if (parts.host.ends_with(own_port)) parts.host.resize(parts.host.size() - own_port.size());
  parts.path = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  return parts;
}

std::string canonical_query(const std::string& query) {
  if (query.empty()) return {};
  std::vector<std::string> fields = split(query, "&");
  for (std::string& field : fields)
    if (field.find('=') == std::string::npos) field += '=';
  // By name, then by value: '=' sorts behind some characters that a name may have.
  const auto halves = [](const std::string& field) {
    const std::size_t equals = field.find('=');
    return std::pair(field.substr(0, equals), field.substr(equals + 1));
  };
  std::sort(fields.begin(), fields.end(),
            [&](const std::string& a, const std::string& b) { return halves(a) < halves(b); });
  return join(fields, "&");
}

/// One line, blanks at the ends gone and those within made one.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : trim(value))
    if (c != ' ' || !out.ends_with(' ')) out += c;
  return out;
}

}  // namespace

void sign_v4(HttpRequest& request, const AwsKeys& keys, const std::string& region,
             const std::string& service, std::chrono::system_clock::time_point time) {
  const std::string now = compact_time(time);
  const std::string hash = sha256_hex(request.body);
  request.headers.push_back({.name = "x-amz-date", .value = now});
  if (service == "s3") request.headers.push_back({.name = "x-amz-content-sha256", .value = hash});
  if (!keys.session_token.empty())
    request.headers.push_back(
        {.name = "x-amz-security-token", .value = keys.session_token.reveal(), .secret = true});

  const UrlParts url = parts_of(request.url);
  std::map<std::string, std::string> headers = {{"host", url.host}};
  for (const Header& header : request.headers) {
    const auto [place, fresh] = headers.emplace(lower(header.name), canonical_value(header.value));
    if (!fresh) place->second += "," + canonical_value(header.value);
  }
  std::string lines;
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    lines += name + ":" + value + "\n";
    names.push_back(name);
  }
  const std::string signed_names = join(names, ";");
  const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, url.path,
                                            canonical_query(url.query), lines, signed_names, hash);
  const std::string day = now.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region, service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, now, scope, sha256_hex(canonical));
  const std::string day_key = hmac_sha256("AWS4" + keys.secret_key.reveal(), day);
  const std::string region_key = hmac_sha256(day_key, region);
  const std::string service_key = hmac_sha256(region_key, service);
  const std::string key = hmac_sha256(service_key, "aws4_request");
  request.headers.push_back(
      {.name = "authorization",
       .value = fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm,
                            keys.access_key, scope, signed_names, hmac_sha256_hex(key, to_sign)),
       .secret = true});
}

}  // namespace jim
