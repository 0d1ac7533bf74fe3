#include "core/apply/apply.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/apply/recorder.h"
#include "core/apply/schedule.h"
#include "core/base/text.h"
#include "core/plan/diff.h"
#include "core/plan/takeover.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"
#include "core/value/redact.h"

namespace jim {

namespace {

/// One run of a plan.
class Applier {
 public:
  Applier(ApplyContext& context, const Expansion& expansion, const Plan& plan)
      : context_(context),
        expansion_(expansion),
        plan_(plan),
        schedule_(context.loop, plan, context.state.records),
        recorder_(context),
        gate_(context.loop, context.limit),
        begun_(plan.changes.size()) {
    report_.steps.resize(plan.changes.size());
    for (std::size_t i = 0; i < plan.changes.size(); ++i)
      report_.steps[i] = {.address = plan.changes[i].address, .action = plan.changes[i].action};
    for (const Desired& desired : expansion.resources())
      desired_.emplace(desired.address, &desired);
    for (const auto& [name, instances] : plan.standing)
      for (const Standing& one : instances) standing_[name][one.address] = one.attributes;
  }

  Task<Report> run() {
    if (auto sealed = co_await context_.store.renew_seal(); !sealed) recorder_.fail(sealed.error());
    if (!plan_.changes.empty()) co_await recorder_.begin_run(context_.run);
    if (!recorder_.halted()) co_await settle();
    const std::function<Task<void>(std::size_t)> work = [this](std::size_t i) {
      return run_step(schedule_.steps()[i]);
    };
    co_await for_each_bounded(context_.loop, schedule_.steps().size(), schedule_.steps().size(),
                              work);
    if (plan_.destroy) {
      co_await clear_outputs();
    } else {
      co_await save_outputs();
    }
    report_.errors = recorder_.errors();
    report_.interrupted = context_.stop.interrupted();
    report_.lapsed = context_.stop.lapsed();
    co_await recorder_.end_run(exit_status(report_));
    recorder_.finish();
    report_.errors = recorder_.errors();
    co_return std::move(report_);
  }

 private:
  /// Drift that this plan leaves alone is what exists from now on; what was presumed of an object
  /// that was taken over is its prior.
  Task<void> settle() {
    std::set<std::string> changing;
    for (const Change& change : plan_.changes) changing.insert(change.address.text());
    for (const auto& [address, desired] : desired_) {
      Record* record = recorder_.find(address);
      if (record == nullptr || plan_.destroy || changing.contains(address.text())) continue;
      if (record->protect == desired->protect && record->keep == desired->keep) continue;
      record->protect = desired->protect;  // it must hold once the block is gone from the file
      record->keep = desired->keep;
      if (auto saved = co_await recorder_.save(address); !saved) co_return;
    }
    for (const Drift& drift : plan_.drift) {
      if (drift.gone || changing.contains(drift.address.text())) continue;
      Record* record = recorder_.find(drift.address);
      if (record == nullptr) continue;
      for (const AttributeChange& change : drift.attributes)
        record->attributes.set(change.name, change.secret
                                                ? fingerprint_value(change.after, recorder_.key())
                                                : redacted(change.after, recorder_.key()));
      if (auto saved = co_await recorder_.save(drift.address); !saved) co_return;
    }
    for (const Presumption& one : plan_.presumed) {
      Record* record = recorder_.find(one.address);
      if (record == nullptr || changing.contains(one.address.text())) continue;
      jim::settle(*record, one.attributes, recorder_.key());
      if (auto saved = co_await recorder_.save(one.address); !saved) co_return;
    }
  }

  Task<void> run_step(const Step& step) {
    for (Barrier* barrier : step.waits) co_await barrier->done.wait();
    co_await gate_.enter();
    const bool succeeded = co_await guarded(step);
    gate_.leave();
    Schedule::finish(step, succeeded);
  }

