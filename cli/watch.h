#pragma once

#include "cli/events.h"
#include "cli/terminal.h"
#include "core/apply/apply.h"

namespace jim {

/// Hears an apply: shows it on standard error and writes it to `--events`.
class Watch : public ApplyObserver {
 public:
  Watch(Terminal& terminal, Events& events, EventLoop& loop, const Plan& plan);
  void started(const Change& change) override;
  void progress(const Change& change, const std::string& what) override;
  void finished(const Change& change, const StepReport& report) override;
  /// Leaves the display tidy.
  void end();

 private:
  void write(const std::string& event, const Change& change, const std::string& what) const;

  Terminal& terminal_;
  Events& events_;
  EventLoop& loop_;
  std::size_t total_;
  std::size_t done_ = 0;
};

}  // namespace jim
