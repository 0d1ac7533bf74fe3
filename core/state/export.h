#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/state/state_store.h"

namespace jim {

/// The whole state as canonical JSON: same state, same bytes. Without the key of the fingerprints
/// it holds no secret; with it it is as private as the state itself.
std::string export_state(const State& state, bool with_key = true);
/// Reads it back. Fails with `io` on what is no exported state.
Result<State> import_state(std::string_view text);

}  // namespace jim
