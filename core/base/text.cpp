#include "core/base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace jim {

namespace {

/// One character of UTF-8 text: its code point and length; length 0 when the bytes are not UTF-8.
struct Decoded {
  std::uint32_t point = 0;
  std::size_t length = 0;
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  std::uint32_t point = 0;
  std::uint32_t least = 0;
  if ((first & 0xe0) == 0xc0) {
    length = 2, point = first & 0x1fu, least = 0x80;
  } else if ((first & 0xf0) == 0xe0) {
    length = 3, point = first & 0x0fu, least = 0x800;
  } else if ((first & 0xf8) == 0xf0) {
    length = 4, point = first & 0x07u, least = 0x10000;
  }
  if (length == 0 || text.size() < length) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    point = (point << 6) | (byte(i) & 0x3fu);
  }
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
  return {point, length};
}

/// Characters that move the cursor, hide text or turn its direction.
bool is_dangerous(std::uint32_t point) {
  return (point >= 0x80 && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) ||
         point == 0xfeff || (point >= 0xe0000 && point <= 0xe007f);
}

std::string hex_escape(const char* format, std::uint32_t number) {
  char text[16] = {};
  std::snprintf(text, sizeof text, format, static_cast<unsigned>(number));
  return text;
}

/// As a JSON string has it: what lies beyond 0xffff as a pair.
std::string json_escape(std::uint32_t point) {
  if (point <= 0xffff) return hex_escape("\\u%04x", point);
  const std::uint32_t rest = point - 0x10000;
  return hex_escape("\\u%04x", 0xd800 + (rest >> 10)) +
         hex_escape("\\u%04x", 0xdc00 + (rest & 0x3ffu));
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string escape_control(std::string_view text, bool keep_lines) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const Decoded one = decode(text);
    if (one.length == 0) {
      safe += hex_escape("\\x%02x", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    const bool line = one.point == '\n' || one.point == '\t';
    if (line && !keep_lines) {
      safe += one.point == '\n' ? "\\n" : "\\t";
    } else if ((one.point < 0x20 && !line) || one.point == 0x7f) {
      safe += hex_escape("\\x%02x", one.point);
    } else if (is_dangerous(one.point)) {
      safe += hex_escape(one.point > 0xffff ? "\\U%08x" : "\\u%04x", one.point);
    } else {
      safe += text.substr(0, one.length);
    }
    text.remove_prefix(one.length);
  }
  return safe;
}

std::string escape_json_control(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  while (!json.empty()) {
    const Decoded one = decode(json);
    const std::size_t length = std::max<std::size_t>(one.length, 1);
    const bool escaped = one.length > 0 && (one.point == 0x7f || is_dangerous(one.point));
    safe += escaped ? json_escape(one.point) : std::string(json.substr(0, length));
    json.remove_prefix(length);
  }
  return safe;
}

std::size_t find_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Decoded one = decode(text.substr(i));
    if (one.length == 0) return i;
    i += one.length;
  }
  return std::string_view::npos;
}

std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 64;
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  const std::string plain = lower(word);
  const std::size_t most = std::max<std::size_t>(1, word.size() / 3);
  std::optional<std::string> best;
  std::size_t least = most + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > word.size() + most || word.size() > candidate.size() + most) continue;
    const std::size_t found = distance(plain, lower(candidate));
    if (found < least) {
      least = found;
      best = candidate;
    }
  }
  if (best) return best;
  // A word cut short: `encrypt` for `encryption`.
  constexpr std::size_t kShortestBeginning = 4;
  if (word.size() < kShortestBeginning) return std::nullopt;
  for (const std::string& candidate : candidates) {
    if (!lower(candidate).starts_with(plain)) continue;
    if (best) return std::nullopt;  // it may be either
    best = candidate;
  }
  return best;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) all += separator;
    all += parts[i];
  }
  return all;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  if (separator.empty()) return {std::string(text)};
  for (std::size_t start = 0;;) {
    const std::size_t end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + separator.size();
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

std::string shell_word(std::string_view text) {
  const auto plain = [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') ||
           std::string_view("._-/:@=+,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace jim
