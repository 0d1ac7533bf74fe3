#include "cli/render/plan_text.h"

#include <algorithm>
#include <map>

#include "cli/render/columns.h"
#include "cli/render/duration.h"
#include "cli/render/fenced.h"
#include "cli/render/fold.h"
#include "cli/render/value_text.h"
#include "core/base/text.h"

namespace jim {

namespace {

std::string padded(const std::string& text, std::size_t wide) {
  return text + std::string(wide - std::min(wide, columns(text)), ' ');
}

std::string coloured(const Paint& paint, Action action, const std::string& text) {
  switch (action) {
    case Action::create:
    case Action::adopt:
      return paint.green(text);
    case Action::replace:
    case Action::remove:
      return paint.red(text);
    case Action::update:
    case Action::rename:
      return paint.yellow(text);
    case Action::forget:
    case Action::no_op:
      return paint.dim(text);
  }
  return text;
}

/// What a risk means for whoever uses the machine.
std::string risk_text(Risk risk) {
  switch (risk) {
    case Risk::none:
      return {};
    case Risk::in_place:
      return "in place";
    case Risk::reboot:
      return "reboot: down for minutes, disks kept";
    case Risk::reinstall:
      return "reinstall: disks wiped, same machine";
    case Risk::replace:
      return "replace: another object, this one is deleted";
    case Risk::release:
      return "release: a reservation or discount is given up";
    case Risk::bill:
      return "bill: a prepaid period starts";
  }
  return {};
}

/// The word for an action whose sign alone would not say it.
std::string action_note(const Change& change) {
  switch (change.action) {
    case Action::adopt:
      return "adopt " + escape_control(change.id);
    case Action::rename:
      return "was " + escape_control(change.previous.text());
    case Action::forget:
      return "forget: the object is left alone";
    default:
      return change.resumes ? "go on with a half-made object" : "";
  }
}

std::string expected_text(const Fold& fold) {
  const Duration expected = fold.first().expected;
  return expected > Duration::zero() ? "~" + duration_text(expected) : "";
}

/// The columns of one plan line after the sign: addresses, type, details, how many, how long.
std::vector<std::string> columns_of(const Fold& fold) {
  std::vector<std::string> details;
  for (const std::string& part : {fold.summary, action_note(fold.first())})
    if (!part.empty()) details.push_back(part);
  return {fold.addresses, fold.first().type->name, join(details, " · "),
          fold.single() ? "" : "×" + std::to_string(fold.changes.size()), expected_text(fold)};
}

std::string difference_text(const AttributeChange& change) {
  if (change.before.is_null())
    return escape_control(change.name) + ": " + value_text(change.after, change.secret);
  const auto [before, after] = changed_text(change.before, change.after, change.secret);
  if (change.secret && before == after)
    return escape_control(change.name) + ": " + after + " changes";
  return escape_control(change.name) + ": " + before + " -> " + after;
}

/// What differs, below a plan line. A new object's attributes are what the file says and are not
/// repeated.
std::string details_text(const Fold& fold, const Paint& paint) {
  const Change& change = fold.first();
  std::string text;
  for (const std::string& reason : fold.reasons) text += "        " + paint.dim(reason) + "\n";
  if (change.action == Action::create) return text;
  if (change.action == Action::replace && change.create_before_destroy && !change.resumes)
    text += "        the new one is made first, then the old one is deleted\n";
  std::size_t widest = 0;
  for (const AttributeChange& one : change.attributes)
    widest = std::max(widest, std::min<std::size_t>(columns(difference_text(one)), 60));
  if (fold.varies)
    text += "        " +
            paint.dim("this is " + escape_control(change.address.text()) +
                      "; the others differ by their own index or key alone") +
            "\n";
  for (std::size_t i = 0; i < change.attributes.size(); ++i) {
    const AttributeChange& one = change.attributes[i];
    std::string risk = risk_text(one.risk);
    if (one.risk > Risk::in_place) risk = paint.yellow(risk);
    std::string line = "        " + padded(difference_text(one), widest);
    if (!risk.empty()) line += "   " + risk;
    text += line + "\n";
    if (!fold.attribute_reasons[i].empty())
      text += "          " + paint.dim(fold.attribute_reasons[i]) + "\n";
  }
  return text;
}

/// The plan's changes as they are shown. That everything goes is said once by the counts of a
/// destroy, not by each change.
std::vector<Fold> folds_of(const Plan& plan) {
  std::vector<Fold> folds = fold(plan.changes);
  if (plan.destroy)
    for (Fold& one : folds) std::erase(one.reasons, "everything is to go");
  return folds;
}

std::string lines_of(const std::vector<Fold>& folds, const Paint& paint) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths(5, 0);
  for (const Fold& fold : folds) {
    rows.push_back(columns_of(fold));
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], columns(rows.back()[i]));
  }
  std::string text;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Action action = folds[row].first().action;
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > 0) line += (i == 0 ? " " : "  ") + padded(rows[row][i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    const std::string sign = padded(std::string(action_sign(action)), 3);
    text += "  " + coloured(paint, action, sign) + line + "\n";
    text += details_text(folds[row], paint);
  }
  return text;
}

