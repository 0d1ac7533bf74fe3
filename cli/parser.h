#pragma once

#include <functional>
#include <string>

#include "cli/command_tree.h"
#include "cli/commands/commands.h"
#include "cli/options.h"
#include "core/base/result.h"

namespace jim {

/// What the command line asks for.
struct Invocation {
  Globals globals = {};
  std::function<int(Context&)> run = {};  ///< empty: only help was asked for
  std::string help = {};                  ///< to be printed on stdout when `run` is empty
};

/// Reads the command line; the only file that knows CLI11. Fails with invalid_config on a wrong
/// one.
Result<Invocation> parse_command_line(int argc, const char* const* argv);

/// The commands as they are, without a command line; for completion scripts and tests.
CommandNode command_tree();

}  // namespace jim