  Task<bool> guarded(const Step& step) {
    const Change& change = plan_.changes[step.change];
    StepReport& report = report_.steps[step.change];
    const bool first = report.outcome == Outcome::not_started;
    if (!first && report.outcome != Outcome::done) co_return false;  // its other half failed
    if (context_.stop.requested() || recorder_.halted()) {
      report.outcome = first ? Outcome::not_started : Outcome::interrupted;
      co_return false;
    }
    if (const std::string because = blocked_by(step); !because.empty()) {
      report.outcome = Outcome::skipped;
      report.because = because;
      context_.observer.finished(change, report);
      co_return false;
    }
    ValueMap attributes = change.desired;
    Result<void> done = step.makes ? complete(change, attributes, report) : Result<void>();
    if (report.outcome == Outcome::skipped) {
      context_.observer.finished(change, report);
      co_return false;
    }
    // Whatever becomes of the object, it is known by its new address from now on.
    if (first && done && change.action == Action::replace && !change.previous.name.empty())
      done = co_await recorder_.rename(change.previous, change.address);
    if (first) {
      begun_[step.change] = context_.loop.clock().now();
      recorder_.begin_step(change, step.change + 1);
      context_.observer.started(change);
    }
    if (done && step.makes) {
      done = co_await make(change, attributes, report);
    } else if (done) {
      done = co_await unmake(change, report);
    }
    report.took = context_.loop.clock().now() - begun_[step.change];
    const bool half = has_two_halves(change) && first;
    if (done) {
      report.outcome = Outcome::done;
      if (half) co_return true;
      recorder_.end_step(change.address, "done", {});
      context_.observer.finished(change, report);
      co_return true;
    }
    report.error = done.error();
    report.outcome =
        done.error().code == ErrorCode::cancelled ? Outcome::interrupted : Outcome::failed;
    recorder_.end_step(change.address, report.outcome == Outcome::failed ? "failed" : "interrupted",
                       report.error.message);
    context_.observer.finished(change, report);
    co_return false;
  }

  /// The name of the failed block that keeps this step from being done; empty: none. A making whose
  /// values are all known goes on although some neighbour of what it needs failed.
  std::string blocked_by(const Step& step) const {
    const Change& change = plan_.changes[step.change];
    for (const Barrier* barrier : step.waits) {
      if (!barrier->failed) continue;
      if (barrier->name.empty()) return change.address.text();
      if (!step.makes) return barrier->name;
      const auto desired = desired_.find(change.address);
      if (desired == desired_.end()) continue;
      const auto& needs = desired->second->block->needs;
      if (std::find(needs.begin(), needs.end(), barrier->name) != needs.end()) return barrier->name;
    }
    return {};
  }

  // --- making ---

  Task<Result<void>> make(const Change& change, const ValueMap& attributes, StepReport& report) {
    report.id = change.id;
    if (change.action == Action::create || change.action == Action::replace)
      co_return co_await create(change, attributes, report);
    co_return co_await update(change, attributes, report);
  }

  /// Fills in what the plan could not know. Leaves the report `skipped` when a source failed.
  Result<void> complete(const Change& change, ValueMap& attributes, StepReport& report) {
    const bool open = std::any_of(attributes.begin(), attributes.end(),
                                  [](const auto& entry) { return entry.second.has_unknown(); });
    if (!open) return {};
    const auto desired = desired_.find(change.address);
    if (desired == desired_.end()) return {};
    auto values = expansion_.evaluate(*desired->second, values_for(change));
    if (!values) return values.error();
    attributes = std::move(*values);
    for (const auto& [name, value] : attributes) {
      if (!value.has_unknown()) continue;
      for (const std::string& need : change.needs) {
        const Barrier* barrier = schedule_.making(need);
        if (barrier == nullptr || !barrier->failed) continue;
        report.outcome = Outcome::skipped;
        report.because = need;
        return {};
      }
      return Diagnostic{.code = ErrorCode::internal,
                        .message = change.address.text() + "." + name +
                                   " is still unknown although everything it needs exists",
                        .hint = "the vendor did not say a value that the file uses; plan again"};
    }
    return {};
  }

  /// What expressions of this change may look at. A block is put together once, when all of it
  /// stands.
  std::map<std::string, Value> values_for(const Change& change) {
    std::map<std::string, Value> values;
    for (const std::string& need : change.needs) values[need] = block_value(need);
    return values;
  }

  Value block_value(const std::string& name) {
    if (const auto cached = values_.find(name); cached != values_.end()) return cached->second;
    const auto instances = standing_.find(name);
    if (instances == standing_.end()) return Value();
    std::vector<std::pair<Address, ValueMap>> seen(instances->second.begin(),
                                                   instances->second.end());
    const auto desired = desired_.find(seen.front().first);
    if (desired == desired_.end()) return Value();
    Value value = Expansion::block_value(*desired->second->block, seen);
    const Barrier* barrier = schedule_.making(name);
    if (barrier == nullptr || barrier->open == 0) values_[name] = value;
    return value;
  }