/// The same drift of several resources, once.
std::vector<std::pair<std::string, const Drift*>> folded_drift(const std::vector<Drift>& drift) {
  std::vector<std::pair<std::vector<Address>, const Drift*>> groups;
  std::map<std::string, std::size_t> places;
  for (const Drift& one : drift) {
    std::string signature = one.address.name + (one.gone ? "\ngone" : "");
    for (const AttributeChange& change : one.attributes)
      signature += "\n" + difference_text(change);
    const auto [place, fresh] = places.emplace(std::move(signature), groups.size());
    if (fresh) groups.push_back({{}, &one});
    groups[place->second].first.push_back(one.address);
  }
  std::vector<std::pair<std::string, const Drift*>> result;
  result.reserve(groups.size());
  for (const auto& [addresses, first] : groups)
    result.emplace_back(escape_control(folded(addresses)), first);
  return result;
}

std::string drift_lines(const Plan& plan, const Paint& paint) {
  std::string text;
  for (const auto& [addresses, drift] : folded_drift(plan.drift)) {
    text += "  " + paint.cyan("!") + "   " + addresses + "  " + drift->type->name;
    text += drift->gone ? "  gone\n" : "\n";
    for (const AttributeChange& change : drift->attributes)
      text += "        " + difference_text(change) + "\n";
  }
  return text;
}

/// What an apply only writes down: `protect` and `keep`, which must hold once the block is gone.
std::string guards_text(const Plan& plan) {
  std::map<std::pair<std::string, bool>, std::vector<Address>> groups;
  for (const GuardChange& one : plan.guards) groups[{one.name, one.value}].push_back(one.address);
  std::string text;
  for (auto& [said, addresses] : groups) {
    std::sort(addresses.begin(), addresses.end());
    text += "'" + said.first + "' of " + escape_control(folded(addresses)) + " becomes " +
            (said.second ? "true" : "false") + "; an apply records it, without any request\n";
  }
  return text;
}

std::string unchanged_text(const Plan& plan) {
  if (plan.destroy) return "Nothing to destroy.";
  if (plan.unchanged == 0) return "Nothing to do.";
  return "Nothing to do: " + counted(plan.unchanged, "resource") +
         (plan.unchanged == 1 ? " is" : " are") + " as the file says.";
}

/// How many objects are reinstalled: they stay, and what is on their disks does not.
std::size_t wiped_by(const Plan& plan) {
  return static_cast<std::size_t>(
      std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& change) {
        return change.action == Action::update && change.risk == Risk::reinstall;
      }));
}

}  // namespace

std::string counts_text(const Plan& plan) {
  const PlanCounts counts = count(plan);
  const std::size_t wiped = wiped_by(plan);
  std::string text =
      std::to_string(counts.create) + " to create · " + std::to_string(counts.update) +
      " to change" +
      (wiped > 0 ? " (" + std::to_string(wiped) + " reinstalled: disks wiped)" : "") + " · " +
      std::to_string(counts.remove) + " to destroy";
  const auto also = [&](std::size_t number, const char* what) {
    if (number > 0) text += " · " + std::to_string(number) + what;
  };
  also(counts.replace, " to replace");
  also(counts.adopt, " to adopt");
  also(counts.rename, " to rename");
  also(counts.forget, " to forget");
  return text;
}

std::string question_text(const Plan& plan) {
  const PlanCounts counts = count(plan);
  std::vector<std::string> losses;
  if (const std::size_t wiped = wiped_by(plan); wiped > 0)
    losses.push_back("wipes the disks of " + counted(wiped, "machine"));
  if (const std::size_t deleted = counts.remove + counts.replace; deleted > 0)
    losses.push_back("deletes " + counted(deleted, "object"));
  if (losses.empty()) return "Do this?";
  return "This " + join(losses, " and ") + ". Do it?";
}

std::string drift_text(const Plan& plan, const Paint& paint) {
  if (plan.drift.empty()) return {};
  return "Changed outside jim since the last apply:\n\n" + drift_lines(plan, paint) + "\n";
}

std::string plan_text(const Plan& plan, const Paint& paint) {
  std::string text = drift_text(plan, paint);
  if (is_empty(plan)) return text + unchanged_text(plan) + "\n" + guards_text(plan);
  text += lines_of(folds_of(plan), paint);
  text += "\n" + paint.bold(counts_text(plan)) + "\n";
  return text + (plan.guards.empty() ? "" : "\n" + guards_text(plan));
}

std::string plan_markdown(const Plan& plan) {
  const std::string summary = is_empty(plan) ? unchanged_text(plan) : counts_text(plan);
  std::string text = "**jim · " + escape_control(plan.project) + "**: " + summary + "\n";
  if (!plan.guards.empty()) text += "\n" + guards_text(plan);
  if (!is_empty(plan))
    text += "\n<details><summary>The plan</summary>\n\n" +
            fenced("text", lines_of(folds_of(plan), Paint(false))) + "\n</details>\n";
  if (!plan.drift.empty())
    text += "\n<details><summary>" + counted(plan.drift.size(), "resource") +
            " changed outside jim</summary>\n\n" + fenced("text", drift_lines(plan, Paint(false))) +
            "\n</details>\n";
  return text;
}

std::string drift_markdown(const Plan& plan) {
  std::string text = "**jim · " + escape_control(plan.project) + "**: ";
  if (plan.drift.empty()) return text + "no drift\n";
  return text + counted(plan.drift.size(), "resource") + " changed outside jim\n\n" +
         fenced("text", drift_lines(plan, Paint(false)));
}

std::string totals_text(const HttpTotals& totals) {
  std::vector<std::string> parts;
  for (const auto& [provider, lists] : totals.lists)
    parts.push_back(provider + " " + counted(lists, "list"));
  parts.push_back(counted(totals.requests, "request"));
  parts.push_back(duration_text(totals.took));
  return join(parts, " · ");
}

}  // namespace jim
