#pragma once

#include <string>
#include <vector>

#include "cli/events.h"
#include "cli/terminal.h"
#include "core/apply/apply.h"
#include "core/net/background.h"

namespace jim {

/// Hears an apply: shows it on standard error and writes it to `--events`. On a terminal the
/// running changes stand below, rewritten in place; else there is one line per change.
class Watch : public ApplyObserver {
 public:
  /// All outlive it. `pace` is how fast time goes: 1 but in the sandbox.
  Watch(Terminal& terminal, Events& events, EventLoop& loop, const StopFlag& stop, const Plan& plan,
        double pace);
  void started(const Change& change) override;
  void progress(const Change& change, const std::string& what) override;
  void finished(const Change& change, const StepReport& report) override;
  /// Leaves the display tidy.
  void end();

 private:
  struct Running {
    const Change* change = nullptr;
    std::string what = {};
    Instant since = {};
  };

  void write(const std::string& event, const Change& change, const std::string& what,
             const std::vector<std::string>& removed = {}) const;
  void finish_live(const std::string& line, const Change& change, Outcome outcome,
                   const std::string& said);
  Running* running(const Change& change);
  /// Writes what has finished since the last time, and what is running below it.
  void draw();
  Background draw_again_and_again();

  Terminal& terminal_;
  Events& events_;
  EventLoop& loop_;
  const StopFlag& stop_;
  double pace_;
  bool live_;
  Instant start_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::vector<Running> running_ = {};
  std::string finished_ = {};  ///< lines that are not written yet
  Background drawing_ = {};
};

}  // namespace jim