  void stands(const Change& change, const ValueMap& attributes, const Object& object) {
    const auto block = standing_.find(change.address.name);
    if (block == standing_.end()) return;
    ValueMap seen = object.attributes;
    for (const auto& [name, value] : attributes) {
      const Attribute* attribute = change.type->attribute(name);
      if (attribute == nullptr || !attribute->readable || !seen.contains(name) ||
          value.has_secret())
        seen.set(name, value);
    }
    for (const Attribute& attribute : change.type->attributes)
      if (!seen.contains(attribute.name)) seen.set(attribute.name, Value());
    seen.set("id", object.id);
    block->second[change.address] = std::move(seen);
  }

  Provider& provider(const ResourceType& type) const {
    return *context_.providers.find(type.provider)->second;
  }

  /// What the file allows for `operation`: create, update or delete.
  std::optional<Duration> timeout(const Change& change, const std::string& operation) const {
    const auto desired = desired_.find(change.address);
    if (desired == desired_.end()) return std::nullopt;
    const auto& timeouts = desired->second->block->timeouts;
    const auto found = timeouts.find(operation);
    return found == timeouts.end() ? std::nullopt : std::optional(found->second);
  }

  Mark mark(const Address& address) const {
    return {.lineage = context_.state.head.lineage,
            .project = context_.state.head.project,
            .address = address.text()};
  }

  Task<Result<void>> create(const Change& change, const ValueMap& attributes, StepReport& report) {
    const Record* record = recorder_.find(change.address);
    const std::optional<Record> previous = record ? std::optional(*record) : std::nullopt;
    StepJournal journal(recorder_, context_.observer, change);
    CreateRequest request = {.type = change.type,
                             .attributes = attributes,
                             .mark = mark(change.address),
                             .fingerprint = fingerprint(Value(attributes), recorder_.key()),
                             .beside = change.deposed,
                             .timeout = timeout(change, "create")};
    if (change.action == Action::replace && change.create_before_destroy)
      request.beside.push_back(change.id);
    const bool may_arrive = previous && previous->id.empty() && previous->intent &&
                            previous->intent->action == "create" &&
                            previous->type == change.type->name;
    if (may_arrive) request.client_id = previous->intent->client_id;
    const auto object = co_await provider(*change.type).create(request, journal);
    report.id = journal.id();
    report.recorded = journal.id().empty() || journal.recorded();
    if (!object) {
      const bool nothing_made = journal.id().empty() && surely_not_done(object.error().code);
      if (nothing_made && journal.intended())
        if (auto undone = co_await undo(change, previous); !undone) co_return undone;
      co_return object.error();
    }
    report.id = object->id;
    co_return co_await keep_record(change, attributes, *object);
  }

  /// Nothing was made: what the record said before still holds.
  Task<Result<void>> undo(const Change& change, const std::optional<Record>& previous) {
    if (!previous || (previous->id.empty() && previous->deposed.empty()))
      co_return co_await recorder_.drop(change.address);
    Record& record = recorder_.touch(change.address);
    record = *previous;
    record.intent.reset();
    co_return co_await recorder_.save(change.address);
  }

  /// The vendor answered and refused: nothing exists that would have to be looked up later.
  static bool surely_not_done(ErrorCode code) {
    switch (code) {
      case ErrorCode::unknown_outcome:
      case ErrorCode::cancelled:
      case ErrorCode::timed_out:
      case ErrorCode::io:
      case ErrorCode::internal:
      case ErrorCode::ambiguous:
        return false;
      default:
        return true;
    }
  }

  /// Whether what was half-made has vanished: a run that was killed may have ordered its deletion.
  Task<bool> is_gone(const Change& change, const Diagnostic& why) {
    if (why.code != ErrorCode::not_found || recorder_.halted()) co_return false;
    const auto seen = co_await provider(*change.type).read(*change.type, change.id);
    co_return !seen && seen.error().code == ErrorCode::not_found;
  }

