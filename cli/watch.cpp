#include "cli/watch.h"

#include "cli/render/duration.h"
#include "core/base/text.h"

namespace jim {

Watch::Watch(Terminal& terminal, Events& events, EventLoop& loop, const Plan& plan)
    : terminal_(terminal), events_(events), loop_(loop), total_(plan.changes.size()) {}

void Watch::write(const std::string& event, const Change& change, const std::string& what) const {
  ValueMap fields;
  fields.set("address", change.address.text());
  fields.set("type", change.type->name);
  fields.set("action", action_word(change.action));
  if (!what.empty()) fields.set("what", what);
  events_.write(event, std::move(fields));
}

void Watch::started(const Change& change) { write("started", change, ""); }

void Watch::progress(const Change& change, const std::string& what) {
  write("progress", change, what);
}

void Watch::finished(const Change& change, const StepReport& report) {
  ++done_;
  std::string said;
  switch (report.outcome) {
    case Outcome::done:
      said = "done";
      break;
    case Outcome::failed:
      said = "failed: " + report.error.message;
      break;
    case Outcome::skipped:
      said = "skipped, since " + report.because + " failed";
      break;
    case Outcome::interrupted:
      said = "interrupted";
      break;
    case Outcome::not_started:
      said = "not started";
      break;
  }
  write("finished", change, said);
  terminal_.err("[" + std::to_string(done_) + "/" + std::to_string(total_) + "] " +
                escape_control(change.address.text()) + " " +
                std::string(action_word(change.action)) + " " + escape_control(said) + "\n");
}

void Watch::end() {}

}  // namespace jim
