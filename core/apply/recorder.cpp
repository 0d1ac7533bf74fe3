#include "core/apply/recorder.h"

#include "core/base/clock.h"
#include "core/base/text.h"

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

Task<Result<void>> Recorder::commit(std::vector<RecordChange> changes) {
  auto done = co_await context_.store.commit(std::move(changes));
  if (!done) fail(done.error());
  co_return done;
}

void Recorder::finish() {
  context_.state.records.clear();
  context_.state.records.reserve(records_.size());
  for (auto& [address, record] : records_) context_.state.records.push_back(std::move(record));
  records_.clear();
}

Task<Result<void>> StepJournal::note_intent(const Intent& intent) {
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
  co_return co_await recorder_.save(change_.address);
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
  Record& record = recorder_.touch(change_.address);
  record.type = change_.type->name;
  record.id = id;
  record.half_made = true;
  co_return co_await recorder_.save(change_.address);
}

}  // namespace jim
