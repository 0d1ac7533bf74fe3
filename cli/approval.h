#pragma once

#include <string>

#include "cli/commands/commands.h"

namespace jim {

/// Whether a change may be made without a question, or a person can be asked.
bool may_proceed(const Context& context);
/// The refusal when neither holds. `saved` names the other way on, or is empty.
int refuse(Context& context, const std::string& what, const std::string& saved);
/// True with `--yes`, or when the person says yes.
bool approved(Context& context, const std::string& question);

}  // namespace jim
