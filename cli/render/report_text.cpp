#include "cli/render/report_text.h"

#include <algorithm>
#include <array>
#include <map>

#include "cli/render/value_text.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kLongestAddresses = 120;

/// Steps that a person reads as one: the same happened to all of them.
struct Group {
  std::vector<Address> addresses = {};
  const StepReport* first = nullptr;
  std::vector<std::string> removed = {};  ///< of all of them
};

std::vector<Group> grouped(const Report& report, Outcome outcome) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> places;
  for (const StepReport& step : report.steps) {
    if (step.outcome != outcome) continue;
    std::string signature = std::string(action_word(step.action)) + "\n" + step.error.message +
                            "\n" + step.error.hint + "\n" + step.because;
    // A machine that exists is named with its id, each for itself.
    if (outcome == Outcome::failed) signature += "\n" + step.id;
    if (!step.removed.empty()) signature += "\nremoved";
    const auto [place, fresh] = places.emplace(std::move(signature), groups.size());
    if (fresh) groups.push_back({{}, &step});
    Group& group = groups[place->second];
    group.addresses.push_back(step.address);
    group.removed.insert(group.removed.end(), step.removed.begin(), step.removed.end());
  }
  return groups;
}

std::string addresses_of(std::vector<Address> addresses) {
  std::sort(addresses.begin(), addresses.end());
  std::string text = folded(addresses);
  if (text.size() > kLongestAddresses)
    text = addresses.front().text() + " … " + addresses.back().text() + " (" +
           std::to_string(addresses.size()) + ")";
  return escape_control(text);
}

std::string_view past(Action action) {
  switch (action) {
    case Action::create:
      return "created";
    case Action::update:
      return "changed";
    case Action::replace:
      return "replaced";
    case Action::remove:
      return "destroyed";
    case Action::adopt:
      return "adopted";
    case Action::rename:
      return "renamed";
    case Action::forget:
      return "forgotten";
    case Action::no_op:
      return "left alone";
  }
  return "";
}

std::string_view outcome_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::failed:
      return "failed";
    case Outcome::skipped:
      return "skipped";
    case Outcome::not_started:
      return "not_started";
    case Outcome::interrupted:
      return "interrupted";
  }
  return "";
}

/// That the object of a failed change is there. What becomes of it is said by the error's own hint
/// where it has one.
std::string note_text(const StepReport& step) {
  const bool there =
      !step.id.empty() && step.action != Action::remove && step.error.code != ErrorCode::not_found;
  if (!there) return {};
  const std::string id = escape_control(step.id);
  if (!step.recorded)
    return "  note: the object " + id +
           " exists, and the state may lack its id; should the next apply not find it, jim adopt "
           "'" +
           escape_control(step.address.text()) + "' " + id + " takes it over\n";
  return "  note: the object " + id +
         (step.error.hint.empty() ? " exists; state knows it, and the next apply goes on with it\n"
                                  : " exists, and state knows it\n");
}

std::string failed_text(const Report& report, const Paint& paint) {
  std::string text;
  for (const Group& group : grouped(report, Outcome::failed)) {
    const StepReport& step = *group.first;
    text += paint.red("error:") + " " + addresses_of(group.addresses) + ": " +
            std::string(action_word(step.action)) + ": " + escape_control(step.error.message) +
            "\n";
    if (!group.removed.empty()) text += "  note: " + gone_text(step, group.removed) + "\n";
    text += note_text(step);
    if (!step.error.hint.empty()) text += "  hint: " + escape_control(step.error.hint) + "\n";
  }
  for (const Diagnostic& error : report.errors) {
    text += paint.red("error:") + " " + escape_control(error.message) + "\n";
    if (!error.hint.empty()) text += "  hint: " + escape_control(error.hint) + "\n";
  }
  return text;
}

/// A new object is there, though not ready, or not known to be.
bool is_begun(const StepReport& step) {
  return step.action == Action::create && step.outcome != Outcome::done && !step.id.empty();
}

Value diagnostic_value(const Diagnostic& diagnostic) {
  ValueMap map;
  map.set("message", diagnostic.message);
  if (!diagnostic.hint.empty()) map.set("hint", diagnostic.hint);
  return map;
}

Value texts(const std::vector<std::string>& items) {
  ValueList list;
  for (const std::string& item : items) list.push_back(Value(item));
  return list;
}

