#include "core/net/http.h"

#include <cctype>

namespace jim {

const std::string* HttpResponse::header(std::string_view name) const {
  for (const Header& one : headers)
    if (one.name == name) return &one.value;
  return nullptr;
}

std::string url_for_log(std::string_view url) {
  std::string shown(url.substr(0, url.find_first_of("?#")));
  const std::size_t scheme = shown.find("://");
  if (scheme == std::string::npos) return shown;
  const std::size_t host = scheme + 3;
  const std::size_t path = shown.find('/', host);
  const std::size_t at = shown.rfind('@', path);
  if (at != std::string::npos && at > host) shown.erase(host, at + 1 - host);
  return shown;
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
