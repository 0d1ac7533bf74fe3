#include "cli/tell.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "cli/render/diagnostics.h"
#include "core/apply/apply.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kLargestSource = 4u << 20;

/// A source is read anew to be shown; a pipe or a terminal would be waited for.
std::optional<std::string> read_again(const Files& files, const std::string& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return std::nullopt;
  auto text = files.read(file, kLargestSource);
  if (!text) return std::nullopt;
  return std::move(*text);
}

/// As one reads: file by file from the top. What is about no file comes first.
Diagnostics in_order(Diagnostics diagnostics) {
  std::map<std::string, std::size_t> files;
  for (const Diagnostic& one : diagnostics)
    if (one.where.line > 0) files.emplace(one.where.file, files.size() + 1);
  const auto key = [&files](const Diagnostic& one) {
    const SourceLocation& where = one.where;
    return where.line > 0 ? std::tuple(files.at(where.file), where.line, where.column)
                          : std::tuple(std::size_t{0}, 0, 0);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  return diagnostics;
}

}  // namespace

void tell(Terminal& terminal, const Files& files, const Diagnostics& diagnostics,
          const std::set<std::string>& secret_keys) {
  const DiagnosticsLook look = {.paint = Paint(terminal.err_look().colour),
                                .width = static_cast<std::size_t>(terminal.err_look().width),
                                .secret_keys = secret_keys};
  const std::string text = diagnostics_text(
      in_order(diagnostics), [&](const std::string& file) { return read_again(files, file); },
      look);
  if (!text.empty()) terminal.err(text);
}

Value findings_value(const Diagnostics& diagnostics) {
  ValueList list;
  for (const Diagnostic& one : in_order(diagnostics)) {
    ValueMap map;
    map.set("severity", one.severity == Severity::warning ? "warning" : "error");
    map.set("message", escape_control(one.message));
    if (!one.hint.empty()) map.set("hint", escape_control(one.hint));
    if (one.where.line > 0) {
      map.set("file", one.where.file);
      map.set("line", one.where.line);
      map.set("column", one.where.column);
    }
    list.push_back(std::move(map));
  }
  return list;
}

int fail(Terminal& terminal, const Diagnostic& error) {
  tell(terminal, DiskFiles(), {error});
  return exit_status(error.code);
}

int status_of(const Diagnostics& diagnostics) {
  const auto first =
      std::find_if(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& one) { return one.severity == Severity::error; });
  return first == diagnostics.end() ? 0 : exit_status(first->code);
}

}  // namespace jim
