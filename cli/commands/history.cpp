#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "cli/read_past.h"
#include "cli/render/duration.h"
#include "cli/render/fenced.h"
#include "cli/render/table.h"
#include "cli/render/value_text.h"
#include "cli/session.h"
#include "cli/tell.h"
#include "core/base/text.h"
#include "core/plan/change.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// Whether this run still runs: then it holds the lock.
bool is_running(const Run& run, const std::optional<LockHolder>& holder) {
  return run.ended.empty() && holder && holder->who == run.who;
}

/// How a run ended, in a word or two.
std::string result_word(const Run& run, const std::optional<LockHolder>& holder) {
  if (!run.unreadable.empty()) return "unreadable";
  if (is_running(run, holder)) return "running";
  if (run.ended.empty()) return "did not end";
  switch (run.status) {
    case 0:
      return "done";
    case 5:
      return "in part";
    case 7:
      return "out of capacity";
    case 130:
      return "interrupted";
    default:
      return fmt::format("failed ({})", run.status);
  }
}

constexpr std::array kActions = {Action::create, Action::update, Action::replace, Action::remove,
                                 Action::adopt,  Action::rename, Action::forget};

/// `+5 ~1 -2`, in the signs of a plan, and what was finished of other runs and by others.
std::string counts_text(const Past& past, const PastRun& one) {
  std::vector<std::string> signs;
  const auto counts = counts_of(one);
  std::int64_t ordered = 0;
  for (const Action action : kActions) {
    const auto count = counts.find(std::string(action_word(action)));
    if (count == counts.end() || count->second <= 0) continue;
    signs.push_back(fmt::format("{}{}", action_sign(action), count->second));
    if (action == Action::create || action == Action::replace) ordered += count->second;
  }
  std::vector<std::string> parts;
  if (!signs.empty()) parts.push_back(join(signs, " "));
  for (const auto& [later, count] : past.finishes(one.run.number))
    parts.push_back(count == ordered && signs.size() == 1
                        ? fmt::format("finished in run {}", later)
                        : fmt::format("{} finished in run {}", count, later));
  if (const auto finished = counts.find(kFinish); finished != counts.end())
    parts.push_back(fmt::format("finished {}", finished->second));
  if (const auto found = counts.find(kFind); found != counts.end())
    parts.push_back(fmt::format("found {} again", found->second));
  return join(parts, ", ");
}

/// Whether the steps tell more of it than the run itself, in a list of all.
bool steps_matter(const Run& run) {
  return run.ended.empty() || run.status != 0 || run.counts.contains(kFinish);
}

/// Who holds the lock, where a run did not say that it ended.
std::optional<LockHolder> holder_if_needed(Session& session, const Past& past) {
  const auto& runs = past.runs();
  const bool open = std::any_of(runs.begin(), runs.end(),
                                [](const PastRun& one) { return one.run.ended.empty(); });
  return open ? session.other_holder() : std::nullopt;
}

Value value_of(const Run& run, const std::optional<LockHolder>& holder) {
  ValueMap map = run_to_value(run).as_map();
  if (is_running(run, holder)) map.set("running", true);
  return Value(std::move(map));
}

void tell_unreadable(Session& session, const Run& run) {
  Diagnostic what = unreadable_history(session.store().place(), fmt::format("run {}", run.number),
                                       escape_control(run.unreadable));
  what.severity = Severity::warning;
  tell(session.terminal(), session.workspace().files(), {what}, {});
}

std::string sign_of(const std::string& word) {
  for (const Action action : kActions)
    if (action_word(action) == word) return std::string(action_sign(action));
  if (word == kFind) return std::string(action_sign(Action::adopt));
  return word == kFinish ? std::string(action_sign(Action::update)) : "?";
}

std::string outcome_text(const Past& past, std::int64_t run, const RunStep& step) {
  std::string text = step.outcome.empty() ? "did not end" : step.outcome;
  if (step.took > Duration::zero()) text += " in " + duration_text(step.took);
  if (const auto ordered = past.ordered_in(run, step))
    text += fmt::format(", ordered in run {}", *ordered);
  if (const auto later = past.finished_in(run, step))
    text += fmt::format(", finished in run {}", *later);
  return text;
}

/// Whether `step` is about an address that a rename has left, and `next` about the new one.
bool is_left(const RunStep& step, const RunStep* next) {
  const std::string_view rename = action_word(Action::rename);
  return next != nullptr && step.action == rename && next->action == rename && step.after.empty() &&
         step.ids == next->ids;
}

/// The steps of a run as tables show them, each with the address that its object had before.
struct ShownStep {
  const RunStep* step = nullptr;
  std::string from = {};
};

std::vector<ShownStep> shown_steps(const std::vector<RunStep>& steps) {
  std::vector<ShownStep> shown;
  std::string from;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (is_left(steps[i], i + 1 < steps.size() ? &steps[i + 1] : nullptr)) {
      from = steps[i].address.text() + " → ";
      continue;
    }
    shown.push_back({.step = &steps[i], .from = std::exchange(from, {})});
  }
  return shown;
}

