#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/config/config.h"

namespace jim {

/// Finds `jim.yaml` in `folder` or a parent, up to the root of the repository (a folder with .git)
/// or of the file system.
Result<std::string> find_config(const Files& files, const std::string& folder);

/// Reads and merges the files, later ones over earlier ones, map by map; what a file includes lies
/// below the file itself. Checks their shape: known keys, equal keys, names, expressions that
/// parse. Adds every mistake to `diagnostics`. The config holds what is good, so that `expand`
/// finds the other mistakes in the same run; nullopt only when a file could not be read to its end.
std::optional<Config> load_config(const Files& files, const std::vector<std::string>& paths,
                                  Diagnostics& diagnostics);

}  // namespace jim
