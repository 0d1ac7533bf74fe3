#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/config/config.h"

namespace jim {

/// Finds `jim.yaml` in `folder` or a parent, up to the root of the repository (a folder with .git) or of the file system.
Result<std::string> find_config(const Files& files, const std::string& folder);

/// Reads and merges the files (later ones over earlier ones, map by map, then their `include`s) and checks their shape:
/// known top-level keys, reserved keys, duplicate names, names that are identifiers. Adds every mistake to
/// `diagnostics`; nullopt when there is an error among them.
std::optional<Config> load_config(const Files& files, const std::vector<std::string>& paths,
                                  Diagnostics& diagnostics);

}  // namespace jim
