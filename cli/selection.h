#pragma once

#include "cli/session.h"
#include "core/plan/plan.h"

namespace jim {

/// Whether every target and exclude names something in file or state, told before a vendor is
/// asked.
bool check_selection(Session& session, const PlanOptions& options);

}  // namespace jim