/// What a step changed of an object that was there before and after it.
std::string changes_text(const RunStep& step) {
  constexpr std::size_t kMost = 5;
  constexpr std::size_t kColumns = 60;
  if (step.before.empty() || step.after.empty()) return {};
  std::set<std::string> names;
  for (const ValueMap* map : {&step.before, &step.after})
    for (const auto& [name, unused] : *map) names.insert(name);
  std::string text;
  std::size_t count = 0;
  for (const std::string& name : names) {
    const Value* before = step.before.find(name);
    const Value* after = step.after.find(name);
    const Value none;
    if ((before ? *before : none) == (after ? *after : none) || ++count > kMost) continue;
    const auto [was, is] =
        changed_text(before ? *before : none, after ? *after : none, false, kColumns);
    text += fmt::format("        {}: {} -> {}\n", escape_control(name), was, is);
  }
  if (count > kMost) text += fmt::format("        and {} more\n", count - kMost);
  return text;
}

/// The steps of a run: `with_head` for a table that has one.
std::vector<std::vector<std::string>> rows_of(const Past& past, const PastRun& one,
                                              bool with_head) {
  std::vector<std::vector<std::string>> rows;
  if (with_head) rows.push_back({"", "address", "type", "objects", "result", "requests"});
  for (const auto& [shown, from] : shown_steps(one.steps)) {
    const RunStep& step = *shown;
    rows.push_back({(with_head ? "" : "  ") + sign_of(step.action),
                    escape_control(from + step.address.text()), escape_control(step.type),
                    escape_control(join(step.ids, ", ")),
                    outcome_text(past, one.run.number, step)});
    if (!step.requests.empty())
      rows.back().push_back((with_head ? "" : "requests ") +
                            escape_control(join(step.requests, ", ")));
  }
  return rows;
}

/// The table of a run's steps, each followed by what it changed.
std::string steps_text(const Past& past, const PastRun& one) {
  const std::vector<std::string> lines = split(text_table(rows_of(past, one, false)), "\n");
  const std::vector<ShownStep> shown = shown_steps(one.steps);
  std::string text;
  for (std::size_t i = 0; i < shown.size(); ++i)
    text += lines[i] + "\n" + changes_text(*shown[i].step);
  return text;
}

}  // namespace

int run_history(Context& context) {
  Session session(context);
  if (!session.open_state_alone("history")) return session.status();
  const auto past = read_past(session, steps_matter);
  if (!past) return session.status();
  const auto holder = holder_if_needed(session, *past);
  if (context.globals.format == Format::json) {
    ValueList list;
    for (const PastRun& one : past->runs()) list.push_back(value_of(one.run, holder));
    context.terminal.out_json(to_json(Value(std::move(list)), {.indent = 2}) + "\n");
    return 0;
  }
  if (past->runs().empty()) {
    context.terminal.err("no run has changed anything yet\n");
    return 0;
  }
  std::vector<std::vector<std::string>> rows = {
      {"run", "started", "who", "command", "result", "done"}};
  for (const PastRun& one : past->runs()) {
    const Run& run = one.run;
    rows.push_back({std::to_string(run.number), run.started, escape_control(run.who),
                    escape_control(run.command), result_word(run, holder),
                    counts_text(*past, one)});
  }
  context.terminal.out(context.globals.format == Format::markdown ? markdown_table(rows)
                                                                  : text_table(rows));
  for (const PastRun& one : past->runs())
    if (!one.run.unreadable.empty()) tell_unreadable(session, one.run);
  return 0;
}

int run_history_show(Context& context, const HistoryFlags& flags) {
  Session session(context);
  if (!session.open_state_alone("history show")) return session.status();
  const auto past = read_past(session, [](const Run&) { return true; });
  if (!past) return session.status();
  const PastRun* found = find_run(session, *past, flags.run);
  if (found == nullptr) return session.status();
  const Run& run = found->run;
  const auto holder = holder_if_needed(session, *past);
  if (!run.unreadable.empty()) tell_unreadable(session, run);
  if (context.globals.format == Format::json) {
    ValueList list;
    for (const RunStep& step : found->steps) list.push_back(step_to_value(step));
    ValueMap map = value_of(run, holder).as_map();
    map.set("steps", std::move(list));
    context.terminal.out_json(to_json(Value(std::move(map)), {.indent = 2}) + "\n");
    return 0;
  }
  const bool markdown = context.globals.format == Format::markdown;
  if (run.command.empty()) {  // nothing of it can be read
    context.terminal.out(fmt::format("run {}  {}\n\n", run.number, result_word(run, holder)));
  } else {
    context.terminal.out(fmt::format("{4}run {0}  {1}  {2}{4}  by {3}", run.number,
                                     escape_control(run.command), result_word(run, holder),
                                     escape_control(run.who), markdown ? "**" : ""));
    context.terminal.out(fmt::format(", jim {}\nstarted {}{}\n\n", escape_control(run.version),
                                     run.started, run.ended.empty() ? "" : ", ended " + run.ended));
  }
  context.terminal.out(markdown ? markdown_table(rows_of(*past, *found, true))
                                : steps_text(*past, *found));
  for (const RunStep& step : found->steps) {
    if (step.error.empty()) continue;
    const std::string error =
        escape_control(step.address.text()) + ": " + escape_control(step.error);
    context.terminal.out("\n" + (markdown ? fenced("text", error + "\n") : error + "\n"));
  }
  return 0;
}

}  // namespace jim
