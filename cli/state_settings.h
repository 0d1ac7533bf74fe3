#pragma once

#include <optional>
#include <string>

#include "core/base/files.h"
#include "core/config/config.h"
#include "core/config/expand.h"
#include "core/state/open_store.h"

namespace jim {

/// Whether keys are read, or only looked at for mistakes in how they are written: `validate` needs
/// no credential.
enum class KeyUse { read, looked_at };

/// What `state` of the file says, evaluated: a path or URL, or a map with `url` and how to get in
/// and seal. Key files are read and key commands run. Adds every mistake; nullopt when there was
/// one. What is wrong with variables is told by expand().
std::optional<StoreSettings> state_settings(const Config& config, const Files& files,
                                            const Surroundings& surroundings, KeyUse keys,
                                            Diagnostics& diagnostics);

/// The output of a command, run without a shell, with our standard input and error. Fails with
/// invalid_config when it cannot be run, ends with another status than 0, or says too much.
Result<Secret> output_of(const std::vector<std::string>& words);

}  // namespace jim
