#pragma once

#include <string>

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

/// Reads a sandbox scenario, a YAML file; core/sandbox checks what it says.
Result<Value> read_scenario(const Files& files, const std::string& path);
/// The sandbox's error with the scenario's name, when it is about one.
Diagnostic about_scenario(Diagnostic error, const std::string& path);

}  // namespace jim
