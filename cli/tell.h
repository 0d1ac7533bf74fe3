#pragma once

#include <set>
#include <string>

#include "cli/terminal.h"
#include "core/base/files.h"
#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

/// Shows the findings of one run on standard error, places with their source lines but those of
/// `secret_keys`.
void tell(Terminal& terminal, const Files& files, const Diagnostics& diagnostics,
          const std::set<std::string>& secret_keys = {});
/// The findings as a list for programs: severity, message, hint, file, line, column.
Value findings_value(const Diagnostics& diagnostics);
/// Shows one error, and gives the exit status that it means.
int fail(Terminal& terminal, const Diagnostic& error);
/// The exit status that the first error among them means; 0 when there is none.
int status_of(const Diagnostics& diagnostics);

}  // namespace jim
