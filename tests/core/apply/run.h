#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
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

/// Passes commits on and logs each once it is durable: `saved a intent`, `saved a id-1 half-made`,
/// `dropped a`, `saved outputs`. Gathers what is awaited in one turn, as the real stores do.
class LoggedStore : public StateStore {
 public:
  LoggedStore(EventLoop& loop, StateStore& inner, std::vector<std::string>& log)
      : loop_(loop), inner_(inner), log_(log) {}
  Task<Result<State>> load() override { return inner_.load(); }
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override {
    return inner_.acquire_lock(wanted, term);
  }
  Task<Result<std::optional<LockHolder>>> holder() override { return inner_.holder(); }
  Task<Result<void>> renew_lock(Duration term) override { return inner_.renew_lock(term); }
  Task<Result<void>> release_lock() override { return inner_.release_lock(); }
  Task<Result<void>> create(StateHead head) override { return inner_.create(head); }
  Task<Result<void>> commit(std::vector<RecordChange> changes) override {
    std::vector<std::string> lines;
    lines.reserve(changes.size());
    for (const RecordChange& change : changes) lines.push_back(line(change));
    if (++waiting_ == 1) together.push_back(0);
    ++together.back();
    co_await loop_.sleep(std::chrono::milliseconds(1));
    waiting_ = 0;
    if (gone && std::any_of(changes.begin(), changes.end(), is_promise)) co_return *gone;
    if (auto done = co_await inner_.commit(std::move(changes)); !done) co_return done;
    log_.insert(log_.end(), lines.begin(), lines.end());
    co_return Result<void>();
  }
  Task<Result<void>> commit_outputs(ValueMap outputs) override {
    if (auto done = co_await inner_.commit_outputs(outputs); !done) co_return done;
    log_.push_back("saved outputs");
    co_return Result<void>();
  }
  Task<Result<void>> renew_seal() override { return inner_.renew_seal(); }
  Task<Result<Run>> begin_run(Run run) override { return inner_.begin_run(std::move(run)); }
  Task<Result<void>> write_run(Run run, std::vector<RunStep> steps) override {
    co_await loop_.sleep(std::chrono::milliseconds(1));
    if (gone) co_return *gone;
    co_return co_await inner_.write_run(std::move(run), std::move(steps));
  }
  Task<Result<std::vector<Run>>> runs() override { return inner_.runs(); }
  Task<Result<std::vector<RunStep>>> steps(std::int64_t run) override { return inner_.steps(run); }
  Task<Result<void>> import(State state, std::vector<Run> runs,
                            std::vector<std::vector<RunStep>> steps) override {
    return inner_.import(std::move(state), std::move(runs), std::move(steps));
  }
  Task<Result<void>> mark_move(StateMove move) override {
    return inner_.mark_move(std::move(move));
  }
  std::string place() const override { return inner_.place(); }

  /// While it is set the server is gone, as a store with a journal on this machine has it: only
  /// what promises something fails.
  std::optional<Diagnostic> gone = {};
  std::vector<int> together = {};  ///< how many commits could share each disk write

 private:
  static std::string line(const RecordChange& change) {
    const Record& record = change.record;
    std::string text = (change.remove ? "dropped " : "saved ") + record.address.text();
    if (change.remove) return text;
    if (!record.id.empty()) text += " " + record.id;
    if (record.id.empty() && record.intent) text += " intent";
    if (!record.id.empty() && record.half_made) text += " half-made";
    if (!record.deposed.empty()) text += " deposed " + join(record.deposed, ",");
    if (record.forgotten) text += " forgotten";
    return text;
  }

  EventLoop& loop_;
  StateStore& inner_;
  std::vector<std::string>& log_;
  int waiting_ = 0;
};

/// A Workbench that applies as well. What vendor and store were asked stands in `vendor.log`.
class ApplyBench : public Workbench {
 public:
  /// Plans and applies under a lock of its own.
  Report apply(const PlanOptions& options = {}) { return apply_plan(plan(options)); }
  Report apply_plan(const Plan& plan) {
    vendor.log.clear();
    (void)loop.run(store.acquire_lock({.who = "test"}, std::chrono::hours(1)));
    State now = state();
    const Providers providers = {{"fake", &vendor}};
    ApplyContext context = {.loop = loop,
                            .providers = providers,
                            .store = logged,
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
  LoggedStore logged{loop, store, vendor.log};
  StopFlag stop = {};
  HeardObserver observer = {};
  std::size_t limit = 256;
  State after = {};  ///< what apply left in the context's state
};

}  // namespace jim
