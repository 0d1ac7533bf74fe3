#include "core/base/version.h"

#include "cli/commands/commands.h"

namespace jim {

int run_version(Context& context) {
  const std::string version = kVersion;
  context.terminal.out(context.globals.format == Format::json
                           ? "{\"version\":\"" + version + "\"}\n"
                           : "jim " + version + "\n");
  return 0;
}

}  // namespace jim
