#include <filesystem>

#include "cli/render/plan_text.h"
#include "cli/selection.h"
#include "cli/session.h"
#include "core/base/text.h"
#include "core/plan/plan_file.h"

namespace jim {

namespace {

constexpr int kChangesPresent = 2;

void show(Context& context, Session& session, const Plan& plan) {
  Terminal& terminal = context.terminal;
  switch (context.globals.format) {
    case Format::text:
      terminal.out(plan_text(plan, Paint(terminal.out_look().colour)));
      break;
    case Format::markdown:
      terminal.out(plan_markdown(plan));
      break;
    case Format::json:
      terminal.out_json(plan_json(plan, session.key()));
      break;
  }
}

/// Whether both names lead to one file.
bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code failure;
  return std::filesystem::equivalent(a, b, failure) && !failure;
}

/// Saving must not replace what the plan is made from.
bool may_write(Session& session, const std::string& out) {
  const Workspace& workspace = session.workspace();
  std::vector<std::string> sources = workspace.config().files;
  for (const ProviderBlock& block : workspace.config().providers)
    if (!block.manifest.empty()) sources.push_back(workspace.below_root(block.manifest));
  sources.push_back(session.store().place());
  for (const std::string& source : sources) {
    if (!is_same_file(out, source)) continue;
    session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                            .message = "--out '" + escape_control(out) + "' would replace " +
                                       escape_control(source) + ", which the plan is made from",
                            .hint = "name another file, such as plan.json"});
    return false;
  }
  return true;
}

/// What another run is making is seen before it is finished.
void tell_of_other_run(Context& context, Session& session) {
  const auto holder = session.other_holder();
  if (!holder) return;
  context.terminal.err("note: '" + escape_control(holder->command) + "' by " +
                       escape_control(holder->who) + " is at work since " +
                       escape_control(holder->since) +
                       "; what it is making shows as half-made\n\n");
}

/// The flags by which 'apply' finds the same file, state and vendors. Variables stand in the plan.
std::string same_flags(const Globals& globals) {
  std::string flags;
  const auto add = [&flags](const std::string& flag, const std::string& value) {
    if (!value.empty()) flags += flag + " " + shell_word(escape_control(value)) + " ";
  };
  if (globals.sandbox) flags += "--sandbox ";
  add("--sandbox-scenario", globals.sandbox_scenario);
  add("-C", globals.folder);
  for (const std::string& file : globals.files) add("-f", file);
  add("--state", globals.state);
  return flags;
}

}  // namespace

int run_plan(Context& context, const PlanFlags& flags) {
  Session session(context);
  const auto vendors = flags.offline ? Session::Vendors::not_asked : Session::Vendors::asked;
  if (!session.open_file(vendors)) return session.status();
  // A saved plan is bound to a state, whose key stands for the secrets in it.
  const bool saved = !flags.out.empty();
  if (!session.open_state("plan", saved)) return session.status();
  if (saved && (!may_write(session, flags.out) || !session.make_state())) return session.status();
  if (!flags.offline && !session.open_providers()) return session.status();
  if (!flags.offline) tell_of_other_run(context, session);
  const PlanOptions options = {
      .destroy = flags.destroy, .targets = flags.targets, .excludes = flags.excludes};
  if (!check_selection(session, options) || !session.refresh(flags.offline))
    return session.status();
  const auto plan = session.plan(options);
  if (!plan) return session.status();
  show(context, session, *plan);
  if (saved) {
    auto written = session.workspace().files().write(flags.out, plan_json(*plan, session.key()));
    if (!written) return session.fail(written.error());
    context.terminal.err("saved; 'jim " + same_flags(context.globals) + "apply " +
                         shell_word(escape_control(flags.out)) + "' does exactly this\n");
  }
  if (!session.close()) return session.status();
  return flags.detailed_exit_code && !is_empty(*plan) ? kChangesPresent : 0;
}

}  // namespace jim
