#pragma once

#include <string>

#include "cli/command_tree.h"
#include "cli/options.h"
#include "cli/terminal.h"

namespace jim {

/// What every command gets: the flags and the streams. Each command gives its exit status
/// (DESIGN.md section 11).
struct Context {
  const Globals& globals;
  Terminal& terminal;
};

int run_init(Context& context, const InitFlags& flags);
int run_validate(Context& context);
int run_plan(Context& context, const PlanFlags& flags);
/// `apply`, and `destroy` with `flags.destroy`.
int run_apply(Context& context, const ApplyFlags& flags);
int run_drift(Context& context, const DriftFlags& flags);
int run_adopt(Context& context, const AdoptFlags& flags);
int run_state_list(Context& context);
int run_state_show(Context& context, const StateFlags& flags);
int run_state_mv(Context& context, const StateFlags& flags);
int run_state_rm(Context& context, const StateFlags& flags);
int run_state_export(Context& context, const StateFlags& flags);
int run_state_pull(Context& context);
int run_state_push(Context& context, const StateFlags& flags);
int run_state_move(Context& context, const StateFlags& flags);
int run_state_rebuild(Context& context);
int run_history(Context& context);
int run_history_show(Context& context, const HistoryFlags& flags);
int run_undo(Context& context, const HistoryFlags& flags);
int run_explain(Context& context, const ExplainFlags& flags);
int run_output(Context& context, const std::string& name);
int run_graph(Context& context, const GraphFlags& flags);
int run_provider_list(Context& context);
int run_provider_check(Context& context, const std::string& file);
int run_sandbox_serve(Context& context, const SandboxFlags& flags);
int run_sandbox_reset(Context& context, const SandboxFlags& flags);
int run_sandbox_drift(Context& context, const SandboxFlags& flags);
int run_schema(Context& context);
int run_completion(Context& context, const std::string& shell, const CommandNode& root);
int run_version(Context& context);

}  // namespace jim
