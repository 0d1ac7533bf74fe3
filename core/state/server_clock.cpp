#include "core/state/server_clock.h"

#include <algorithm>
#include <cctype>
#include <ctime>

namespace jim {

namespace {

using WallTime = std::chrono::system_clock::time_point;

/// A Date has whole seconds.
constexpr Duration kRestOfSecond = std::chrono::milliseconds(999);

/// Reads `+01:00`, `-0530` or `Z`; nullopt when it is none of them.
std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  std::string digits;
  for (const char c : text.substr(std::min<std::size_t>(1, text.size())))
    if (c != ':') digits += c;
  const bool shaped = !text.empty() && (text[0] == '+' || text[0] == '-') && digits.size() == 4 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  if (!shaped) return std::nullopt;
  const int minutes = std::stoi(digits.substr(0, 2)) * 60 + std::stoi(digits.substr(2));
  return std::chrono::minutes(text[0] == '-' ? -minutes : minutes);
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
  const std::string whole(text);
  std::tm parts = {};
  if (strptime(whole.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string http_date(WallTime time) {
  // Rounded down, also before 1970.
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  const std::time_t whole = static_cast<std::time_t>(seconds);
  std::tm parts = {};
  gmtime_r(&whole, &parts);
  char text[64];
  const std::size_t size = strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text, size);
}

std::optional<WallTime> parse_utc(std::string_view text) {
  const std::string whole(text);
  std::tm parts = {};
  const char* rest = strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  Duration fraction = {};
  if (*rest == '.') {
    std::int64_t unit = 100;
    for (++rest; std::isdigit(static_cast<unsigned char>(*rest)) != 0; ++rest, unit /= 10)
      fraction += Duration((*rest - '0') * unit);
  }
  const auto offset = parse_offset(rest);
  if (!offset) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts)) + fraction - *offset;
}

void ServerClock::heard(const HttpResponse& response) {
  const std::string* date = response.header("date");
  if (date == nullptr) return;
  const auto second = parse_http_date(*date);
  if (!second) return;
  // Within the second that the server named, this machine's clock is the best guess.
  const WallTime told = std::clamp(clock_.wall(), *second, *second + kRestOfSecond);
  // An answer that is read late tells of a time that has passed.
  told_ = told_ ? std::max(told, now()) : told;
  at_ = clock_.now();
}

WallTime ServerClock::now() const { return told_ ? *told_ + (clock_.now() - at_) : clock_.wall(); }

}  // namespace jim
