#include "cli/approval.h"
#include "cli/session.h"
#include "core/base/text.h"
#include "core/state/move_state.h"

namespace jim {

int run_state_move(Context& context, const StateFlags& flags) {
  if (!may_proceed(context)) return refuse(context, "state move", "");
  Session session(context);
  if (!session.open_state_to_move("state move")) return session.status();
  const std::string old_place = escape_control(session.store().place());
  if (session.state().head.lineage.empty()) return session.fail(nothing_to_move(old_place));
  StateStore* to = session.open_other_place(flags.to, "state move");
  if (to == nullptr) return session.status();
  const std::string new_place = escape_control(to->place());
  const std::string records = counted(session.state().records.size(), "record");
  const std::string places = " from " + old_place + " to " + new_place + "?";
  const bool begun = !session.state().head.move.to.empty();
  if (!approved(context, begun ? "End the move of the state, begun before," + places
                               : "Move the state, " + records + "," + places))
    return 1;
  const bool was_in_clear = session.store().seal_report().in_clear;
  const auto moved = session.loop().run(move_state(session.store(), *to, session.stop()));
  if (!moved) return session.fail(moved.error());
  context.terminal.out("the state is now in " + new_place + ": " +
                       counted(moved->records, "record") + ", " + counted(moved->runs, "run") +
                       " of history\n");
  const auto& written = session.workspace().config().state;
  const bool map = written && written->kind == ConfigValue::Kind::map;
  context.terminal.err(
      (map ? "say in the file, below 'state':\n  url: " : "say in the file:\n  state: ") +
      new_place + "\n" + old_place + " is marked as moved, and nothing goes on with it\n");
  if (was_in_clear && !to->seal_report().in_clear)
    context.terminal.err(old_place +
                         " still holds everything in clear: delete it once the new place has "
                         "proved itself\n");
  session.close();
  return session.status();
}

}  // namespace jim
