#include "cli/habits.h"

#include <array>
#include <string>
#include <string_view>

#include "core/base/text.h"

namespace jim {

namespace {

struct Habit {
  std::string_view theirs = {};  ///< without dashes and value
  std::string_view ours = {};
};

constexpr std::array<Habit, 17> kHabits = {{
    {"auto-approve", "--yes"},
    {"force", "--yes"},
    {"approve", "--yes"},
    {"out", "--out FILE"},
    {"target", "--target ADDRESS"},
    {"var", "--var NAME=VALUE"},
    {"var-file", "'include:' in the file, or --var"},
    {"destroy", "'jim destroy', or 'jim plan --destroy'"},
    {"refresh", "--offline for a plan without the vendors"},
    {"refresh-only", "'jim drift'"},
    {"chdir", "-C DIR"},
    {"json", "-o json"},
    {"no-color", "--color never"},
    {"input", "--no-input"},
    {"detailed-exitcode", "--detailed-exitcode"},
    {"dry-run", "'jim plan'"},
    {"parallelism", "'limits' in a provider's manifest, which set the pace"},
}};

/// What jim has in place of a command: a whole hint.
constexpr std::array<Habit, 4> kCommands = {{
    {"import", "'jim adopt ADDRESS ID' takes over an object that exists already"},
    {"refresh", "every 'jim plan' reads live state; 'jim drift' shows what changed outside jim"},
    {"show", "'jim state show ADDRESS' shows one record, 'jim state list' names all"},
    {"force-unlock",
     "nothing is unlocked by hand: a lock ends by itself, when the command that it refuses says "
     "so"},
}};

}  // namespace

std::optional<std::string> command_of_other_tools(std::string_view word) {
  for (const Habit& command : kCommands)
    if (word == command.theirs) return std::string(command.ours);
  return std::nullopt;
}

std::optional<Diagnostic> habit_of_other_tools(std::string_view word) {
  const std::string_view flag = word.substr(0, word.find('='));
  const std::size_t dashes = flag.find_first_not_of('-');
  if (dashes != 1 && dashes != 2) return std::nullopt;
  for (const Habit& habit : kHabits)
    if (flag.substr(dashes) == habit.theirs)
      return Diagnostic{.code = ErrorCode::invalid_config,
                        .message = "unknown flag '" + escape_control(std::string(flag)) + "'",
                        .hint = "jim has " + std::string(habit.ours)};
  return std::nullopt;
}

}  // namespace jim
