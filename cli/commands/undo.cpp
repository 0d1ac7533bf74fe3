#include <fmt/format.h>

#include <algorithm>

#include "cli/approval.h"
#include "cli/carry_out.h"
#include "cli/read_past.h"
#include "cli/render/report_text.h"
#include "cli/session.h"
#include "cli/still_needed.h"
#include "cli/tell.h"
#include "cli/undoing.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// The exit status of a run that did some of it.
constexpr int kInPart = 5;

/// `k stays: w[0], w[1] and 3 more need it`.
std::string stays_text(const Address& address, const std::vector<Address>& needed_by) {
  constexpr std::size_t kMostNamed = 3;
  std::vector<std::string> names;
  for (const Address& one : needed_by)
    if (names.size() < kMostNamed) names.push_back(one.text());
  const bool more = needed_by.size() > kMostNamed;
  return fmt::format("{} stays: {}{} {} it\n", escape_control(address.text()),
                     escape_control(join(names, ", ")),
                     more ? fmt::format(" and {} more", needed_by.size() - kMostNamed) : "",
                     needed_by.size() == 1 ? "needs" : "need");
}

/// What is to be done, and what it is made from.
struct Undo {
  Undoing undoing = {};
  std::optional<Plan> plan = {};  ///< null: there is nothing to undo
};

/// Leaves out what something else still needs, until nothing is left to leave out. False with the
/// errors told.
bool plan_undo(Session& session, UndoInput& input, Undo& undo) {
  bool read = false;
  std::string stays;
  while (true) {
    undo.undoing = undo_run(input);
    undo.plan.reset();
    if (undo.undoing.targets.empty()) break;
    if (!read && !session.refresh(false)) return false;
    read = true;
    Diagnostics found;
    const PlanOptions options = options_of(input, undo.undoing);
    undo.plan = make_plan(undo.undoing.config, *undo.undoing.expansion, session.state(),
                          session.snapshot(), options, session.workspace().types(), found);
    if (!undo.plan) return session.fail(found), false;
    give_back(*undo.plan, input, undo.undoing);
    const auto needed = still_needed(*undo.plan, session.state());
    if (needed.empty()) break;
    for (const auto& [address, by] : needed) {
      input.staying.insert(address);
      stays += stays_text(address, by);
    }
  }
  if (undo.plan) {  // an undo leaves the file's words on other things to the next apply
    undo.plan->guards.clear();
    undo.plan->presumed.clear();
  }
  for (const std::string& why : undo.undoing.cannot)
    session.terminal().err("cannot be restored: " + escape_control(why) + "\n");
  session.terminal().err(stays);
  return true;
}

void tell_nothing_to_do(Terminal& terminal, std::int64_t run, const Undoing& undoing) {
  if (undoing.done.empty() || !undoing.cannot.empty()) {
    terminal.err("there is nothing of this run that could be undone\n");
    return;
  }
  std::int64_t by = 0;
  for (const auto& [address, number] : undoing.done) by = std::max(by, number);
  terminal.err(fmt::format("run {} is undone already, by run {}\n", run, by));
}

}  // namespace

int run_undo(Context& context, const HistoryFlags& flags) {
  if (!may_proceed(context)) return refuse(context, "undo", "");
  Session session(context);
  if (!session.open_file() || !session.open_state("undo", true) || !session.open_providers())
    return session.status();
  const auto past = read_past(session, [](const Run&) { return true; });
  if (!past) return session.status();
  const PastRun* undone = find_run(session, *past, flags.run);
  if (undone == nullptr) return session.status();
  const std::int64_t run = undone->run.number;
  if (!undone->run.unreadable.empty())
    return session.fail(unreadable_history(session.store().place(), fmt::format("run {}", run),
                                           escape_control(undone->run.unreadable)));
  UndoInput input = {.run = run,
                     .past = *past,
                     .state = session.state(),
                     .config = session.workspace().config(),
                     .file = session.workspace().expansion(),
                     .types = session.workspace().types()};
  Undo undo;
  if (!plan_undo(session, input, undo)) return session.status();
  if (!undo.plan || is_empty(*undo.plan)) {
    if (undo.plan) show_plan(context, *undo.plan);
    if (context.globals.format == Format::json)  // a program reads the same as of any other run
      context.terminal.out(to_json(report_value({}), {.indent = 2}) + "\n");
    if (!undo.plan) tell_nothing_to_do(context.terminal, run, undo.undoing);
    return session.close() ? 0 : session.status();
  }
  show_plan(context, *undo.plan);
  if (!approved(context, fmt::format("Undo run {}?", run))) return 1;
  const auto against = contradicted(*undo.plan, input);
  const int status =
      carry_out(context, session, *undo.undoing.expansion, *undo.plan, undo_command(run));
  const bool did_something = status == 0 || status == kInPart;
  if (did_something && !against.empty())
    context.terminal.err(
        fmt::format("the file still says otherwise of {}: change it too, or the next plan takes "
                    "this back\n",
                    escape_control(folded(against))));
  return status;
}

}  // namespace jim
