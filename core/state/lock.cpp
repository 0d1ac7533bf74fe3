#include "core/state/lock.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace jim {

namespace {

std::string named(const LockHolder& holder) {
  const std::string command =
      holder.command.empty() ? "" : fmt::format(", running '{}'", escape_control(holder.command));
  return escape_control(holder.who) + command;
}

}  // namespace

Diagnostic held_lock(const std::string& place, const LockHolder& holder) {
  return {.code = ErrorCode::conflict,
          .message = fmt::format(
              "the state {} is locked by {}, since {}; the lock ends at {} unless it is renewed",
              place, named(holder), holder.since, holder.expires),
          .hint =
              "wait until it is done; a holder that died is replaced at once on its own machine, "
              "elsewhere when "
              "its lock ends"};
}

Diagnostic lost_lock(const std::string& place, const LockHolder* holder) {
  return {
      .code = ErrorCode::conflict,
      .message =
          holder != nullptr
              ? fmt::format("the lock on the state {} was lost: {} holds it since {}", place,
                            named(*holder), holder->since)
              : fmt::format("the state {} is not locked by this run, or not any more", place),
      .hint = "nothing was written after that; run the command again when the other one is done"};
}

Diagnostic state_exists(const std::string& place, const std::string& project) {
  return {.code = ErrorCode::conflict,
          .message = fmt::format("there is a state already in {}, of project '{}'", place,
                                 escape_control(project)),
          .hint = "run the command again; it will use that state"};
}

}  // namespace jim
