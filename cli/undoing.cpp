#include "cli/undoing.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/former.h"
#include "core/base/text.h"
#include "core/plan/diff.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

class Maker {
 public:
  explicit Maker(const UndoInput& input) : input_(input) {}

  Undoing run() {
    for (const RunStep& step : input_.past.find(input_.run)->steps) classify(step);
    // What cannot be restored may be what others were to refer to.
    while (!restore_all()) {
    }
    add_standing();
    finish();
    return std::move(undoing_);
  }

 private:
  void cannot(const std::string& why) { undoing_.cannot.push_back(why); }

  void classify(const RunStep& step) {
    const Past& past = input_.past;
    const std::string address = step.address.text();
    const Record* record = input_.state.find(step.address);
    const bool came_to_nothing = step.outcome.empty() && step.ids.empty() && record == nullptr;
    if (came_to_nothing || input_.staying.contains(step.address)) return;
    if (const auto ordered = past.ordered_in(input_.run, step))
      return cannot(fmt::format("{}: run {} ordered it; undo that one", address, *ordered));
    if (const auto undone = past.undone_in(input_.run, step.address)) {
      undoing_.done[step.address] = *undone;
      return;
    }
    if (const auto later = past.changed_after(input_.run, step.address, input_.state))
      return cannot(
          fmt::format("{}: run {} changed it again; undo that one first", address, *later));
    if (!input_.types.contains(step.type))
      return cannot(fmt::format("{}: no provider of the file knows type {}", address, step.type));
    if (step.action == kFind) {
      if (record == nullptr) return;  // gone already
      return cannot(
          fmt::format("{}: run {} found it again by its own mark; it stays", address, input_.run));
    }
    if (step.action == "forget")
      return cannot(
          fmt::format("{}: to own it again is a matter of {}", address, adoption_of(step)));
    if (step.action == "rename")
      return cannot(fmt::format("{}: to name it again is a matter of 'jim state mv'", address));
    if (const auto now = elsewhere(step))
      return cannot(fmt::format("{}: {} is {} now; give it its old name first", address, now->id,
                                now->address.text()));
    const bool appeared = step.before.empty() || step.action == "create" || step.action == "adopt";
    if (appeared && record == nullptr) return;  // gone already
    if (appeared) {  // at one address something else may have gone in the same run
      vanish_.insert(step.address);
      undoing_.targets.try_emplace(step.address, step);
    } else {
      undoing_.targets.insert_or_assign(step.address, step);
      steps_[step.address] = &undoing_.targets[step.address];
    }
  }

  static std::string adoption_of(const RunStep& step) {
    if (step.ids.empty()) return "'jim adopt'";
    return fmt::format("jim adopt '{}' {}", step.address.text(), escape_control(step.ids.back()));
  }

  /// The record of what the step made, where it has another address since; nullptr: none has.
  const Record* elsewhere(const RunStep& step) const {
    if (step.ids.empty()) return nullptr;
    const auto& records = input_.state.records;
    const auto found = std::find_if(records.begin(), records.end(), [&](const Record& one) {
      return one.id == step.ids.back() && one.type == step.type && one.address != step.address;
    });
    return found == records.end() ? nullptr : &*found;
  }

  /// False when one of them cannot be restored: it is no target any more.
  bool restore_all() {
    std::set<Address> present;
    for (const auto& [address, step] : steps_) present.insert(address);
    for (const Record& record : input_.state.records)
      if (!record.id.empty() && !record.forgotten && !vanish_.contains(record.address))
        present.insert(record.address);
    const Former former(input_, steps_, vanish_, present, undoing_.blocks);
    resources_.clear();
    needs_.clear();
    notes_.clear();
    undoing_.blocks.clear();
    std::map<std::string, std::set<std::string>> wants;
    for (const auto& [address, step] : steps_) {
      auto restored = former.restore(*step);
      if (!restored.cannot.empty()) {
        cannot(fmt::format("{}: {}", address.text(), restored.cannot));
        undoing_.targets.erase(address);
        steps_.erase(address);
        return false;
      }
      for (const std::string& note : restored.notes) notes_.push_back(note);
      needs_[address.name].insert(restored.needs.begin(), restored.needs.end());
      wants[address.name].insert(restored.wants.begin(), restored.wants.end());
      resources_.push_back(std::move(restored.desired));
    }
    for (const auto& [name, wanted] : wants)
      for (const std::string& want : wanted)
        if (!comes_after(want, name)) needs_[name].insert(want);
    present_ = std::move(present);
    return true;
  }

  /// Whether one block needs another, directly or not.
  bool comes_after(const std::string& block, const std::string& other) const {
    std::set<std::string> seen = {block};
    std::vector<std::string> open = {block};
    while (!open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      if (name == other) return true;
      const auto restored = needs_.find(name);
      const auto& of_file = input_.file.needs(name);
      const std::set<std::string> needs =
          restored != needs_.end() ? restored->second
                                   : std::set<std::string>(of_file.begin(), of_file.end());
      for (const std::string& need : needs)
        if (seen.insert(need).second) open.push_back(need);
    }
    return false;
  }

