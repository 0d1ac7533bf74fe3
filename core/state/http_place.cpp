#include "core/state/http_place.h"

#include <fmt/format.h>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace jim {

namespace {

struct Parts {
  std::string user = {};
  std::string password = {};
  std::string bare = {};  ///< without both
  std::string host = {};  ///< with its port
  bool secure = false;
};

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      const char c = at < text.size() ? text[at] : ' ';
      if (c >= '0' && c <= '9') return c - '0';
      const char low = static_cast<char>(c | 0x20);
      return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    };
    const bool escaped = text[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0;
    out += escaped ? static_cast<char>(digit(i + 1) * 16 + digit(i + 2)) : text[i];
    if (escaped) i += 2;
  }
  return out;
}

std::optional<Parts> split_url(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return std::nullopt;
  const std::string name = lower(url.substr(0, scheme));
  if (name != "http" && name != "https") return std::nullopt;
  Parts parts = {.secure = name == "https"};
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const std::string authority = url.substr(begin, end - begin);
  const std::size_t at = authority.rfind('@');
  parts.host = at == std::string::npos ? authority : authority.substr(at + 1);
  if (at != std::string::npos) {
    const std::string info = authority.substr(0, at);
    const std::size_t colon = info.find(':');
    parts.user = decode(info.substr(0, colon));
    if (colon != std::string::npos) parts.password = decode(info.substr(colon + 1));
  }
  parts.bare = name + "://" + parts.host + url.substr(end);
  const bool clean = url.find_first_of(std::string_view(" \t\r\n#\0", 6)) == std::string::npos;
  // A password that holds both @ and / would send a part of itself to a host of that name.
  const bool doubtful = at != std::string::npos && url.find('@', end) != std::string::npos;
  if (parts.host.empty() || parts.host.starts_with(':') || !clean || doubtful) return std::nullopt;
  return parts;
}

/// A shorter value of a query is too likely to stand somewhere by chance.
constexpr std::size_t kShortestSecret = 8;

/// The values of a URL's query, as they stand there and decoded: one may be a token.
void add_query(const std::string& url, std::vector<std::string>& secrets) {
  const std::size_t query = url.find('?');
  if (query == std::string::npos) return;
  for (const std::string& part : split(std::string_view(url).substr(query + 1), "&")) {
    const std::string value = part.substr(part.find('=') + 1);  // npos + 1 is 0
    for (const std::string& one : {value, decode(value)})
      if (one.size() >= kShortestSecret) secrets.push_back(one);
  }
}

bool is_this_machine(const std::string& host_and_port) {
  if (host_and_port.starts_with("[::1]")) return true;
  const std::string host = lower(host_and_port.substr(0, host_and_port.find(':')));
  return host == "localhost" || host.ends_with(".localhost") ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

/// GitLab serves the protocol under its own API, with methods that any proxy lets through.
bool is_gitlab(const std::string& url) {
  const std::size_t api = url.find("/api/v4/projects/");
  return api != std::string::npos && url.find("/terraform/state/", api) != std::string::npos;
}

std::string with_path(std::string url, const std::string& more) {
  url.insert(std::min(url.find('?'), url.size()), more);
  return url;
}

Diagnostic wrong(const StoreSettings& settings, std::string message, std::string hint) {
  return {.code = ErrorCode::invalid_config,
          .message = std::move(message),
          .hint = std::move(hint),
          .where = settings.where};
}

/// The URL without user and password, if state may be sent there.
Result<Parts> checked(const StoreSettings& settings, const std::string& url) {
  auto parts = split_url(url);
  const std::string shown = escape_control(url_for_log(url));
  if (!parts)
    return wrong(settings, fmt::format("'{}' is no URL for the state", shown),
                 "such as https://gitlab.example/api/v4/projects/7/terraform/state/NAME; user and "
                 "password stand better in 'user' and 'password' of a map below 'state'");
  if (!parts->secure && !is_this_machine(parts->host))
    return wrong(settings, fmt::format("state would travel unprotected to '{}'", shown),
                 "use https; plain http is for servers on this machine");
  return *std::move(parts);
}

}  // namespace

std::string with_query(std::string url, const std::string& name, const std::string& value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + name + "=" + url_encode(value);
}

Result<HttpPlace> http_place(const StoreSettings& settings) {
  const auto parts = checked(settings, settings.url);
  if (!parts) return parts.error();
  HttpPlace place = {.url = parts->bare,
                     .lock_url = with_path(parts->bare, "/lock"),
                     .update_method = settings.update_method,
                     .lock_method = settings.lock_method,
                     .unlock_method = settings.unlock_method,
                     .shown = escape_control(url_for_log(parts->bare))};
  const StoreSettings defaults;
  if (is_gitlab(parts->bare)) {
    if (place.lock_method == defaults.lock_method) place.lock_method = "POST";
    if (place.unlock_method == defaults.unlock_method) place.unlock_method = "DELETE";
  }
  if (!settings.lock_url.empty()) {
    const auto other = checked(settings, settings.lock_url);
    if (!other) return other.error();
    place.lock_url = other->bare;
  }
  place.unlock_url = place.lock_url;
  if (!settings.unlock_url.empty()) {
    const auto other = checked(settings, settings.unlock_url);
    if (!other) return other.error();
    place.unlock_url = other->bare;
  }
  const std::string user = settings.user.empty() ? parts->user : settings.user;
  const std::string password =
      settings.password.empty() ? parts->password : settings.password.reveal();
  if (!user.empty() || !password.empty()) {
    const std::string coded = base64_encode(user + ":" + password);
    place.authorization = Secret("Basic " + coded);
    place.secrets = {coded, password};
  }
  for (const std::string& url : {place.url, place.lock_url, place.unlock_url})
    add_query(url, place.secrets);
  place.options.connect_timeout = std::chrono::seconds(10);
  place.options.ca_file = settings.ca_file;
  place.options.client_certificate = settings.client_certificate;
  place.options.client_key = settings.client_key;
  return place;
}

}  // namespace jim
