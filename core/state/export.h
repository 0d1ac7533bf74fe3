#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/state/state_store.h"

namespace jim {

/// The whole state as canonical JSON: same state, same bytes. Without the key of the fingerprints
/// it holds no secret; with it it is as private as the state itself.
std::string export_state(const State& state, bool with_key = true);
/// Reads it back; `file` is where the text comes from, for messages. Fails with `invalid_config` on
/// what is no exported state, or cannot be one: an object or an address that stands twice, a count
/// below 0, no lineage, no key of the fingerprints.
Result<State> import_state(std::string_view text, const std::string& file);

}  // namespace jim