Value step_value(const StepReport& step) {
  ValueMap map;
  map.set("address", step.address.text());
  map.set("action", action_word(step.action));
  map.set("outcome", outcome_word(step.outcome));
  if (!step.id.empty()) map.set("id", step.id);
  if (!step.recorded) map.set("recorded", false);
  if (step.outcome == Outcome::failed) map.set("error", diagnostic_value(step.error));
  if (step.in_part()) map.set("removed", texts(step.removed));
  if (!step.because.empty()) map.set("because", step.because);
  map.set("milliseconds", static_cast<std::int64_t>(step.took.count()));
  return map;
}

}  // namespace

std::string gone_text(const StepReport& step, const std::vector<std::string>& removed) {
  const bool many = removed.size() > 1;
  std::string text = many ? "the old objects " : "the old object ";
  text += escape_control(join(removed, ", ")) + (many ? " are" : " is") + " deleted";
  if (step.action != Action::replace || !step.id.empty()) return text;
  const bool unsure =
      step.outcome == Outcome::interrupted || step.error.code == ErrorCode::unknown_outcome;
  if (unsure) return text + ", and no new one is known of yet";
  return text +
         (many ? ", and the new ones are not made yet" : ", and the new one is not made yet");
}

std::string done_text(const Report& report) {
  constexpr std::array kOrder = {Action::create, Action::update, Action::replace, Action::remove,
                                 Action::adopt,  Action::rename, Action::forget};
  std::map<Action, std::size_t> done;
  for (const StepReport& step : report.steps)
    if (step.outcome == Outcome::done)
      ++done[step.action];
    else
      done[Action::remove] += step.removed.size();
  std::vector<std::string> parts;
  for (const Action action : kOrder)
    if (done[action] > 0)
      parts.push_back(std::to_string(done[action]) + " " + std::string(past(action)));
  const auto begun = std::count_if(report.steps.begin(), report.steps.end(), is_begun);
  if (begun > 0) parts.push_back(std::to_string(begun) + " begun");
  if (parts.empty()) return report.complete() ? "Done: nothing" : "Nothing done";
  return (report.complete() ? "Done: " : "Done in part: ") + join(parts, " · ");
}

std::string troubles_text(const Report& report, const Paint& paint) {
  if (report.complete() && !report.interrupted) return {};
  std::string text = failed_text(report, paint);
  std::string left;
  for (const Group& group : grouped(report, Outcome::skipped))
    left += "  " + addresses_of(group.addresses) + ": " +
            (group.removed.empty() ? "not touched" : gone_text(*group.first, group.removed)) +
            ", since " + escape_control(group.first->because) + " failed\n";
  for (const Group& group : grouped(report, Outcome::interrupted))
    left += "  " + addresses_of(group.addresses) + ": " +
            std::string(action_word(group.first->action)) + " was under way" +
            (group.removed.empty() ? "" : "; " + gone_text(*group.first, group.removed)) + "\n";
  for (const Group& group : grouped(report, Outcome::not_started))
    left += "  " + addresses_of(group.addresses) + ": " +
            std::string(action_word(group.first->action)) + " not started\n";
  if (!left.empty()) text += paint.yellow("left undone:") + "\n" + left;
  if (report.interrupted) text += "interrupted; state is safe\n";
  if (report.lapsed)
    text += "stopped: this run's lock on the state has ended; nothing was sent after its term\n";
  return text + (report.interrupted || report.lapsed
                     ? "next: the same command again goes on from here\n"
                     : "next: once that is mended, the same command goes on from here\n");
}

Value report_value(const Report& report) {
  ValueMap map;
  ValueList steps;
  for (const StepReport& step : report.steps) steps.push_back(step_value(step));
  ValueList errors;
  for (const Diagnostic& error : report.errors) errors.push_back(diagnostic_value(error));
  map.set("steps", std::move(steps));
  map.set("errors", std::move(errors));
  map.set("outputs", without_secrets(report.outputs));
  map.set("complete", report.complete());
  map.set("interrupted", report.interrupted);
  if (report.lapsed) map.set("lock_lost", true);
  return map;
}

std::string outputs_text(const ValueMap& outputs) {
  std::string text;
  for (const auto& [name, value] : outputs)
    text += escape_control(name) + " = " + value_text(value, false, std::string::npos) + "\n";
  return text;
}

}  // namespace jim