  /// What the run left alone is there too, for whatever refers to it.
  void add_standing() {
    std::map<Address, const Desired*> file;
    for (const Desired& one : input_.file.resources()) file[one.address] = &one;
    for (const Address& address : present_) {
      if (steps_.contains(address)) continue;
      const Record& record = *input_.state.find(address);
      const auto type = input_.types.find(record.type);
      if (type == input_.types.end()) continue;
      const auto found = file.find(address);
      Desired desired = {.address = address, .type = type->second};
      if (found != file.end() && found->second->type->name == record.type) {
        desired = *found->second;
      } else {
        desired.block = &undoing_.blocks.emplace_back(block_like(address, record.type, nullptr));
      }
      desired.protect = record.protect;
      desired.keep = record.keep;
      const bool of_file = !input_.file.needs(address.name).empty();
      if (!of_file && !restores_some_of(address.name))
        needs_[address.name].insert(record.needs.begin(), record.needs.end());
      resources_.push_back(std::move(desired));
    }
  }

  bool restores_some_of(const std::string& name) const {
    return std::any_of(steps_.begin(), steps_.end(),
                       [&](const auto& entry) { return entry.first.name == name; });
  }

  void finish() {
    undoing_.config = input_.config;
    std::set<std::string> known;
    for (const ResourceBlock& block : undoing_.config.resources) known.insert(block.name);
    for (const Desired& one : resources_)
      if (known.insert(one.address.name).second) {
        undoing_.config.resources.push_back(*one.block);
        needs_[one.address.name];
      }
    undoing_.expansion = input_.file.with(std::move(resources_), needs_);
    undoing_.cannot.insert(undoing_.cannot.end(), notes_.begin(), notes_.end());
  }

  const UndoInput& input_;
  Undoing undoing_ = {};
  std::map<Address, const RunStep*> steps_ = {};  ///< of what is to be as it was
  std::set<Address> vanish_ = {};                 ///< what is not to exist
  std::set<Address> present_ = {};                ///< what is going to exist
  std::vector<Desired> resources_ = {};
  std::map<std::string, std::set<std::string>> needs_ = {};
  std::vector<std::string> notes_ = {};
};

/// A value that is short enough to be named in a reason; empty: it is not.
std::string brief(const Value& value) {
  constexpr std::size_t kLongest = 40;
  if (value.has_secret() || value.has_unknown() || is_fingerprint(value)) return {};
  const std::string text = value.is_null() ? "nothing" : to_json(value);
  return text.size() > kLongest ? std::string() : text;
}

std::string why_attribute(const RunStep& step, std::int64_t run, const AttributeChange& change) {
  const Value* before = step.before.find(change.name);
  const Value* after = step.after.find(change.name);
  const Value none;
  if (change.after.has_unknown()) return "known once what it refers to is made again";
  if (step.action == "delete") return fmt::format("it was so when run {} deleted it", run);
  if (!step.after.empty() && (before ? *before : none) == (after ? *after : none))
    return fmt::format("changed since; it was so before run {}", run);
  const std::string was = change.secret ? std::string() : brief(before ? *before : none);
  return fmt::format("run {} changed it{}", run, was.empty() ? "" : " from " + was);
}

}  // namespace

Undoing undo_run(const UndoInput& input) { return Maker(input).run(); }

PlanOptions options_of(const UndoInput& input, const Undoing& undoing) {
  PlanOptions options = {.exact = true};
  for (const auto& [address, step] : undoing.targets) options.targets.push_back(address.text());
  options.because = [&undoing, run = input.run](const Address& address,
                                                const AttributeChange* change) -> std::string {
    const auto found = undoing.targets.find(address);
    if (found == undoing.targets.end()) return "it goes with what is undone";
    const RunStep& step = found->second;
    if (change != nullptr) return why_attribute(step, run, *change);
    if (step.action == "delete") return fmt::format("run {} deleted it", run);
    if (step.action == "adopt") return fmt::format("run {} took it over", run);
    if (step.action == "create" || step.before.empty()) return fmt::format("run {} made it", run);
    return fmt::format("it was there before run {}", run);
  };
  return options;
}

void give_back(Plan& plan, const UndoInput& input, const Undoing& undoing) {
  for (Change& change : plan.changes) {
    const auto target = undoing.targets.find(change.address);
    if (target == undoing.targets.end() || target->second.action != "adopt") continue;
    if (change.action != Action::remove) continue;
    change.action = Action::forget;
    change.risk = Risk::none;
    change.reasons = {fmt::format("run {} took it over: it is left alone", input.run)};
  }
}

std::vector<Address> contradicted(const Plan& plan, const UndoInput& input) {
  std::map<Address, const Desired*> file;
  for (const Desired& one : input.file.resources()) file[one.address] = &one;
  std::vector<Address> all;
  for (const Change& change : plan.changes) {
    const auto found = file.find(change.address);
    const bool goes = change.action == Action::remove || change.action == Action::forget;
    bool differs = (found == file.end()) != goes;
    if (found != file.end() && !goes) {
      ValueMap asked;
      for (const auto& [name, value] : found->second->attributes)
        if (!value.has_unknown()) asked.set(name, value);
      ValueMap left = change.actual;
      for (const auto& [name, value] : change.desired) left.set(name, value);
      const Record as_left = {.attributes = left};
      differs = found->second->type != change.type ||
                !diff(*change.type, asked, left, &as_left, found->second->block->ignore,
                      input.state.head.fingerprint_key)
                     .empty();
    }
    if (differs) all.push_back(change.address);
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace jim