  Task<Result<void>> update(const Change& change, const ValueMap& attributes, StepReport& report) {
    if (auto moved = co_await take_over(change, attributes); !moved) co_return moved.error();
    Record* record = recorder_.find(change.address);
    const auto desired = desired_.find(change.address);
    const auto& ignore = desired->second->block->ignore;
    const auto changes =
        diff(*change.type, attributes, change.actual, record, ignore, recorder_.key());
    Object object = {.type = change.type->name, .id = change.id, .attributes = change.actual};
    if (!changes.empty() || change.resumes) {
      UpdateRequest request = {.type = change.type,
                               .id = change.id,
                               .attributes = attributes,
                               .mark = mark(change.address),
                               .timeout = timeout(change, change.resumes ? "create" : "update")};
      for (const AttributeChange& one : changes) request.changed.push_back(one.name);
      for (const std::string& name : ignore) request.attributes.erase(name);
      const bool was_half_made = record->half_made;
      record->half_made = true;
      if (auto saved = co_await recorder_.save(change.address); !saved) co_return saved;
      if (auto allowed = recorder_.may_begin(); !allowed) co_return allowed;
      StepJournal journal(recorder_, context_.observer, change);
      auto updated = co_await provider(*change.type).update(request, journal);
      if (!updated && change.resumes && co_await is_gone(change, updated.error())) {
        journal.progress("it is gone: another one is made");
        co_return co_await create(change, attributes, report);
      }
      if (!updated) {
        if (surely_not_done(updated.error().code) && !was_half_made) {
          recorder_.touch(change.address).half_made = false;
          if (auto saved = co_await recorder_.save(change.address); !saved) co_return saved;
        }
        co_return updated.error();
      }
      object = std::move(*updated);
    }
    report.id = object.id;
    co_return co_await keep_record(change, attributes, object);
  }

  /// Adopted and renamed objects get their mark first: as long as the record does not say so too,
  /// the next run finds the same thing to do.
  Task<Result<void>> take_over(const Change& change, const ValueMap& attributes) {
    const bool renamed = !change.previous.name.empty();
    const Record* known = recorder_.find(renamed ? change.previous : change.address);
    const bool adopted = known == nullptr || known->id != change.id || known->forgotten;
    Provider& owner = provider(*change.type);
    if (auto allowed = recorder_.may_begin(); !allowed) co_return allowed;
    if ((renamed || adopted) && owner.can_set_mark(*change.type))
      if (auto marked = co_await owner.set_mark(*change.type, change.id, mark(change.address));
          !marked)
        co_return marked;
    if (renamed)
      if (auto moved = co_await recorder_.rename(change.previous, change.address); !moved)
        co_return moved;
    if (!adopted) co_return Result<void>();
    Record& record = recorder_.touch(change.address);
    record.type = change.type->name;
    record.id = change.id;
    record.attributes =
        redact(prior_as_found(*change.type, change.actual, &attributes), recorder_.key());
    record.half_made = change.resumes;
    record.forgotten = false;
    co_return co_await recorder_.save(change.address);
  }

  /// What was applied, plus what the vendor computed, becomes the prior of the next run.
  Task<Result<void>> keep_record(const Change& change, const ValueMap& attributes,
                                 const Object& object) {
    stands(change, attributes, object);
    ValueMap kept;
    for (const Attribute& attribute : change.type->attributes) {
      const Value* value = attributes.find(attribute.name);
      if (value == nullptr || value->is_null()) value = object.attributes.find(attribute.name);
      if (value == nullptr || value->is_null()) continue;
      kept.set(attribute.name, attribute.secret ? value->as_secret() : *value);
    }
    const auto desired = desired_.find(change.address);
    Record& record = recorder_.touch(change.address);
    record.type = change.type->name;
    record.id = object.id;
    record.attributes = redact(kept, recorder_.key());
    record.needs = change.needs;
    record.half_made = false;
    record.intent.reset();
    if (desired != desired_.end()) {
      record.protect = desired->second->protect;
      record.keep = desired->second->keep;
    }
    recorder_.note_object(change.address, object.id);
    recorder_.note_after(change.address, record.attributes);
    if (!has_two_halves(change)) recorder_.close_step(change.address, record.attributes);
    co_return co_await recorder_.save(change.address);
  }

  // --- unmaking ---

