#include "core/apply/apply.h"

#include <optional>

#include "cli/approval.h"
#include "cli/carry_out.h"
#include "cli/render/plan_text.h"
#include "cli/selection.h"
#include "cli/session.h"
#include "core/base/text.h"
#include "core/plan/plan_file.h"

namespace jim {

namespace {

constexpr int kRefused = 1;

/// A saved plan, read before the file of whose variables it says the values.
std::optional<Value> read_saved(Session& session, const std::string& path) {
  const auto text = session.workspace().files().read(path);
  if (!text) {
    Diagnostic error = text.error();
    error.code = ErrorCode::invalid_config;
    error.hint = "make one with 'jim plan --out " + escape_control(path) + "'";
    session.fail(error);
    return std::nullopt;
  }
  auto saved = read_plan_file(*text);
  if (!saved) {
    Diagnostic error = saved.error();
    error.message = escape_control(path) + ": " + error.message;
    session.fail(error);
    return std::nullopt;
  }
  session.workspace().set_planned_vars(vars_of(*saved));
  return std::move(*saved);
}

/// The saved plan, made again from live state and held against it.
std::optional<Plan> plan_again(Session& session, const Value& saved) {
  const auto same = check_vars(saved, session.workspace().given_vars(), session.key());
  if (!same) {
    session.fail(same.error());
    return std::nullopt;
  }
  const Touched touched = touched_by(saved, session.workspace().config(),
                                     session.workspace().expansion(), session.state());
  if (!session.refresh_some(touched.ids, touched.lists)) return std::nullopt;
  std::optional<Plan> plan;
  if (touched.addresses.empty()) {
    plan.emplace(Plan{.project = session.workspace().config().project,
                      .lineage = session.lineage(),
                      .destroy = touched.destroy});
  } else {
    plan = session.plan({.destroy = touched.destroy, .targets = touched.addresses, .exact = true});
  }
  if (!plan) return std::nullopt;
  if (auto valid = check_still_valid(saved, *plan, session.key()); !valid) {
    session.fail(valid.error());
    return std::nullopt;
  }
  return plan;
}

std::string question_for(const ApplyFlags& flags, const Plan& plan) {
  const PlanCounts counts = count(plan);
  if (flags.destroy) return "Destroy " + counted(counts.remove, "object") + " for good?";
  return question_text(plan);
}

/// What was sealed anew beside what the plan says; `before`: how it was when it was read.
void tell_of_seal(Session& session, const SealReport& before) {
  const SealReport now = session.store().seal_report();
  if (before.outdated == 0 || now.outdated > 0) return;
  const std::string old_keys =
      now.has_old_keys ? "; nothing is left under 'old_keys': they can go" : "";
  session.terminal().err("sealed " + counted(before.outdated, "record") + " with key " + now.key +
                         old_keys + "\n");
}

}  // namespace

int run_apply(Context& context, const ApplyFlags& flags) {
  const std::string command = flags.destroy ? "destroy" : "apply";
  const bool saved = !flags.plan_file.empty();
  if (!saved && !may_proceed(context))
    return refuse(context, command,
                  flags.destroy ? "" : "save a plan ('jim plan --out plan.json') and apply that");
  Session session(context);
  std::optional<Value> planned;
  if (saved) {
    planned = read_saved(session, flags.plan_file);
    if (!planned) return session.status();
  }
  if (!session.open_file() || !session.open_state(command, true) || !session.open_providers())
    return session.status();
  std::optional<Plan> plan;
  if (saved) {
    plan = plan_again(session, *planned);
  } else {
    const PlanOptions options = {
        .destroy = flags.destroy, .targets = flags.targets, .excludes = flags.excludes};
    if (!check_selection(session, options) || !session.refresh(false)) return session.status();
    plan = session.plan(options);
  }
  if (!plan) return session.status();
  show_plan(context, *plan);
  if (!is_empty(*plan) && !saved && !approved(context, question_for(flags, *plan))) return kRefused;
  const SealReport before = session.store().seal_report();
  const int status = carry_out(context, session, session.workspace().expansion(), *plan, command);
  tell_of_seal(session, before);
  return status;
}

}  // namespace jim
