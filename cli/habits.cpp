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

}  // namespace

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
