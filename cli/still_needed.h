#pragma once

#include <map>
#include <vector>

#include "core/plan/plan.h"
#include "core/state/state_store.h"

namespace jim {

/// Objects that the plan would delete or replace although something that stays needs them, with
/// what needs them. A resource needs the object whose id it holds, and the last one of a block that
/// it is to go before. Pure.
std::map<Address, std::vector<Address>> still_needed(const Plan& plan, const State& state);

}  // namespace jim
