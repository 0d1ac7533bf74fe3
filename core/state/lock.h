#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace jim {

/// Who holds the exclusive right to write.
struct LockHolder {
  std::string who = {};  ///< user@host, process id
  std::string command = {};
  std::string since = {};    ///< UTC
  std::string expires = {};  ///< UTC
  std::int64_t token = 0;    ///< grows with each holder; a write with an older one is refused
};

/// What all stores say about locks; the code is `conflict`.
Diagnostic held_lock(const std::string& place, const LockHolder& holder);
/// The lock is no longer ours; `holder` has it, or nobody when null.
Diagnostic lost_lock(const std::string& place, const LockHolder* holder);
/// A state is to be made, or brought, where there is one.
Diagnostic state_exists(const std::string& place, const std::string& project);

}  // namespace jim
