#include "core/resource/object.h"

#include <fmt/format.h>

namespace jim {

namespace {

constexpr std::string_view kPrefix = "jim:";

/// Takes what stands before the next colon off `text`; empty when there is none.
std::string_view take_part(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  return part;
}

}  // namespace

std::string Mark::text() const {
  return fmt::format("{}{}:{}:{}", kPrefix, lineage, project, address);
}

bool parse_mark(std::string_view text, Mark& mark) {
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  const std::string_view lineage = take_part(text);
  const std::string_view project = take_part(text);
  // The address is last and takes the rest, so a key such as ["a:b"] needs no escape.
  if (lineage.empty() || project.empty() || text.empty()) return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  mark = {.lineage = std::string(lineage),
          .project = std::string(project),
          .address = std::string(text)};
  return true;
}

}  // namespace jim
