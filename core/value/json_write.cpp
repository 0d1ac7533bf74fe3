#include <array>
#include <charconv>
#include <cmath>

#include "core/value/json.h"

namespace jim {

namespace {

/// The bytes of the UTF-8 character that starts `text`; 0 when that is none.
std::size_t utf8_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
  if (first < 0xE0) return 2;
  const unsigned second = byte(1);
  if (!follows(2) || (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if (first < 0xF0) return 3;
  if (!follows(3) || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return 4;
}

void write_text(std::string_view text, std::string& out) {
  out += '"';
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t start = i;
    const auto plain = [](unsigned char c) {
      return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    };
    while (i < text.size() && plain(static_cast<unsigned char>(text[i]))) ++i;
    out.append(text, start, i - start);
    if (i == text.size()) break;
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          constexpr std::string_view kHex = "0123456789abcdef";
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[static_cast<unsigned char>(c) & 15];
        } else if (const std::size_t size = utf8_size(text.substr(i)); size > 0) {
          out.append(text, i, size);
          i += size - 1;
        } else {
          out += "\xEF\xBF\xBD";  // U+FFFD, the replacement character
        }
    }
    ++i;
  }
  out += '"';
}

template <class Number>
void write_number(Number number, std::string& out) {
  std::array<char, 32> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

class Writer {
 public:
  Writer(const JsonStyle& style, std::string& out) : style_(style), out_(out) {}

  void write(const Value& value, int level, bool reveal) {
    if (value.is_secret() && !reveal) {
      // What stands for the secret is written as it is, or it would stand for itself again.
      write(style_.secret ? style_.secret(value) : Value("(sensitive)"), level, true);
      return;
    }
    switch (value.kind()) {
      case Value::Kind::null:
      case Value::Kind::unknown:
        out_ += "null";
        break;
      case Value::Kind::boolean:
        out_ += value.as_bool() ? "true" : "false";
        break;
      case Value::Kind::integer:
        write_number(value.as_integer(), out_);
        break;
      case Value::Kind::number:
        // JSON has no infinity.
        if (std::isfinite(value.as_number()))
          write_number(value.as_number(), out_);
        else
          out_ += "null";
        break;
      case Value::Kind::string:
        write_text(value.as_string(), out_);
        break;
      case Value::Kind::list:
        write_list(value.as_list(), level, reveal);
        break;
      case Value::Kind::map:
        write_map(value.as_map(), level, reveal);
        break;
    }
  }

 private:
  void write_list(const ValueList& items, int level, bool reveal) {
    out_ += '[';
    bool first = true;
    for (const Value& item : items) {
      separate(first, level + 1);
      write(item, level + 1, reveal);
    }
    if (!first) new_line(level);
    out_ += ']';
  }

  void write_map(const ValueMap& entries, int level, bool reveal) {
    out_ += '{';
    bool first = true;
    for (const auto& [key, value] : entries) {
      separate(first, level + 1);
      write_text(key, out_);
      out_ += style_.indent > 0 ? ": " : ":";
      write(value, level + 1, reveal);
    }
    if (!first) new_line(level);
    out_ += '}';
  }

  void separate(bool& first, int level) {
    if (!first) out_ += ',';
    first = false;
    new_line(level);
  }

  void new_line(int level) {
    if (style_.indent <= 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(level) * static_cast<std::size_t>(style_.indent), ' ');
  }

  const JsonStyle& style_;
  std::string& out_;
};

}  // namespace

std::string to_json(const Value& value, const JsonStyle& style) {
  std::string out;
  Writer(style, out).write(value, 0, style.reveal_secrets);
  return out;
}

}  // namespace jim
