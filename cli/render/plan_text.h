#pragma once

#include <string>

#include "cli/render/paint.h"
#include "core/plan/plan.h"

namespace jim {

/// The plan for people: one line per group of identical changes, what differs below it, and the
/// counts at last.
std::string plan_text(const Plan& plan, const Paint& paint);

/// The plan for a pull request: the counts, and everything else folded away.
std::string plan_markdown(const Plan& plan);

/// `5 to create · 2 to change (1 reinstalled: disks wiped) · 0 to destroy`.
std::string counts_text(const Plan& plan);

/// What is asked before the plan is carried out; names what would be lost.
std::string question_text(const Plan& plan);

/// What changed outside jim, for people; empty when nothing did.
std::string drift_text(const Plan& plan, const Paint& paint);
std::string drift_markdown(const Plan& plan);

/// `latitude 2 lists · lambda 1 list · 3 requests · 0.4 s`.
std::string totals_text(const HttpTotals& totals);

}  // namespace jim
