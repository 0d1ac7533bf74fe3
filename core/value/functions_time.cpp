#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "core/value/arguments.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;
using Seconds = std::chrono::seconds;
using LocalTime = std::chrono::time_point<std::chrono::system_clock, Seconds>;

/// A moment as an RFC 3339 text shows it: the local time, and how far that is ahead of UTC.
struct Moment {
  LocalTime local = {};
  Seconds offset = {};
};

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  if (at + count > text.size()) return std::nullopt;
  const char* const last = text.data() + at + count;
  const auto read = std::from_chars(text.data() + at, last, number);
  if (read.ec != std::errc() || read.ptr != last || number < 0) return std::nullopt;
  return number;
}

std::optional<Moment> read_moment(std::string_view text) {
  using std::chrono::day;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::month;
  using std::chrono::sys_days;
  using std::chrono::year;
  using std::chrono::year_month_day;
  const auto year_of = number_at(text, 0, 4);
  const auto month_of = number_at(text, 5, 2);
  const auto day_of = number_at(text, 8, 2);
  const auto hour = number_at(text, 11, 2);
  const auto minute = number_at(text, 14, 2);
  const auto second = number_at(text, 17, 2);
  if (!year_of || !month_of || !day_of || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const year_month_day date(year(*year_of), month(static_cast<unsigned>(*month_of)),
                            day(static_cast<unsigned>(*day_of)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.')
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9';) ++at;
  const std::string_view zone = text.substr(at);
  Moment moment = {.local = sys_days(date) + hours(*hour) + minutes(*minute) + Seconds(*second)};
  if (zone == "Z" || zone == "z") return moment;
  const auto zone_hour = number_at(zone, 1, 2);
  const auto zone_minute = number_at(zone, 4, 2);
  if (zone.size() != 6 || !zone_hour || !zone_minute || zone[3] != ':' || *zone_hour > 23 ||
      *zone_minute > 59)
    return std::nullopt;
  moment.offset = hours(*zone_hour) + minutes(*zone_minute);
  if (zone[0] == '-') moment.offset = -moment.offset;
  return zone[0] == '-' || zone[0] == '+' ? std::optional(moment) : std::nullopt;
}

/// The parts of a local time.
struct Parts {
  explicit Parts(LocalTime time)
      : day_start(std::chrono::floor<std::chrono::days>(time)),
        date(day_start),
        clock(time - day_start) {}
  std::chrono::sys_days day_start;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Seconds> clock;
  int year() const { return static_cast<int>(date.year()); }
  unsigned month() const { return static_cast<unsigned>(date.month()); }
  unsigned day() const { return static_cast<unsigned>(date.day()); }
};

std::string zone_text(Seconds offset, bool colon) {
  const auto minutes = std::abs(offset.count()) / 60;
  return fmt::format("{}{:02}{}{:02}", offset.count() < 0 ? '-' : '+', minutes / 60,
                     colon ? ":" : "", minutes % 60);
}

std::string moment_text(const Moment& moment) {
  const Parts at(moment.local);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", at.year(), at.month(), at.day(),
                     at.clock.hours().count(), at.clock.minutes().count(),
                     at.clock.seconds().count(),
                     moment.offset.count() == 0 ? "Z" : zone_text(moment.offset, true));
}

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

/// What a run of one letter stands for; nullopt when it is none.
std::optional<std::string> word(const std::string& run, const Moment& moment) {
  const Parts at(moment.local);
  const auto hour = at.clock.hours().count();
  const auto hour12 = hour % 12 == 0 ? 12 : hour % 12;
  const std::string_view month = kMonths[at.month() - 1];
  const std::string_view day = kDays[std::chrono::weekday(at.day_start).c_encoding()];
  if (run == "YYYY") return fmt::format("{:04}", at.year());
  if (run == "YY") return fmt::format("{:02}", at.year() % 100);
  if (run == "MMMM") return std::string(month);
  if (run == "MMM") return std::string(month.substr(0, 3));
  if (run == "MM") return fmt::format("{:02}", at.month());
  if (run == "M") return fmt::format("{}", at.month());
  if (run == "DD") return fmt::format("{:02}", at.day());
  if (run == "D") return fmt::format("{}", at.day());
  if (run == "EEEE") return std::string(day);
  if (run == "EEE") return std::string(day.substr(0, 3));
  if (run == "hh") return fmt::format("{:02}", hour);
  if (run == "h") return fmt::format("{}", hour);
  if (run == "HH") return fmt::format("{:02}", hour12);
  if (run == "H") return fmt::format("{}", hour12);
  if (run == "AA") return std::string(hour < 12 ? "AM" : "PM");
  if (run == "aa") return std::string(hour < 12 ? "am" : "pm");
  if (run == "mm") return fmt::format("{:02}", at.clock.minutes().count());
  if (run == "m") return fmt::format("{}", at.clock.minutes().count());
  if (run == "ss") return fmt::format("{:02}", at.clock.seconds().count());
  if (run == "s") return fmt::format("{}", at.clock.seconds().count());
  if (run == "ZZZZZ") return zone_text(moment.offset, true);
  if (run == "ZZZZ") return zone_text(moment.offset, false);
  if (run == "ZZZ") return moment.offset.count() == 0 ? "UTC" : zone_text(moment.offset, false);
  if (run == "Z") return moment.offset.count() == 0 ? "Z" : zone_text(moment.offset, true);
  return std::nullopt;
}

Diagnostic no_moment(const std::string& text) {
  return function_error("\"" + text + "\" is not a time", "write it as 2026-11-24T15:04:05Z");
}

Result<Value> format_date(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string form = in.text(0);
  const std::string text = in.text(1);
  if (!in) return in.error();
  const auto moment = read_moment(text);
  if (!moment) return no_moment(text);
  std::string out;
  for (std::size_t i = 0; i < form.size();) {
    const char c = form[i];
    if (c == '\'') {
      const std::size_t end = form.find('\'', i + 1);
      if (end == std::string::npos) return function_error("a quote in the form does not close");
      out += end == i + 1 ? "'" : form.substr(i + 1, end - i - 1);
      i = end + 1;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      std::size_t end = i;
      while (end < form.size() && form[end] == c) ++end;
      const std::string run = form.substr(i, end - i);
      const auto made = word(run, *moment);
      if (!made)
        return function_error("unknown part '" + run + "' in the form",
                              "put plain text into single quotes");
      out += *made;
      i = end;
    } else {
      out += c;
      ++i;
    }
  }
  return Value(std::move(out));
}

/// `1h30m`, `-45s`: a sum of numbers with h, m or s.
std::optional<Seconds> read_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    const auto read =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (read.ec != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (text.empty()) return std::nullopt;
    const double unit = text[0] == 'h' ? 3600 : text[0] == 'm' ? 60 : text[0] == 's' ? 1 : 0;
    if (unit == 0) return std::nullopt;
    sum += number * unit;
    text.remove_prefix(1);
  }
  if (!(sum < 1e11)) return std::nullopt;  // some 3,000 years, so that no date overflows
  return Seconds(static_cast<std::int64_t>(negative ? -sum : sum));
}

Result<Value> time_add(const Values& values, const Scope&) {
  Arguments in(values);
  const std::string text = in.text(0);
  const std::string duration = in.text(1);
  if (!in) return in.error();
  auto moment = read_moment(text);
  if (!moment) return no_moment(text);
  const auto seconds = read_duration(duration);
  if (!seconds)
    return function_error("\"" + duration + "\" is not a duration",
                          "write it as 1h30m, 45s or -10m");
  moment->local += *seconds;
  const int year = Parts(moment->local).year();
  if (year < 0 || year > 9999) return function_error("the result is outside the years 0 to 9999");
  return Value(moment_text(*moment));
}

}  // namespace

void add_time_functions(Functions& all) {
  all.push_back({"formatdate", "formatdate(form, time)",
                 "A time in another form, such as \"DD MMM YYYY hh:mm\".",
                 R"(formatdate("D MMM YYYY hh:mm", "2026-11-04T15:04:05Z"))",
                 R"("4 Nov 2026 15:04")", 2, 2, format_date});
  all.push_back(
      {"timeadd", "timeadd(time, duration)", "A time moved by a duration such as 1h30m or -10m.",
       R"(timeadd("2026-11-24T15:04:05Z", "1h30m"))", R"("2026-11-24T16:34:05Z")", 2, 2, time_add});
}

}  // namespace jim::detail
