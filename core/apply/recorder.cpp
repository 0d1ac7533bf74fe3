#include "core/apply/recorder.h"

#include <algorithm>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/state/fingerprint.h"

namespace jim {

Recorder::Recorder(ApplyContext& context) : context_(context) {
  for (Record& record : context.state.records) {
    if (!record.id.empty()) addresses_.insert_or_assign(record.id, record.address);
    records_.emplace_hint(records_.end(), record.address, std::move(record));
  }
  context.state.records.clear();
}

Record* Recorder::find(const Address& address) {
  const auto found = records_.find(address);
  return found == records_.end() ? nullptr : &found->second;
}

Record& Recorder::touch(const Address& address) {
  Record& record = records_[address];
  record.address = address;
  return record;
}

Task<Result<void>> Recorder::save(const Address& address) {
  Record& record = touch(address);
  record.updated = now();
  if (record.created.empty()) record.created = record.updated;
  if (!record.id.empty()) addresses_.insert_or_assign(record.id, address);
  std::vector<RecordChange> changes;
  changes.push_back({.record = record});
  co_return co_await commit(std::move(changes));
}

Task<Result<void>> Recorder::drop(const Address& address) {
  const auto found = records_.find(address);
  if (found == records_.end()) co_return Result<void>();
  std::vector<RecordChange> changes;
  changes.push_back({.record = std::move(found->second), .remove = true});
  records_.erase(found);
  co_return co_await commit(std::move(changes));
}

Task<Result<void>> Recorder::rename(const Address& from, const Address& to) {
  const auto found = records_.find(from);
  if (found == records_.end()) co_return Result<void>();
  std::vector<RecordChange> changes;
  changes.push_back({.record = found->second, .remove = true});
  Record moved = std::move(found->second);
  records_.erase(found);
  moved.address = to;
  moved.updated = now();
  if (!moved.id.empty()) addresses_.insert_or_assign(moved.id, to);
  changes.push_back({.record = moved});
  records_[to] = std::move(moved);
  co_return co_await commit(std::move(changes));
}

const Address* Recorder::owner(const std::string& type, const std::string& id,
                               const Address& except) const {
  const auto known = addresses_.find(id);
  if (known == addresses_.end() || known->second == except) return nullptr;
  const auto record = records_.find(known->second);  // it may be gone, or have another object now
  const bool has_it =
      record != records_.end() && record->second.id == id && record->second.type == type;
  return has_it ? &known->second : nullptr;
}

std::string Recorder::now() const { return utc_text(context_.loop.clock().wall()); }

void Recorder::fail(const Diagnostic& error) {
  if (!halted_) errors_.push_back(error);
  halted_ = true;
}

Result<void> Recorder::may_begin() const {
  if (halted_) return errors_.front();
  return {};
}

Task<Result<void>> Recorder::commit(std::vector<RecordChange> changes) {
  for (RecordChange& change : changes) {
    const auto open = steps_.find(change.record.address);
    if (open == steps_.end()) continue;
    change.step = open->second.step;
    open->second.written = true;
  }
  auto done = co_await context_.store.commit(std::move(changes));
  if (!done) fail(done.error());
  co_return done;
}

Task<void> Recorder::begin_run(Run run) {
  run.started = now();
  auto begun = co_await context_.store.begin_run(std::move(run));
  if (begun) {
    run_ = std::move(*begun);
  } else {
    fail(begun.error());
  }
}

Task<void> Recorder::end_run(int status) {
  if (!run_ || halted_) co_return;
  run_->ended = now();
  run_->status = status;
  run_->counts = counts_;
  auto ended = co_await context_.store.write_run(*run_, std::move(late_));
  if (!ended) fail(ended.error());
}

Task<Result<void>> Recorder::note_removal(const Address& address, const std::string& id) {
  if (auto allowed = may_begin(); !allowed) co_return allowed;
  note_object(address, id);
  const auto open = steps_.find(address);
  if (!run_ || open == steps_.end()) co_return Result<void>();
  open->second.written = true;
  std::vector<RunStep> steps = {open->second.step};
  auto done = co_await context_.store.write_run(*run_, std::move(steps));
  if (!done) fail(done.error());
  co_return may_begin();
}

void Recorder::begin_step(const Change& change, std::size_t number) {
  OpenStep open = {.begun = context_.loop.clock().now()};
  open.step = {.number = static_cast<std::int64_t>(number),
               .address = change.address,
               .type = change.type->name,
               .action = std::string(action_word(change.action)),
               .started = now()};
  const Record* record = find(change.previous.name.empty() ? change.address : change.previous);
  // What an object has is recorded when it stands: until then it is only ordered.
  const bool ordered = record != nullptr && record->half_made && record->attributes.empty();
  if (change.action == Action::update && change.resumes && ordered) open.step.action = kFinish;
  if (change.action == Action::adopt && change.found_again) open.step.action = kFind;
  open.step.before = record != nullptr ? record->attributes : redact(change.actual, key());
  if (!change.id.empty()) open.step.ids.push_back(change.id);
  steps_[change.address] = std::move(open);
}

void Recorder::note_object(const Address& address, const std::string& id) {
  const auto open = steps_.find(address);
  if (open == steps_.end() || id.empty()) return;
  std::vector<std::string>& ids = open->second.step.ids;
  if (std::find(ids.begin(), ids.end(), id) != ids.end()) return;
  ids.push_back(id);
  open->second.written = false;
}

void Recorder::note_request(const Address& address, const std::string& id) {
  constexpr std::size_t kMostRequests = 32;
  const auto open = steps_.find(address);
  if (open == steps_.end() || open->second.step.requests.size() >= kMostRequests) return;
  open->second.step.requests.push_back(id);
  open->second.written = false;
}

void Recorder::note_after(const Address& address, const ValueMap& after) {
  if (const auto open = steps_.find(address); open != steps_.end()) open->second.step.after = after;
}

void Recorder::close_step(const Address& address, const ValueMap& after) {
  const auto open = steps_.find(address);
  if (open == steps_.end()) return;
  open->second.step.after = after;
  open->second.step.outcome = "done";
  open->second.step.took = context_.loop.clock().now() - open->second.begun;
  open->second.written = false;
}

void Recorder::end_step(const Address& address, const char* outcome, const std::string& error) {
  const auto found = steps_.find(address);
  if (found == steps_.end()) return;
  OpenStep open = std::move(found->second);
  steps_.erase(found);
  if (std::string_view(outcome) == "done" || has_ordered(open.step)) ++counts_[open.step.action];
  if (open.written && open.step.outcome == outcome) return;
  open.step.outcome = outcome;
  open.step.error = error;
  open.step.took = context_.loop.clock().now() - open.begun;
  late_.push_back(std::move(open.step));
}

bool Recorder::has_ordered(const RunStep& step) const {
  if (step.action != action_word(Action::create) && step.action != action_word(Action::replace))
    return false;
  const auto found = records_.find(step.address);
  if (found == records_.end() || !found->second.half_made || found->second.id.empty()) return false;
  const bool is_old = step.action == action_word(Action::replace) && !step.ids.empty() &&
                      step.ids.front() == found->second.id;
  return !is_old;
}

void Recorder::finish() {
  context_.state.records.clear();
  context_.state.records.reserve(records_.size());
  for (auto& [address, record] : records_) context_.state.records.push_back(std::move(record));
  records_.clear();
}

Task<Result<void>> StepJournal::note_intent(const Intent& intent) {
  if (auto allowed = recorder_.may_begin(); !allowed) co_return allowed;
  Record& record = recorder_.touch(change_.address);
  record.type = change_.type->name;
  record.needs = change_.needs;
  // What a new object has is known when it is finished; what an older one had says nothing of it.
  record.attributes = {};
  const bool stands_beside = change_.action == Action::replace && change_.create_before_destroy;
  if (stands_beside && record.id == change_.id) record.deposed.push_back(record.id);
  record.id.clear();
  record.intent = intent;
  record.half_made = true;
  if (record.intent->started.empty()) record.intent->started = recorder_.now();
  intended_ = true;
#ifdef JIM_MUTANT_NO_INTENT  // tests/simulation proves that it would be noticed
  co_return Result<void>();
#else
  if (auto saved = co_await recorder_.save(change_.address); !saved) co_return saved;
  co_return recorder_.may_begin();
#endif
}

Task<Result<void>> StepJournal::record_id(const std::string& id) {
  if (const Address* owner = recorder_.owner(change_.type->name, id, change_.address)) {
    co_return Diagnostic{
        .code = ErrorCode::ambiguous,
        .message = "the vendor answered with the id '" + escape_control(id) +
                   "', which is that of " + owner->text(),
        .hint =
            "look at the vendor's own list whether there are one or two, and take a second one "
            "over by 'jim adopt'"};
  }
  id_ = id;
  recorder_.note_object(change_.address, id);
  Record& record = recorder_.touch(change_.address);
  record.type = change_.type->name;
  record.id = id;
  record.half_made = true;
  auto saved = co_await recorder_.save(change_.address);
  recorded_ = static_cast<bool>(saved);
  co_return saved;
}

}  // namespace jim
