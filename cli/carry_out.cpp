#include "cli/carry_out.h"

#include "cli/render/duration.h"
#include "cli/render/plan_text.h"
#include "cli/render/report_text.h"
#include "cli/watch.h"
#include "core/apply/apply.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr int kInterrupted = 130;

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

void show_plan(Context& context, const Plan& plan) {
  // stdout holds the report alone when a program reads it.
  if (context.globals.format == Format::markdown) {
    context.terminal.out(plan_markdown(plan) + (is_empty(plan) ? "" : "\n"));
  } else if (context.globals.format == Format::text) {
    context.terminal.out(plan_text(plan, Paint(context.terminal.out_look().colour)) +
                         (is_empty(plan) ? "" : "\n"));
  } else {
    context.terminal.err(plan_text(plan, Paint(context.terminal.err_look().colour)) + "\n");
  }
}

int carry_out(Context& context, Session& session, const Expansion& expansion, const Plan& plan,
              const std::string& command) {
  if (!session.make_state()) return session.status();
  Watch watch(context.terminal, session.events(), session.loop(), session.stop(), plan,
              session.pace());
  ApplyContext applying = {.loop = session.loop(),
                           .providers = session.providers(),
                           .store = session.store(),
                           .state = session.state(),
                           .stop = session.stop(),
                           .observer = watch,
                           .run = session.run_of(command)};
  const Instant start = session.loop().clock().now();
  const Report report = session.loop().run(apply(applying, expansion, plan));
  watch.end();
  show_report(context, plan, report, session.loop().clock().now() - start);
  const int status = exit_status(report);
  session.know_told(report.errors);
  const bool closed = session.close();
  // Why a run was interrupted says more than that it was: its lock is lost.
  const bool says_less =
      status == 0 || (status == kInterrupted && session.status() == kStateLocked);
  return says_less && !closed ? session.status() : status;
}

}  // namespace jim
