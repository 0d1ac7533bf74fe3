#include "core/net/xml_text.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace jim {

namespace {

std::optional<char> character_of(std::string_view entity) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [name, character] : kNamed)
    if (entity == name) return character;
  if (!entity.starts_with('#')) return std::nullopt;
  entity.remove_prefix(1);
  const int base = entity.starts_with('x') ? 16 : 10;
  if (base == 16) entity.remove_prefix(1);
  int number = 0;
  const auto [end, error] =
      std::from_chars(entity.data(), entity.data() + entity.size(), number, base);
  const bool read = error == std::errc() && end == entity.data() + entity.size();
  if (!read || number <= 0 || number > 127) return std::nullopt;
  return static_cast<char>(number);
}

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.find(';') : std::string_view::npos;
    const auto character =
        end == std::string_view::npos ? std::nullopt : character_of(text.substr(1, end - 1));
    out += character ? *character : text.front();
    text.remove_prefix(character ? end + 1 : 1);
  }
  return out;
}

}  // namespace

std::vector<std::string> xml_texts(std::string_view xml, std::string_view element) {
  const std::string begin = "<" + std::string(element);
  const std::string end = "</" + std::string(element);
  std::vector<std::string> found;
  for (std::size_t at = xml.find(begin); at != std::string_view::npos; at = xml.find(begin, at)) {
    at += begin.size();
    const char next = at < xml.size() ? xml[at] : '\0';
    if (next != '>' && next != ' ' && next != '/') continue;  // a longer name
    const std::size_t text = xml.find('>', at);
    if (text == std::string_view::npos) break;
    if (xml[text - 1] == '/') {
      found.emplace_back();
      continue;
    }
    const std::size_t close = xml.find(end, text);
    if (close == std::string_view::npos) break;
    found.push_back(decoded(xml.substr(text + 1, close - text - 1)));
    at = close + end.size();
  }
  return found;
}

std::string xml_text(std::string_view xml, std::string_view element) {
  auto found = xml_texts(xml, element);
  return found.empty() ? std::string() : std::move(found.front());
}

}  // namespace jim