  Task<Result<void>> unmake(const Change& change, StepReport& report) {
    report.id = report.id.empty() ? change.id : report.id;
    if (change.action == Action::forget) co_return co_await forget(change);
    const bool goes = change.action == Action::remove || change.action == Action::replace;
    if (goes && !change.id.empty())
      if (auto gone = co_await remove(change, change.id, report); !gone) co_return gone;
    for (const std::string& id : change.deposed)
      if (auto gone = co_await remove(change, id, report); !gone) co_return gone;
    const bool stays = has_two_halves(change) &&
                       (change.action != Action::replace || change.create_before_destroy);
    if (stays || !is_recorded(change)) co_return Result<void>();
    if (!has_two_halves(change)) recorder_.close_step(change.address, {});
    co_return co_await recorder_.drop(change.address);
  }

  Task<Result<void>> remove(const Change& change, const std::string& id, StepReport& report) {
    if (auto noted = co_await recorder_.note_removal(change.address, id); !noted) co_return noted;
    StepJournal journal(recorder_, context_.observer, change);
    if (auto gone = co_await provider(*change.type)
                        .remove(*change.type, id, journal, timeout(change, "delete"));
        !gone)
      co_return gone;
    report.removed.push_back(id);
    if (change.action == Action::replace && report.id == id) report.id.clear();
    Record* record = recorder_.find(change.address);
    if (record == nullptr || std::erase(record->deposed, id) == 0) co_return Result<void>();
    co_return co_await recorder_.save(change.address);
  }

  /// Whether the record at the change's address is about its object.
  bool is_recorded(const Change& change) {
    const Record* record = recorder_.find(change.address);
    return record != nullptr && record->type == change.type->name &&
           (record->id == change.id || record->id.empty());
  }

  /// Takes the mark off, so that the object is nobody's; where that cannot be done the record
  /// stays, to say so.
  Task<Result<void>> forget(const Change& change) {
    Provider& owner = provider(*change.type);
    if (auto allowed = recorder_.may_begin(); !allowed) co_return allowed;
    recorder_.close_step(change.address, {});
    if (change.id.empty()) co_return co_await recorder_.drop(change.address);
    if (owner.can_set_mark(*change.type)) {
      const Mark none;  // GCC 12 destroys a temporary of a co_await expression twice
      const auto unmarked = co_await owner.set_mark(*change.type, change.id, none);
      if (unmarked || unmarked.error().code == ErrorCode::not_found)
        co_return co_await recorder_.drop(change.address);
      if (unmarked.error().code != ErrorCode::invalid_config) co_return unmarked.error();
    }
    recorder_.touch(change.address).forgotten = true;
    co_return co_await recorder_.save(change.address);
  }

  Task<void> save_outputs() {
    leave_standing();
    std::map<std::string, Value> values;
    for (const auto& [name, instances] : standing_) values[name] = block_value(name);
    auto outputs = expansion_.outputs(values);
    if (!outputs) {
      if (report_.errors.empty() && all_done()) recorder_.fail(outputs.error());
      co_return;
    }
    *outputs = known_outputs(*outputs);
    report_.outputs = *outputs;
    context_.state.outputs = redact(*outputs, recorder_.key());
    if (recorder_.halted()) co_return;
    if (auto saved = co_await context_.store.commit_outputs(context_.state.outputs); !saved)
      recorder_.fail(saved.error());
  }

  /// What was to change and did not is as it was.
  void leave_standing() {
    values_.clear();
    for (std::size_t i = 0; i < plan_.changes.size(); ++i) {
      const Change& change = plan_.changes[i];
      const StepReport& step = report_.steps[i];
      const auto& gone = step.removed;
      if (step.outcome == Outcome::done || change.id.empty()) continue;
      if (change.action == Action::remove || change.action == Action::forget) continue;
      if (std::find(gone.begin(), gone.end(), change.id) != gone.end()) continue;
      stands(change, {}, {.id = change.id, .attributes = change.actual});
    }
  }

  /// No unknown is kept: an output that looks at nothing of this run keeps its last value, and null
  /// stands for what nobody knows.
  ValueMap known_outputs(const ValueMap& outputs) const {
    std::set<std::string> changed;
    for (const Change& change : plan_.changes) changed.insert(change.address.name);
    ValueMap known;
    for (const auto& [name, value] : outputs) {
      const std::vector<std::string> needs = expansion_.output_needs(name);
      const Value* last = context_.state.outputs.find(name);
      const bool touched = std::any_of(needs.begin(), needs.end(), [&](const std::string& need) {
        return changed.contains(need);
      });
      known.set(name, value.has_unknown() && !touched && last != nullptr ? *last
                                                                         : without_unknown(value));
    }
    return known;
  }

