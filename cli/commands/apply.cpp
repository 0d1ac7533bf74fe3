#include "core/apply/apply.h"

#include <optional>

#include "cli/approval.h"
#include "cli/render/duration.h"
#include "cli/render/plan_text.h"
#include "cli/render/report_text.h"
#include "cli/selection.h"
#include "cli/session.h"
#include "cli/watch.h"
#include "core/base/text.h"
#include "core/plan/plan_file.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr int kRefused = 1;

/// The plan of a saved file, made again from live state and held against it.
std::optional<Plan> plan_from_file(Session& session, const std::string& path) {
  const auto text = session.workspace().files().read(path);
  if (!text) {
    Diagnostic error = text.error();
    error.code = ErrorCode::invalid_config;
    error.hint = "make one with 'jim plan --out " + escape_control(path) + "'";
    session.fail(error);
    return std::nullopt;
  }
  const auto saved = read_plan_file(*text);
  if (!saved) {
    Diagnostic error = saved.error();
    error.message = escape_control(path) + ": " + error.message;
    session.fail(error);
    return std::nullopt;
  }
  const Touched touched = touched_by(*saved, session.workspace().config(),
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
  if (auto valid = check_still_valid(*saved, *plan, session.key()); !valid) {
    session.fail(valid.error());
    return std::nullopt;
  }
  return plan;
}

std::string question_for(const ApplyFlags& flags, const Plan& plan) {
  const PlanCounts counts = count(plan);
  if (flags.destroy) return "Destroy " + counted(counts.remove, "object") + " for good?";
  return "Do this?";
}

void show_plan(Context& context, const Plan& plan) {
  // stdout holds the report alone when a program reads it.
  if (context.globals.format == Format::text) {
    context.terminal.out(plan_text(plan, Paint(context.terminal.out_look().colour)) + "\n");
  } else {
    context.terminal.err(plan_text(plan, Paint(context.terminal.err_look().colour)) + "\n");
  }
}

void show_report(Context& context, const Plan& plan, const Report& report, Duration took) {
  Terminal& terminal = context.terminal;
  terminal.err(troubles_text(report, Paint(terminal.err_look().colour)));
  if (context.globals.format == Format::json) {
    terminal.out(to_json(report_value(report), {.indent = 2}) + "\n");
    return;
  }
  if (!is_empty(plan)) terminal.out(done_text(report) + " in " + duration_text(took) + "\n");
  if (!plan.destroy && report.complete() && !report.outputs.empty())
    terminal.out("\nOutputs\n  " +
                 join(split(std::string(trim(outputs_text(report.outputs))), "\n"), "\n  ") + "\n");
}

}  // namespace

int run_apply(Context& context, const ApplyFlags& flags) {
  const std::string command = flags.destroy ? "destroy" : "apply";
  const bool saved = !flags.plan_file.empty();
  if (!saved && !may_proceed(context))
    return refuse(context, command,
                  flags.destroy ? "" : "save a plan ('jim plan --out plan.json') and apply that");
  Session session(context);
  if (!session.open_file() || !session.open_state(command, true) || !session.open_providers())
    return session.status();
  std::optional<Plan> plan;
  if (saved) {
    plan = plan_from_file(session, flags.plan_file);
  } else {
    const PlanOptions options = {
        .destroy = flags.destroy, .targets = flags.targets, .excludes = flags.excludes};
    if (!check_selection(session, options) || !session.refresh(false)) return session.status();
    plan = session.plan(options);
  }
  if (!plan) return session.status();
  show_plan(context, *plan);
  if (!is_empty(*plan) && !saved && !approved(context, question_for(flags, *plan))) return kRefused;
  if (!session.make_state()) return session.status();
  Watch watch(context.terminal, session.events(), session.loop(), session.stop(), *plan,
              session.pace());
  ApplyContext applying = {.loop = session.loop(),
                           .providers = session.providers(),
                           .store = session.store(),
                           .state = session.state(),
                           .stop = session.stop(),
                           .observer = watch};
  const Instant start = session.loop().clock().now();
  const Report report = session.loop().run(apply(applying, session.workspace().expansion(), *plan));
  watch.end();
  show_report(context, *plan, report, session.loop().clock().now() - start);
  const bool closed = session.close();
  const int status = exit_status(report);
  return status == 0 && !closed ? session.status() : status;
}

}  // namespace jim
