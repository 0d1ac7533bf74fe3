#pragma once

#include <string>

#include "core/base/result.h"

struct sqlite3;

namespace jim {

/// The last failure of `handle`, a state kept at `path`, as a person needs it: what happened and
/// what to do.
Diagnostic sqlite_problem(sqlite3* handle, const std::string& path, const std::string& place);

/// Permission was denied to `verb` (make, open, write) the state; says whose the file, or its
/// folder, is.
Diagnostic no_access(const std::string& path, const std::string& place, const char* verb);

/// Whether a system's error number says that there is no room: a full disk, a quota, a limit.
bool is_out_of_room(int number);
/// There was no room to `verb` the state.
Diagnostic no_room(const std::string& place, const char* verb, int number);

}  // namespace jim
