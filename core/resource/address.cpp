#include "core/resource/address.h"

#include <fmt/format.h>

#include <charconv>
#include <tuple>

#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return false;
  for (const char c : text)
    if (!is_letter(c) && !is_digit(c) && c != '-') return false;
  return true;
}

/// A JSON string without any control character, so that an address is one printable line.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;  // one spelling per address
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> parse_quoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (inside.find_first_of("\\\"") == std::string_view::npos) return std::string(inside);
  const Result<Value> value = parse_json(text, {.depth = 1});
  if (!value || !value->is_string()) return std::nullopt;
  return value->as_string();
}

/// The end of the run of numbers that starts at `from`: one past its last address.
std::size_t run_end(const std::vector<Address>& addresses, std::size_t from) {
  std::size_t end = from + 1;
  while (end < addresses.size() && addresses[end].name == addresses[from].name &&
         addresses[end].key.index() == 1 &&
         std::get<1>(addresses[end].key) == std::get<1>(addresses[end - 1].key) + 1)
    ++end;
  return end;
}

/// `0..2,5` for the numbered addresses that share a name with the one at `from`, which moves past
/// them.
std::string folded_numbers(const std::vector<Address>& addresses, std::size_t& from) {
  const std::string& name = addresses[from].name;
  std::vector<std::string> runs;
  while (from < addresses.size() && addresses[from].name == name &&
         addresses[from].key.index() == 1) {
    const std::size_t end = run_end(addresses, from);
    const std::int64_t first = std::get<1>(addresses[from].key);
    const std::int64_t last = std::get<1>(addresses[end - 1].key);
    runs.push_back(first == last ? fmt::format("{}", first) : fmt::format("{}..{}", first, last));
    from = end;
  }
  return join(runs, ",");
}

}  // namespace

std::string Address::text() const {
  if (const auto* number = std::get_if<std::int64_t>(&key))
    return fmt::format("{}[{}]", name, *number);
  if (const auto* text = std::get_if<std::string>(&key))
    return fmt::format("{}[{}]", name, quoted(*text));
  return name;
}

bool Address::operator<(const Address& other) const {
  return std::tie(name, key) < std::tie(other.name, other.key);
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t bracket = text.find('[');
  const std::string_view name = text.substr(0, bracket);
  if (!is_name(name)) return std::nullopt;
  Address address{.name = std::string(name)};
  if (bracket == std::string_view::npos) return address;
  if (text.back() != ']') return std::nullopt;
  const std::string_view key = text.substr(bracket + 1, text.size() - bracket - 2);
  if (const auto number = parse_number(key)) {
    address.key = *number;
  } else if (auto word = parse_quoted(key)) {
    address.key = std::move(*word);
  } else {
    return std::nullopt;
  }
  return address;
}

std::string folded(const std::vector<Address>& addresses) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < addresses.size();) {
    if (addresses[i].key.index() != 1) {
      parts.push_back(addresses[i++].text());
      continue;
    }
    const std::string& name = addresses[i].name;
    const std::string numbers = folded_numbers(addresses, i);
    parts.push_back(fmt::format("{}[{}]", name, numbers));
  }
  return join(parts, ", ");
}

}  // namespace jim
