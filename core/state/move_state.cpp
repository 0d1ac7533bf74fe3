#include "core/state/move_state.h"

#include <fmt/format.h>

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
  if (whole.state.head.lineage.empty()) co_return whole;
  auto runs = co_await store.runs();
  if (!runs) co_return runs.error();
  whole.runs = std::move(*runs);
  for (const Run& run : whole.runs) {
    auto steps = co_await store.steps(run.number);
    if (!steps) co_return steps.error();
    whole.steps.push_back(std::move(*steps));
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

}  // namespace

Task<Result<MovedState>> move_state(StateStore& from, StateStore& to) {
  auto whole = co_await read_whole(from);
  if (!whole) co_return whole.error();
  const StateHead& head = whole->state.head;
  if (head.lineage.empty()) co_return nothing_to_move(from.place());
  if (!head.moved_to.empty()) co_return moved_away(from.place(), head);
  auto there = co_await read_whole(to);
  if (!there) co_return there.error();
  // A move that was cut short at its end left the whole copy there.
  const bool copied = there->state.head.moved_to.empty() && difference(*whole, *there).empty();
  if (!copied) {
    auto imported = co_await to.import(whole->state, whole->runs, whole->steps);
    if (!imported) co_return imported.error();
    there = co_await read_whole(to);
    if (!there) co_return there.error();
    if (const std::string wrong = difference(*whole, *there); !wrong.empty())
      co_return Diagnostic{
          .code = ErrorCode::io,
          .message = fmt::format("what was written to {} reads back different: {}", to.place(),
                                 escape_control(wrong)),
          .hint = fmt::format("the state is still in {}; do not use the copy", from.place())};
  }
  if (auto marked = co_await from.mark_moved(to.place()); !marked) co_return marked.error();
  co_return MovedState{.records = whole->state.records.size(), .runs = whole->runs.size()};
}

Diagnostic nothing_to_move(const std::string& place) {
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("there is no state in {} to move", place),
          .hint = "name its place by 'state:' of the file or by --state"};
}

Diagnostic moved_away(const std::string& place, const StateHead& head) {
  const std::string to = escape_control(head.moved_to);
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("the state in {} was moved to {}", place, to),
          .hint = fmt::format("say 'state: {}' in the file", to)};
}

}  // namespace jim
