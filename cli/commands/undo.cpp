#include <fmt/format.h>

#include "cli/approval.h"
#include "cli/carry_out.h"
#include "cli/session.h"
#include "cli/tell.h"
#include "cli/undoing.h"
#include "core/base/text.h"
#include "core/config/load.h"

namespace jim {

namespace {

/// One file, in memory: what must exist for the run to be undone.
class OneFile : public Files {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::string& path, std::size_t /*limit*/) const override {
    if (path == kName) return text_;
    return Diagnostic{.code = ErrorCode::not_found, .message = path + " does not exist"};
  }
  Result<void> write(const std::string& path, const std::string& /*content*/) override {
    return Diagnostic{.code = ErrorCode::io, .message = path + " cannot be written"};
  }
  bool exists(const std::string& path) const override { return path == kName; }
  Result<std::vector<std::string>> list(const std::string& /*folder*/) const override {
    return std::vector<std::string>{kName};
  }
  static constexpr const char* kName = "history";

 private:
  std::string text_;
};

/// Addresses that runs after `run` changed, with the first such run; false with the error told.
bool find_later(Session& session, std::int64_t run, std::map<std::string, std::int64_t>& later,
                bool& known) {
  const auto runs = session.loop().run(session.store().runs());
  if (!runs) return session.fail(runs.error()), false;
  for (const Run& one : *runs) {
    known = known || one.number == run;
    if (one.number <= run) continue;
    const auto steps = session.loop().run(session.store().steps(one.number));
    if (!steps) return session.fail(steps.error()), false;
    for (const RunStep& step : *steps) later[step.address.text()] = one.number;
  }
  return true;
}

}  // namespace

int run_undo(Context& context, const HistoryFlags& flags) {
  if (!may_proceed(context)) return refuse(context, "undo", "");
  Session session(context);
  if (!session.open_file() || !session.open_state("undo", true) || !session.open_providers())
    return session.status();
  std::map<std::string, std::int64_t> later;
  bool known = false;
  if (!find_later(session, flags.run, later, known)) return session.status();
  if (!known)
    return session.fail(Diagnostic{.code = ErrorCode::invalid_config,
                                   .message = fmt::format("the history has no run {}", flags.run),
                                   .hint = "'jim history' lists the runs"});
  const auto steps = session.loop().run(session.store().steps(flags.run));
  if (!steps) return session.fail(steps.error());
  std::map<std::string, ValueMap> desired;
  for (const Desired& one : session.workspace().expansion().resources())
    desired[one.address.text()] = one.attributes;
  const Undoing undoing =
      undo_run(session.state(), *steps, later, session.workspace().types(), desired);
  for (const std::string& why : undoing.cannot)
    context.terminal.err("cannot be restored: " + escape_control(why) + "\n");
  if (undoing.targets.empty()) {
    context.terminal.err("there is nothing of this run that could be undone\n");
    return session.close() ? 0 : session.status();
  }

  const OneFile file(undoing.text);
  Diagnostics found;
  const auto config = load_config(file, {OneFile::kName}, found);
  Surroundings surroundings;
  surroundings.vars.set("values", Value(undoing.values));
  std::optional<Expansion> expansion;
  if (config) expansion = expand(*config, session.workspace().types(), file, surroundings, found);
  if (!expansion) return session.fail(found);
  if (!session.refresh(false)) return session.status();
  const PlanOptions options = {.targets = undoing.targets, .exact = true};
  auto plan = make_plan(*config, *expansion, session.state(), session.snapshot(), options,
                        session.workspace().types(), found);
  if (!plan) return session.fail(found);
  show_plan(context, *plan);
  if (is_empty(*plan)) return session.close() ? 0 : session.status();
  if (!approved(context, fmt::format("Undo run {}?", flags.run))) return 1;
  const int status =
      carry_out(context, session, *expansion, *plan, fmt::format("undo {}", flags.run));
  context.terminal.err(
      "the file still says otherwise: change it too, or the next plan takes this "
      "back\n");
  return status;
}

}  // namespace jim
