#include <algorithm>

#include "cli/approval.h"
#include "cli/session.h"
#include "core/base/text.h"
#include "core/state/export.h"

namespace jim {

namespace {

/// So many records go in one commit: every store takes that.
constexpr std::size_t kAtOnce = 50;

/// Why `pushed` must not be put in place of the session's state; nullopt when it may.
std::optional<Diagnostic> in_the_way(Session& session, const State& pushed,
                                     const std::string& file) {
  const std::string& project = session.workspace().config().project;
  if (pushed.head.project != project)
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = "the state in " + file + " belongs to project '" +
                                 escape_control(pushed.head.project) +
                                 "', and this file's project is '" + project + "'",
                      .hint = "push it where that project's file is"};
  const StateHead& here = session.state().head;
  if (here.lineage.empty()) return std::nullopt;
  if (here.lineage == pushed.head.lineage && here.fingerprint_key == pushed.head.fingerprint_key)
    return std::nullopt;
  if (here.lineage == pushed.head.lineage)
    return Diagnostic{.code = ErrorCode::conflict,
                      .message = file + " lacks the key of the fingerprints that the state in " +
                                 escape_control(session.store().place()) + " has",
                      .hint = "push what 'jim state pull' or 'jim state export --with-key' wrote"};
  return Diagnostic{.code = ErrorCode::conflict,
                    .message = "the state in " + file + " has lineage " +
                               escape_control(pushed.head.lineage) + ", and the one in " +
                               escape_control(session.store().place()) + " has " +
                               escape_control(here.lineage) +
                               (here.lineage == pushed.head.lineage ? ", with another key" : "") +
                               ": they are two different states",
                    .hint = "name an empty place by --state or 'state:'"};
}

/// Record by record, so that what is cut short is still a state; the same push again ends it.
Result<void> replace(Session& session, const State& pushed) {
  std::vector<RecordChange> changes;
  for (const Record& record : session.state().records)
    if (pushed.find(record.address) == nullptr)
      changes.push_back({.record = record, .remove = true});
  for (const Record& record : pushed.records) changes.push_back({.record = record});
  for (std::size_t begin = 0; begin < changes.size(); begin += kAtOnce) {
    const std::size_t end = std::min(begin + kAtOnce, changes.size());
    std::vector<RecordChange> some(changes.begin() + static_cast<std::ptrdiff_t>(begin),
                                   changes.begin() + static_cast<std::ptrdiff_t>(end));
    auto saved = session.loop().run(session.store().commit(std::move(some)));
    if (!saved) return saved;
  }
  return session.loop().run(session.store().commit_outputs(pushed.outputs));
}

}  // namespace

int run_state_pull(Context& context) {
  Session session(context);
  if (!session.open_state_alone("state pull")) return session.status();
  context.terminal.out_json(export_state(session.state()));
  return 0;
}

int run_state_push(Context& context, const StateFlags& flags) {
  if (!may_proceed(context)) return refuse(context, "state push", "");
  Session session(context);
  if (!session.open_state_alone("state push", true)) return session.status();
  const std::string file = escape_control(flags.file);
  const auto text = session.workspace().files().read(flags.file);
  if (!text) return session.fail(text.error());
  auto pushed = import_state(*text, file);
  if (!pushed) return session.fail(pushed.error());
  if (const auto why = in_the_way(session, *pushed, file)) return session.fail(*why);
  const std::string place = escape_control(session.store().place());
  const std::string count = counted(pushed->records.size(), "record");
  const bool empty = session.state().head.lineage.empty();
  const std::string question =
      empty ? "Put " + count + " into " + place + "?"
            : "Replace " + counted(session.state().records.size(), "record") + " (serial " +
                  std::to_string(session.state().head.serial) + ") in " + place + " by " + count +
                  " (serial " + std::to_string(pushed->head.serial) + ") of " + file + "?";
  if (!approved(context, question)) return 1;
  const auto written = empty ? session.loop().run(session.store().import(*pushed, {}, {}))
                             : replace(session, *pushed);
  if (!written) return session.fail(written.error());
  context.terminal.out(count + " in " + place + "\n");
  session.close();
  return session.status();
}

}  // namespace jim
