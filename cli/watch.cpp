#include "cli/watch.h"

#include <algorithm>

#include "cli/render/columns.h"
#include "cli/render/duration.h"
#include "cli/render/progress.h"
#include "cli/render/report_text.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr Duration kBetweenFrames = std::chrono::milliseconds(100);
constexpr int kMostLines = 20;

std::string outcome_text(const StepReport& report) {
  switch (report.outcome) {
    case Outcome::done:
      return "done";
    case Outcome::failed:
      return "failed: " + report.error.message;
    case Outcome::skipped:
      return "skipped, since " + report.because + " failed";
    case Outcome::interrupted:
      return "interrupted";
    case Outcome::not_started:
      return "not started";
  }
  return {};
}

std::string painted(const Paint& paint, Outcome outcome, const std::string& text) {
  if (outcome == Outcome::done) return paint.green(text);
  return outcome == Outcome::failed ? paint.red(text) : paint.yellow(text);
}

}  // namespace

Watch::Watch(Terminal& terminal, Events& events, EventLoop& loop, const StopFlag& stop,
             const Plan& plan, double pace)
    : terminal_(terminal),
      events_(events),
      loop_(loop),
      stop_(stop),
      pace_(pace),
      live_(terminal.err_look().live),
      start_(loop.clock().now()),
      total_(plan.changes.size()) {
  if (live_ && total_ > 0) drawing_ = draw_again_and_again();
}

void Watch::write(const std::string& event, const Change& change, const std::string& what,
                  const std::vector<std::string>& removed) const {
  ValueMap fields;
  fields.set("address", change.address.text());
  fields.set("type", change.type->name);
  fields.set("action", action_word(change.action));
  if (!what.empty()) fields.set("what", what);
  if (!removed.empty()) {
    ValueList ids;
    for (const std::string& id : removed) ids.push_back(Value(id));
    fields.set("removed", std::move(ids));
  }
  events_.write(event, std::move(fields));
}

Watch::Running* Watch::running(const Change& change) {
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const Running& one) { return one.change == &change; });
  return found == running_.end() ? nullptr : &*found;
}

void Watch::started(const Change& change) {
  write("started", change, "");
  if (live_ && running(change) == nullptr)
    running_.push_back({.change = &change, .since = loop_.clock().now()});
}

void Watch::progress(const Change& change, const std::string& what) {
  write("progress", change, what);
  if (Running* one = running(change)) one->what = what;
}

void Watch::finished(const Change& change, const StepReport& report) {
  ++done_;
  std::string said = outcome_text(report);
  if (report.in_part()) said += "; " + gone_text(report, report.removed);
  write("finished", change, said, report.in_part() ? report.removed : std::vector<std::string>());
  // The report, which says it all, comes right after the last step.
  if (report.outcome == Outcome::failed && done_ == total_) said = "failed";
  const std::string line = "[" + std::to_string(done_) + "/" + std::to_string(total_) + "] " +
                           escape_control(change.address.text()) + " " +
                           std::string(action_word(change.action)) + " ";
  if (live_)
    finish_live(line, change, report.outcome, escape_control(said));
  else
    terminal_.err(line + escape_control(said) + "\n");
}

/// The whole error follows when all is over, so here it is cut to its line.
void Watch::finish_live(const std::string& line, const Change& change, Outcome outcome,
                        const std::string& said) {
  const Look& look = terminal_.err_look();
  std::string time;
  if (const Running* one = running(change)) {
    time = " in " + duration_text(loop_.clock().now() - one->since);
    running_.erase(running_.begin() + (one - running_.data()));
  }
  const auto width = static_cast<std::size_t>(look.width) - 1;
  const std::size_t taken = columns(line) + columns(time);
  finished_ +=
      line +
      painted(Paint(look.colour), outcome, cut_columns(said, width - std::min(width, taken))) +
      time + "\n";
}

void Watch::draw() {
  const Look& look = terminal_.measure_err();
  const Instant now = loop_.clock().now();
  ProgressState state = {
      .done = done_, .total = total_, .elapsed = now - start_, .stopping = stop_.requested()};
  for (const Running& one : running_) {
    const auto expected = static_cast<double>(one.change->expected.count()) * pace_;
    state.running.push_back({.address = one.change->address.text(),
                             .action = one.change->action,
                             .what = one.what,
                             .elapsed = now - one.since,
                             .expected = Duration(static_cast<Duration::rep>(expected))});
  }
  // A line that fills the last column would wrap on some terminals.
  const ProgressSize size = {
      .width = static_cast<std::size_t>(look.width) - 1,
      .height = static_cast<std::size_t>(std::clamp(look.height - 2, 2, kMostLines))};
  std::string finished;
  finished.swap(finished_);
  terminal_.show(finished, progress_lines(state, Paint(look.colour), size));
}

Background Watch::draw_again_and_again() {
  while (true) {
    draw();
    co_await loop_.sleep(kBetweenFrames);
  }
}

void Watch::end() {
  drawing_ = Background();
  std::string finished;
  finished.swap(finished_);
  terminal_.show(finished, {});
}

}  // namespace jim
