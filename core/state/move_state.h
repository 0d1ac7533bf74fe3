#pragma once

#include <cstddef>

#include "core/net/event_loop.h"
#include "core/state/state_store.h"

namespace jim {

/// What was moved.
struct MovedState {
  std::size_t records = 0;
  std::size_t runs = 0;
};

/// Moves a state with its history from X to Y. Both must be locked; at no instant can both be used.
/// What a move that is cut short leaves, by the last write that arrived:
///
///   write                                     X           Y                  the same again
///   none                                      in use      empty              begins
///   the head of the copy, its mark first      in use      copy, marked       begins anew
///   any part of the copy                      in use      copy, marked       begins anew
///   (the copy is read and compared)
///   X says that it was moved to Y             moved to Y  copy, marked       takes the mark off
///   the mark is taken off the copy            moved to Y  in use             finds it moved
///
/// Everything else refuses a marked copy, and a state that was moved away (`not_in_use`). Only a
/// random number that both ends of one move have tells that a copy is the one which X was left for:
/// a place may be spelled in several ways, and may be moved to twice. A marked copy that nobody
/// finishes may be replaced by another move of the same state.
///
/// When a person asks to stop before X is marked the copy is left as it is and the error is
/// `cancelled`. Fails with `conflict` when there is another state, with `io` when what was written
/// reads back different.
Task<Result<MovedState>> move_state(StateStore& from, StateStore& to, const StopFlag& stop);

/// There is no state in `place`.
Diagnostic nothing_to_move(const std::string& place);
/// Why a state is not used where it is, and what to do; nullopt: it may be used.
std::optional<Diagnostic> not_in_use(const std::string& place, const StateHead& head);

}  // namespace jim
