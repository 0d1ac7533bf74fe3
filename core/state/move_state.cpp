#include "core/state/move_state.h"

#include <fmt/format.h>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace jim {

namespace {

/// A state and its history.
struct Whole {
  State state = {};
  std::vector<Run> runs = {};
  std::vector<std::vector<RunStep>> steps = {};
};

Task<Result<Whole>> read_whole(StateStore& store) {
  Whole whole;
  auto state = co_await store.load();
  if (!state) co_return state.error();
  whole.state = std::move(*state);
  auto runs = co_await store.runs();
  if (!runs) co_return runs.error();
  whole.runs = std::move(*runs);
  for (Run& run : whole.runs) {
    // What is lost of the history must not keep the state from being moved.
    std::vector<RunStep>& kept = whole.steps.emplace_back();
    if (!run.unreadable.empty()) continue;
    auto steps = co_await store.steps(run.number);
    if (!steps && steps.error().code != ErrorCode::io) co_return steps.error();
    if (steps)
      kept = std::move(*steps);
    else
      run.unreadable = "one of its steps could not be read";
  }
  co_return whole;
}

/// The first thing that differs; empty when nothing does. How often each was written does not
/// count.
std::string difference(const Whole& a, const Whole& b) {
  if (a.state.head.lineage != b.state.head.lineage || a.state.head.runs != b.state.head.runs ||
      a.state.head.project != b.state.head.project ||
      a.state.head.fingerprint_key != b.state.head.fingerprint_key)
    return "its head";
  if (a.state.records.size() != b.state.records.size())
    return fmt::format("{} records instead of {}", b.state.records.size(), a.state.records.size());
  for (std::size_t i = 0; i < a.state.records.size(); ++i)
    if (!(a.state.records[i] == b.state.records[i])) return a.state.records[i].address.text();
  if (!(a.state.outputs == b.state.outputs)) return "its outputs";
  if (a.runs != b.runs || a.steps != b.steps) return "its history";
  return {};
}

Diagnostic reads_back_different(const std::string& from, const std::string& to,
                                const std::string& what) {
  return {.code = ErrorCode::io,
          .message = fmt::format("what was written to {} reads back different: {}", to,
                                 escape_control(what)),
          .hint = fmt::format("the state is still in {}; the copy is not used", from)};
}

Diagnostic interrupted(const std::string& from, const std::string& to) {
  return {.code = ErrorCode::cancelled,
          .message = fmt::format("interrupted: the state is still in {}", from),
          .hint = fmt::format("the copy in {} is not used; the same command begins anew", to)};
}

/// Why the copy could not be made. Nothing is lost by that: what would help a damaged state does
/// not apply.
Diagnostic not_copied(const std::string& from, Diagnostic error) {
  if (error.code == ErrorCode::io)
    error.hint = fmt::format("the state is still in {}, whole; the copy is not used", from);
  return error;
}

/// Takes the mark off a copy that is in use from now on.
Task<Result<void>> take_mark_off(StateStore& to) {
  const StateMove none;
  auto done = co_await to.mark_move(none);
  if (done) co_return done;
  Diagnostic error = done.error();
  error.hint = fmt::format("all of the state is in {}; the same command once more ends the move",
                           to.place());
  co_return error;
}

/// Ends a move that was cut short after the old place was marked.
Task<Result<MovedState>> finish(StateStore& from, StateStore& to, const StateHead& head) {
  const auto copy = co_await to.load();
  if (!copy) co_return copy.error();
  const StateMove& move = copy->head.move;
  const bool is_the_copy = copy->head.lineage == head.lineage && !move.from.empty() &&
                           !move.id.empty() && move.id == head.move.id;
  if (!is_the_copy) co_return *not_in_use(from.place(), head);
  const auto runs = co_await to.runs();
  if (!runs) co_return runs.error();
  if (auto settled = co_await take_mark_off(to); !settled) co_return settled.error();
  co_return MovedState{.records = copy->records.size(), .runs = runs->size()};
}

}  // namespace

Task<Result<MovedState>> move_state(StateStore& from, StateStore& to, const StopFlag& stop) {
  auto state = co_await from.load();
  if (!state) co_return state.error();
  if (state->head.lineage.empty()) co_return nothing_to_move(from.place());
  if (!state->head.move.to.empty()) co_return co_await finish(from, to, state->head);
  if (const auto why = not_in_use(from.place(), state->head)) co_return *why;
  auto whole = co_await read_whole(from);
  if (!whole) co_return whole.error();
  const std::string id = random_hex(8);
  whole->state.head.move = {.from = from.place(), .id = id};
  if (auto copied = co_await to.import(whole->state, whole->runs, whole->steps); !copied)
    co_return not_copied(from.place(), copied.error());
  const auto there = co_await read_whole(to);
  if (!there) co_return not_copied(from.place(), there.error());
  if (const std::string wrong = difference(*whole, *there); !wrong.empty())
    co_return reads_back_different(from.place(), to.place(), wrong);
  if (stop.interrupted()) co_return interrupted(from.place(), to.place());
  StateMove left = {.to = to.place(), .id = id};
  if (auto marked = co_await from.mark_move(std::move(left)); !marked) co_return marked.error();
  if (auto settled = co_await take_mark_off(to); !settled) co_return settled.error();
  co_return MovedState{.records = whole->state.records.size(), .runs = whole->runs.size()};
}

Diagnostic nothing_to_move(const std::string& place) {
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("there is no state in {} to move", place),
          .hint = "name its place by 'state:' of the file or by --state"};
}

std::optional<Diagnostic> not_in_use(const std::string& place, const StateHead& head) {
  const std::string to = escape_control(head.move.to);
  const std::string from = escape_control(head.move.from);
  if (!to.empty())
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = fmt::format("the state in {} was moved to {}", place, to),
                      .hint = fmt::format("say 'state: {}' in the file", to)};
  if (from.empty()) return std::nullopt;
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message =
          fmt::format("the state in {} is a copy whose move from {} has not ended", place, from),
      .hint = fmt::format("when nobody is at it any more, end it: jim --state {0} state move --to "
                          "{1}; if the state "
                          "in {0} is lost, 'jim state rebuild' makes it anew in an empty place",
                          from, place)};
}

}  // namespace jim
