#pragma once

#include <string>

#include "core/base/result.h"
#include "core/state/state_store.h"

namespace jim {

/// What all stores say about locks; the code is `conflict`.
Diagnostic held_lock(const std::string& place, const LockHolder& holder);
/// The lock is no longer ours; `holder` has it, or nobody when null.
Diagnostic lost_lock(const std::string& place, const LockHolder* holder);
/// A state is to be made where there is one.
Diagnostic state_exists(const std::string& place, const std::string& project);

}  // namespace jim
