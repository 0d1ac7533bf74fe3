#include "cli/tell.h"

#include <algorithm>

#include "core/apply/apply.h"
#include "core/base/text.h"

namespace jim {

namespace {

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "error";
}

}  // namespace

void tell(Terminal& terminal, const Files&, const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics) {
    if (one.where.line > 0) {
      text += escape_control(one.where.file) + ":" + std::to_string(one.where.line) + ":";
      if (one.where.column > 0) text += std::to_string(one.where.column) + ":";
      text += " ";
    }
    text += std::string(word(one.severity)) + ": " + escape_control(one.message) + "\n";
    if (!one.hint.empty()) text += "  hint: " + escape_control(one.hint) + "\n";
  }
  if (!text.empty()) terminal.err(text);
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
