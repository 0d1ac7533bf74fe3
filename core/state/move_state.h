#pragma once

#include <cstddef>

#include "core/state/state_store.h"

namespace jim {

/// What was moved.
struct MovedState {
  std::size_t records = 0;
  std::size_t runs = 0;
};

/// Copies a state with its history to another place, reads it there and compares, and only then
/// notes in the old place that it goes on in the new one. Both must be locked. Cut short, the state
/// is still where it was, and the same again goes on. Fails with `conflict` when there is another
/// state, with `io` when what was written reads back different.
Task<Result<MovedState>> move_state(StateStore& from, StateStore& to);

/// There is no state in `place`.
Diagnostic nothing_to_move(const std::string& place);
/// Why nothing is done with a state that was moved away.
Diagnostic moved_away(const std::string& place, const StateHead& head);

}  // namespace jim
