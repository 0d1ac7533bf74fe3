#include "cli/render/table.h"

#include <algorithm>

#include "cli/render/columns.h"

namespace jim {

namespace {

/// A cell ends at a bar, and what looks like markup is none.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("|\\`*_<[&").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], columns(row[i]));
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] + 2 - columns(row[i]), ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  const std::size_t width = rows.empty() ? 0 : rows.front().size();
  std::string text;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < width; ++i)
      text += "| " + (i < rows[row].size() ? cell(rows[row][i]) : "") + " ";
    text += "|\n";
    if (row > 0) continue;
    for (std::size_t i = 0; i < width; ++i) text += "|---";
    text += "|\n";
  }
  return text;
}

}  // namespace jim
