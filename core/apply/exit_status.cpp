#include <algorithm>

#include "core/apply/apply.h"

namespace jim {

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_config:
      return 3;
    case ErrorCode::unauthorized:
      return 4;
    case ErrorCode::out_of_capacity:
      return 7;
    case ErrorCode::conflict:
      return 1;
    case ErrorCode::stale:
      return 9;
    case ErrorCode::timed_out:
      return 10;
    case ErrorCode::ambiguous:
      return 11;
    case ErrorCode::cancelled:
      return 130;
    case ErrorCode::not_found:
    case ErrorCode::quota:
    case ErrorCode::rate_limited:
    case ErrorCode::unavailable:
    case ErrorCode::unknown_outcome:
    case ErrorCode::io:
    case ErrorCode::internal:
      return 1;
  }
  return 1;
}

namespace {

/// Of an error that is about the state: a conflict there is about its lock.
int status_of_run(ErrorCode code) {
  return code == ErrorCode::conflict ? kStateLocked : exit_status(code);
}

/// An object exists now, though its change did not end.
bool has_made_something(const Report& report) {
  return std::any_of(report.steps.begin(), report.steps.end(), [](const StepReport& step) {
    const bool makes = step.action == Action::create || step.action == Action::replace;
    return makes && step.outcome == Outcome::failed && !step.id.empty();
  });
}

}  // namespace

int exit_status(const Report& report) {
  if (report.interrupted) return 130;
  if (report.complete()) return 0;
  if (report.lapsed) return kStateLocked;
  const auto failed = [](const StepReport& step) { return step.outcome == Outcome::failed; };
  const auto first = std::find_if(report.steps.begin(), report.steps.end(), failed);
  const auto something = [](const StepReport& step) {
    return step.outcome == Outcome::done || step.in_part();
  };
  const bool some = std::any_of(report.steps.begin(), report.steps.end(), something);
  if (!report.errors.empty()) {
    const int status = status_of_run(report.errors.front().code);
    return status == 1 && (some || has_made_something(report)) ? 5 : status;
  }
  if (first == report.steps.end()) return 1;
  // A status of its own only where one cause explains everything that failed.
  const bool same = std::all_of(report.steps.begin(), report.steps.end(), [&](const auto& step) {
    return !failed(step) || step.error.code == first->error.code;
  });
  const int status = same ? exit_status(first->error.code) : 1;
  // That an object is gone without another in its place matters more than why, but for stock.
  const bool lost = std::any_of(report.steps.begin(), report.steps.end(), [](const auto& step) {
    return step.in_part() && step.action == Action::replace && step.id.empty();
  });
  if (lost && status != 7) return 5;
  if (status != 1 && status != 3) return status;
  return some ? 5 : status;
}

}  // namespace jim
