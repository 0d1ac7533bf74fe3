#include "cli/render/columns.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace jim {

namespace {

struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

// Unicode 15 EastAsianWidth.txt, the blocks of W and F.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},
    Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1faff},
    Range{0x20000, 0x3fffd}};
// Combining marks and variation selectors, the blocks in wide use.
constexpr std::array kMarks = {Range{0x0300, 0x036f}, Range{0x0483, 0x0489}, Range{0x0591, 0x05bd},
                               Range{0x064b, 0x065f}, Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},
                               Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}};

template <std::size_t kCount>
bool within(const std::array<Range, kCount>& ranges, std::uint32_t point) {
  return std::any_of(ranges.begin(), ranges.end(), [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

/// Takes the first letter off `text`, which is not empty, and gives the columns it takes.
std::size_t take_letter(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = bytes_of_letters(text, 1);
  std::uint32_t point = byte(0);
  if (length > 1) point &= 0xffu >> (length + 1);
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (byte(i) & 0x3fu);
  text.remove_prefix(length);
  if (point < 0x300) return 1;
  return within(kMarks, point) ? 0 : within(kWide, point) ? 2 : 1;
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) sum += take_letter(text);
  return sum;
}

std::string cut_columns(std::string_view text, std::size_t most) {
  if (columns(text) <= most) return std::string(text);
  if (most == 0) return {};
  std::string_view rest = text;
  std::size_t end = 0;
  for (std::size_t sum = 0; !rest.empty();) {
    sum += take_letter(rest);
    if (sum + 1 > most) break;
    end = text.size() - rest.size();
  }
  return std::string(text.substr(0, end)) + "…";
}

std::size_t bytes_of_letters(std::string_view text, std::size_t letters) {
  std::size_t at = 0;
  for (; letters > 0 && at < text.size(); --letters) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  }
  return at;
}

}  // namespace jim