  static Value without_unknown(const Value& value) {
    if (!value.has_unknown()) return value;
    Value known;
    if (value.is_list()) {
      ValueList items;
      for (const Value& item : value.as_list()) items.push_back(without_unknown(item));
      known = std::move(items);
    } else if (value.is_map()) {
      ValueMap entries;
      for (const auto& [name, item] : value.as_map()) entries.set(name, without_unknown(item));
      known = std::move(entries);
    }
    return value.is_secret() && !known.is_null() ? known.as_secret() : known;
  }

  /// Once nothing is left there is nothing that they could be about; else what they say of objects
  /// that are gone is not known any more.
  Task<void> clear_outputs() {
    if (recorder_.halted() || context_.state.outputs.empty()) co_return;
    const bool left = !recorder_.empty() || !all_done();
    ValueMap outputs = left ? outputs_of_the_rest() : ValueMap();
    if (outputs == context_.state.outputs) co_return;
    context_.state.outputs = outputs;
    if (auto saved = co_await context_.store.commit_outputs(std::move(outputs)); !saved)
      recorder_.fail(saved.error());
  }

  ValueMap outputs_of_the_rest() {
    std::set<std::string> gone;
    for (const Change& change : plan_.changes)
      if (!stands_recorded(change.address)) gone.insert(change.address.name);
    std::map<std::string, std::vector<std::pair<Address, ValueMap>>> seen;
    std::map<std::string, Value> values;
    for (const auto& [address, desired] : desired_)
      seen[address.name].emplace_back(address, as_recorded(*desired));
    for (const auto& [name, instances] : seen)
      values[name] =
          Expansion::block_value(*desired_.at(instances.front().first)->block, instances);
    const auto now = expansion_.outputs(values);
    ValueMap outputs = context_.state.outputs;
    for (const auto& [name, last] : context_.state.outputs) {
      const std::vector<std::string> needs = expansion_.output_needs(name);
      const bool touched = std::any_of(
          needs.begin(), needs.end(), [&](const std::string& need) { return gone.contains(need); });
      if (!touched) continue;
      const Value* value = now ? now->find(name) : nullptr;
      outputs.set(name, value == nullptr ? Value() : without_unknown(*value));
    }
    return redact(outputs, recorder_.key());
  }

  bool stands_recorded(const Address& address) {
    const Record* record = recorder_.find(address);
    return record != nullptr && !record->id.empty() && !record->forgotten;
  }

  /// As state has it; unknown is what state does not keep, and all of what is gone.
  ValueMap as_recorded(const Desired& desired) {
    const Record* record =
        stands_recorded(desired.address) ? recorder_.find(desired.address) : nullptr;
    if (record != nullptr && record->type != desired.type->name) record = nullptr;
    ValueMap attributes;
    for (const Attribute& attribute : desired.type->attributes) {
      const Value* value = record == nullptr ? nullptr : record->attributes.find(attribute.name);
      const Value absent = record == nullptr ? Value::unknown() : Value();
      attributes.set(attribute.name, value == nullptr ? absent : in_clear(*value));
    }
    attributes.set("id", record == nullptr ? Value::unknown() : Value(record->id));
    return attributes;
  }

  bool all_done() const {
    return std::all_of(report_.steps.begin(), report_.steps.end(),
                       [](const StepReport& step) { return step.outcome == Outcome::done; });
  }

  ApplyContext& context_;
  const Expansion& expansion_;
  const Plan& plan_;
  Schedule schedule_;
  Recorder recorder_;
  Gate gate_;
  Report report_ = {};
  std::vector<Instant> begun_;
  std::map<Address, const Desired*> desired_ = {};
  std::map<std::string, std::map<Address, ValueMap>> standing_ = {};
  std::map<std::string, Value> values_ = {};
};

}  // namespace

Task<Report> apply(ApplyContext& context, const Expansion& expansion, const Plan& plan) {
  Applier applier(context, expansion, plan);
  co_return co_await applier.run();
}

bool Report::complete() const {
  return errors.empty() && !interrupted &&
         std::all_of(steps.begin(), steps.end(),
                     [](const StepReport& step) { return step.outcome == Outcome::done; });
}

}  // namespace jim
