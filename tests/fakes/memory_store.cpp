#include "tests/fakes/memory_store.h"

#include "core/state/fingerprint.h"
#include "core/state/lock.h"
#include "core/value/json.h"

namespace jim {

MemoryStore::MemoryStore(EventLoop& loop, MemoryState* shared)
    : loop_(loop), state_(shared != nullptr ? *shared : own_) {}

void MemoryStore::fail_commit(int number, Diagnostic error) {
  fail_in_ = number;
  failure_ = std::move(error);
}

void MemoryStore::lose_lock() {
  state_.lock = LockHolder{.who = "someone@elsewhere, process 1",
                           .command = "jim apply",
                           .since = utc_text(loop_.clock().wall()),
                           .token = ++state_.token};
  state_.expires = loop_.clock().wall() + std::chrono::hours(1);
}

bool MemoryStore::is_ours() const {
  return token_ != 0 && state_.lock && state_.lock->token == token_;
}

Diagnostic MemoryStore::lost() const {
  return lost_lock(place(), token_ != 0 && state_.lock ? &*state_.lock : nullptr);
}

Task<Result<State>> MemoryStore::load() {
  State state;
  state.head = state_.head;
  const auto outputs = parse_json(state_.outputs);
  if (!outputs) co_return outputs.error();
  state.outputs = outputs->as_map();
  for (const auto& [address, body] : state_.records) {
    const auto value = parse_json(body);
    if (!value) co_return value.error();
    auto record = record_from(*value);
    if (!record) co_return record.error();
    state.records.push_back(std::move(*record));
  }
  co_return state;
}

Task<Result<LockHolder>> MemoryStore::acquire_lock(LockHolder wanted, Duration term) {
  const auto now = loop_.clock().wall();
  if (state_.lock && state_.expires > now) co_return held_lock(place(), *state_.lock);
  LockHolder holder = wanted;
  holder.since = utc_text(now);
  holder.expires = utc_text(now + term);
  holder.token = ++state_.token;
  state_.lock = holder;
  state_.expires = now + term;
  token_ = holder.token;
  co_return holder;
}

Task<Result<std::optional<LockHolder>>> MemoryStore::holder() {
  const bool held = state_.lock && state_.expires > loop_.clock().wall();
  co_return held ? state_.lock : std::nullopt;
}

Task<Result<void>> MemoryStore::renew_lock(Duration term) {
  if (!is_ours()) co_return lost();
  state_.expires = loop_.clock().wall() + term;
  state_.lock->expires = utc_text(state_.expires);
  co_return Result<void>();
}

Task<Result<void>> MemoryStore::release_lock() {
  if (is_ours()) state_.lock.reset();
  token_ = 0;
  co_return Result<void>();
}

Task<Result<void>> MemoryStore::create(StateHead head) {
  if (!is_ours()) co_return lost();
  if (!state_.head.lineage.empty()) co_return state_exists(place(), state_.head.project);
  state_.head = head;
  co_return Result<void>();
}

Result<void> MemoryStore::begin_commit() {
  if (fail_in_ > 0 && --fail_in_ == 0) return failure_;
  if (!is_ours()) return lost();
  ++commits_;
  ++state_.head.serial;
  return {};
}

Task<Result<void>> MemoryStore::commit(std::vector<RecordChange> changes) {
  co_await loop_.yield();  // a real store answers on a later turn, too
  if (auto begun = begin_commit(); !begun) co_return begun;
  const JsonStyle style = stored_style(state_.head.fingerprint_key);
  for (const RecordChange& change : changes) {
    if (change.step && state_.head.runs > 0)
      state_.steps[state_.head.runs][change.step->number] = *change.step;
    if (change.remove)
      state_.records.erase(change.record.address);
    else
      state_.records[change.record.address] = to_json(record_to_value(change.record), style);
  }
  co_return Result<void>();
}

Task<Result<void>> MemoryStore::commit_outputs(ValueMap outputs) {
  co_await loop_.yield();
  if (auto begun = begin_commit(); !begun) co_return begun;
  state_.outputs = to_json(Value(outputs), stored_style(state_.head.fingerprint_key));
  co_return Result<void>();
}

Task<Result<Run>> MemoryStore::begin_run(Run run) {
  if (!is_ours()) co_return lost();
  run.number = ++state_.head.runs;
  state_.runs[run.number] = run;
  co_return run;
}

Task<Result<void>> MemoryStore::write_run(Run run, std::vector<RunStep> steps) {
  co_await loop_.yield();
  if (!is_ours()) co_return lost();
  for (RunStep& step : steps) state_.steps[run.number][step.number] = std::move(step);
  state_.runs[run.number] = std::move(run);
  co_return Result<void>();
}

Task<Result<std::vector<Run>>> MemoryStore::runs() {
  std::vector<Run> runs;
  for (const auto& [number, run] : state_.runs) runs.insert(runs.begin(), run);
  co_return runs;
}

Task<Result<std::vector<RunStep>>> MemoryStore::steps(std::int64_t run) {
  std::vector<RunStep> steps;
  for (const auto& [number, step] : state_.steps[run]) steps.push_back(step);
  co_return steps;
}

Task<Result<void>> MemoryStore::import(State state, std::vector<Run> runs,
                                       std::vector<std::vector<RunStep>> steps) {
  if (auto begun = begin_commit(); !begun) co_return begun;
  const bool in_use = state_.head.move.to.empty() && state_.head.move.from.empty();
  if (!state_.head.lineage.empty() && (in_use || state_.head.lineage != state.head.lineage))
    co_return state_exists(place(), state_.head.project);
  const JsonStyle style = stored_style(state.head.fingerprint_key);
  state_.head = state.head;
  state_.head.move.to.clear();
  state_.records.clear();
  for (const Record& record : state.records)
    state_.records[record.address] = to_json(record_to_value(record), style);
  state_.outputs = to_json(Value(state.outputs), style);
  state_.runs.clear();
  state_.steps.clear();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i < steps.size())
      for (const RunStep& step : steps[i]) state_.steps[runs[i].number][step.number] = step;
    state_.runs[runs[i].number] = runs[i];
  }
  co_return Result<void>();
}

Task<Result<void>> MemoryStore::mark_move(StateMove move) {
  if (auto begun = begin_commit(); !begun) co_return begun;
  state_.head.move = std::move(move);
  co_return Result<void>();
}

}  // namespace jim
