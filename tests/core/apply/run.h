#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/apply/apply.h"
#include "tests/core/plan/workbench.h"

namespace jim {

/// Notes what it hears, as `started a`, `progress a: text`, `finished a done`.
class HeardObserver : public ApplyObserver {
 public:
  void started(const Change& change) override { heard.push_back("started " + text(change)); }
  void progress(const Change& change, const std::string& what) override {
    heard.push_back("progress " + text(change) + ": " + what);
  }
  void finished(const Change& change, const StepReport& report) override;

  std::vector<std::string> heard = {};

 private:
  static std::string text(const Change& change) { return change.address.text(); }
};

inline const char* outcome_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::failed:
      return "failed";
    case Outcome::skipped:
      return "skipped";
    case Outcome::not_started:
      return "not started";
    case Outcome::interrupted:
      return "interrupted";
  }
  return "";
}

inline void HeardObserver::finished(const Change& change, const StepReport& report) {
  heard.push_back(fmt::format("finished {} {}", text(change), outcome_word(report.outcome)));
}

/// `create a id-1 done`, one line per step, then the errors of the run.
inline std::string shown(const Report& report) {
  std::string all;
  for (const StepReport& step : report.steps) {
    all += fmt::format("{} {}", action_word(step.action), step.address.text());
    if (!step.id.empty()) all += " " + step.id;
    all += fmt::format(" {}", outcome_word(step.outcome));
    if (!step.because.empty()) all += " because of " + step.because;
    if (!step.error.message.empty()) all += ": " + step.error.message;
    all += "\n";
  }
  if (!report.errors.empty()) all += "errors: " + messages(report.errors);
  if (report.interrupted) all += "interrupted\n";
  return all;
}

/// A Workbench that applies as well.
class ApplyBench : public Workbench {
 public:
  /// Plans and applies under a lock of its own.
  Report apply(const PlanOptions& options = {}) { return apply_plan(plan(options)); }
  Report apply_plan(const Plan& plan) {
    if (prepare) prepare();
    (void)loop.run(store.acquire_lock({.who = "test"}, std::chrono::hours(1)));
    State now = state();
    const Providers providers = {{"fake", &vendor}};
    ApplyContext context = {.loop = loop,
                            .providers = providers,
                            .store = store,
                            .state = now,
                            .stop = stop,
                            .observer = observer,
                            .limit = limit};
    Report report = loop.run(jim::apply(context, expansion(), plan));
    after = now;
    (void)loop.run(store.release_lock());
    return report;
  }

  MemoryStore store{loop, &disk};
  StopFlag stop = {};
  HeardObserver observer = {};
  std::size_t limit = 256;
  std::function<void()> prepare = {};  ///< called between plan and apply
  State after = {};                    ///< what apply left in the context's state
};

}  // namespace jim
