#include <fmt/format.h>

#include <algorithm>

#include "cli/render/columns.h"
#include "cli/render/duration.h"
#include "cli/session.h"
#include "cli/tell.h"
#include "core/base/text.h"
#include "core/plan/change.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// How a run ended, in a word or two.
std::string result_word(const Run& run) {
  if (!run.unreadable.empty()) return "unreadable";
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

/// `+5 ~1 -2`, in the signs of a plan.
std::string counts_text(const Run& run) {
  std::vector<std::string> parts;
  for (const Action action : {Action::create, Action::update, Action::replace, Action::remove,
                              Action::adopt, Action::rename, Action::forget})
    if (const auto count = run.counts.find(std::string(action_word(action)));
        count != run.counts.end() && count->second > 0)
      parts.push_back(fmt::format("{}{}", action_sign(action), count->second));
  return join(parts, " ");
}

/// Rows of texts, each column as wide as its widest.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], columns(row[i]));
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] + 2 - columns(row[i]), ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::optional<Run> find_run(Session& session, std::int64_t number) {
  const auto runs = session.loop().run(session.store().runs());
  if (!runs) {
    session.fail(runs.error());
    return std::nullopt;
  }
  for (const Run& run : *runs)
    if (run.number == number) return run;
  session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                          .message = fmt::format("the history has no run {}", number),
                          .hint = runs->empty()
                                      ? "nothing was applied yet"
                                      : fmt::format("it has runs {} to {}", runs->back().number,
                                                    runs->front().number)});
  return std::nullopt;
}

void tell_unreadable(Session& session, const Run& run) {
  Diagnostic what = unreadable_history(session.store().place(), fmt::format("run {}", run.number),
                                       escape_control(run.unreadable));
  what.severity = Severity::warning;
  tell(session.terminal(), session.workspace().files(), {what}, {});
}

std::string sign_of(const std::string& word) {
  for (const Action action : {Action::create, Action::update, Action::replace, Action::remove,
                              Action::adopt, Action::rename, Action::forget})
    if (action_word(action) == word) return std::string(action_sign(action));
  return "?";
}

std::string outcome_text(const RunStep& step) {
  const std::string outcome = step.outcome.empty() ? "did not end" : step.outcome;
  return step.took > Duration::zero() ? outcome + " in " + duration_text(step.took) : outcome;
}

}  // namespace

int run_history(Context& context) {
  Session session(context);
  if (!session.open_state_alone("history")) return session.status();
  const auto runs = session.loop().run(session.store().runs());
  if (!runs) return session.fail(runs.error());
  if (context.globals.format == Format::json) {
    ValueList list;
    for (const Run& run : *runs) list.push_back(run_to_value(run));
    context.terminal.out(to_json(Value(std::move(list)), {.indent = 2}) + "\n");
    return 0;
  }
  if (runs->empty()) {
    context.terminal.err("no run has changed anything yet\n");
    return 0;
  }
  std::vector<std::vector<std::string>> rows = {
      {"run", "started", "who", "command", "result", "done"}};
  for (const Run& run : *runs)
    rows.push_back({std::to_string(run.number), run.started, escape_control(run.who),
                    escape_control(run.command), result_word(run), counts_text(run)});
  context.terminal.out(table(rows));
  for (const Run& run : *runs)
    if (!run.unreadable.empty()) tell_unreadable(session, run);
  return 0;
}

int run_history_show(Context& context, const HistoryFlags& flags) {
  Session session(context);
  if (!session.open_state_alone("history show")) return session.status();
  const auto run = find_run(session, flags.run);
  if (!run) return session.status();
  if (!run->unreadable.empty()) tell_unreadable(session, *run);
  const auto steps = session.loop().run(session.store().steps(flags.run));
  if (!steps) return session.fail(steps.error());
  if (context.globals.format == Format::json) {
    ValueList list;
    for (const RunStep& step : *steps) list.push_back(step_to_value(step));
    ValueMap map = run_to_value(*run).as_map();
    map.set("steps", std::move(list));
    context.terminal.out(to_json(Value(std::move(map)), {.indent = 2}) + "\n");
    return 0;
  }
  if (run->command.empty())
    context.terminal.out(fmt::format("run {}  {}\n\n", run->number, result_word(*run)));
  else
    context.terminal.out(fmt::format("run {}  {}  {}  by {}, jim {}\nstarted {}{}\n\n", run->number,
                                     escape_control(run->command), result_word(*run),
                                     escape_control(run->who), escape_control(run->version),
                                     run->started,
                                     run->ended.empty() ? "" : ", ended " + run->ended));
  std::vector<std::vector<std::string>> rows;
  for (const RunStep& step : *steps) {
    rows.push_back({"  " + sign_of(step.action), escape_control(step.address.text()),
                    escape_control(step.type), escape_control(join(step.ids, ", ")),
                    outcome_text(step)});
    if (!step.requests.empty())
      rows.back().push_back("requests " + escape_control(join(step.requests, ", ")));
  }
  context.terminal.out(table(rows));
  for (const RunStep& step : *steps)
    if (!step.error.empty())
      context.terminal.out(fmt::format("\n{}: {}\n", escape_control(step.address.text()),
                                       escape_control(step.error)));
  return 0;
}

}  // namespace jim
