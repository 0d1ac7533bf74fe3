#include "core/state/entry_text.h"

#include <fmt/format.h>

#include <charconv>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::string_view kClear = "c1 ";
constexpr std::string_view kSealed = "s1 ";
constexpr std::size_t kDigits = 16;
constexpr std::size_t kTextBegin = 3 + kDigits + 1;

std::uint64_t checksum(std::string_view key, std::int64_t serial, std::string_view text) {
  std::string all;
  all.reserve(key.size() + text.size() + 24);
  all.append(key).append("\n").append(std::to_string(serial)).append("\n").append(text);
  return sha256_prefix(all);
}

}  // namespace

std::string clear_body(std::string_view key, std::int64_t serial, std::string_view text) {
  return fmt::format("{}{:016x} {}", kClear, checksum(key, serial, text), text);
}

bool is_sealed(std::string_view body) { return body.starts_with(kSealed); }

Result<std::string_view> read_clear(const Entry& entry) {
  const std::string_view body = entry.body;
  std::uint64_t written = 0;
  const bool shaped =
      body.starts_with(kClear) && body.size() >= kTextBegin && body[kTextBegin - 1] == ' ' &&
      std::from_chars(body.data() + 3, body.data() + 3 + kDigits, written, 16).ptr ==
          body.data() + 3 + kDigits;
  const std::string_view text = shaped ? body.substr(kTextBegin) : std::string_view();
  if (shaped && written == checksum(entry.key, entry.serial, text)) return text;
  return Diagnostic{
      .code = ErrorCode::io,
      .message = fmt::format("the entry '{}' is not as jim wrote it", escape_control(entry.key))};
}

std::uint64_t tally_of(const Entry& entry) {
  if (!is_sealed(entry.body)) {
    std::uint64_t written = 0;
    if (entry.body.size() >= kTextBegin)
      std::from_chars(entry.body.data() + 3, entry.body.data() + 3 + kDigits, written, 16);
    return written;
  }
  const std::size_t blank = entry.body.rfind(' ');
  std::string bytes;
  if (!base64_decode(std::string_view(entry.body).substr(blank + 1), bytes) || bytes.size() < 8)
    return 0;
  std::uint64_t tail = 0;
  for (const char c : std::string_view(bytes).substr(bytes.size() - 8))
    tail = tail << 8 | static_cast<unsigned char>(c);
  return tail;
}

std::string prefix_end(std::string prefix) {
  ++prefix.back();  // our prefixes are ASCII: no byte is the last one
  return prefix;
}

}  // namespace jim
