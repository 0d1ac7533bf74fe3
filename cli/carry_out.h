#pragma once

#include <string>

#include "cli/commands/commands.h"
#include "cli/session.h"
#include "core/config/expand.h"
#include "core/plan/plan.h"

namespace jim {

/// Shows a plan before it is carried out.
void show_plan(Context& context, const Plan& plan);
/// Carries an approved plan out, shows how it goes and what came of it, and gives the lock back.
/// `command` is what the history calls it. Gives the exit status.
int carry_out(Context& context, Session& session, const Expansion& expansion, const Plan& plan,
              const std::string& command);

}  // namespace jim
