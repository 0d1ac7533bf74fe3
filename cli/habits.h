#pragma once

#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace jim {

/// What jim has in place of a flag that other tools know, such as -auto-approve or -out=plan.json.
/// `word`: an argument that jim could not read.
std::optional<Diagnostic> habit_of_other_tools(std::string_view word);
/// What there is instead of a command that other tools have; nullopt when it is none of theirs.
std::optional<std::string> command_of_other_tools(std::string_view word);

}  // namespace jim
