#pragma once

#include <chrono>
#include <optional>

#include "core/base/result.h"
#include "core/state/state_store.h"

namespace jim {

/// A warning when the state was written at a time that is still to come: this machine's clock was
/// set back, or is behind that of another. Two minutes are forgiven.
std::optional<Diagnostic> check_clock(const State& state,
                                      std::chrono::system_clock::time_point now);

}  // namespace jim
