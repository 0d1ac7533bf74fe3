#include "core/net/http.h"

#include <algorithm>
#include <cctype>

#include "core/net/event_loop.h"

namespace jim {

const std::string* HttpResponse::header(std::string_view name) const {
  for (const Header& one : headers)
    if (one.name == name) return &one.value;
  return nullptr;
}

namespace {

/// False for `user:secr`, the beginning of `user:secr/et@host`. An address in brackets is a host.
bool ends_in_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.starts_with('[')) return true;
  return authority.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

}  // namespace

std::string url_for_log(std::string_view url) {
  std::string shown(url.substr(0, url.find_first_of("?#")));
  const std::size_t scheme = shown.find("://");
  // Without a scheme it is no URL yet, and may still begin with somebody's password.
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t path = shown.find('/', host);
  const std::size_t at = shown.rfind('@', path);
  const bool named = at != std::string::npos && at > host;
  // A password with both @ and / in it, or with one of /?# in it.
  const bool torn = named ? shown.find('@', path) != std::string::npos
                          : !ends_in_port(std::string_view(shown).substr(host, path - host));
  if (torn)
    shown.replace(host, std::string::npos, "(sensitive)");
  else if (named)
    shown.erase(host, at + 1 - host);
  return shown;
}

bool HttpRequest::must_not_leave() const {
  return std::any_of(unless.begin(), unless.end(),
                     [](const StopFlag* flag) { return flag->requested(); });
}

Diagnostic stopped_before(const HttpRequest& request) {
  return {
      .code = ErrorCode::cancelled,
      .message = "stopped before " + request.method + " " + url_for_log(request.url) + " was sent"};
}

std::string url_encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

}  // namespace jim
