#pragma once

#include <string>

#include "core/base/result.h"

struct sqlite3;

namespace jim {

/// The last failure of `handle`, a state kept at `path`, as a person needs it: what happened and
/// what to do.
Diagnostic sqlite_problem(sqlite3* handle, const std::string& path, const std::string& place);

/// Permission was denied to `verb` (open, write) the state; says whose the file, or its folder, is.
Diagnostic no_access(const std::string& path, const std::string& place, const char* verb);

}  // namespace jim
