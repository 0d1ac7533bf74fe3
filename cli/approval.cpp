#include "cli/approval.h"

#include "cli/tell.h"
#include "core/base/text.h"

namespace jim {

bool may_proceed(const Context& context) {
  return context.globals.yes || (context.terminal.can_ask() && !context.globals.no_input);
}

int refuse(Context& context, const std::string& what, const std::string& saved) {
  const std::string why =
      context.globals.no_input ? "--no-input forbids to ask" : "this is no terminal to ask on";
  return fail(context.terminal, {.code = ErrorCode::invalid_config,
                                 .message = "'jim " + what + "' needs consent, and " + why,
                                 .hint = "say --yes" + (saved.empty() ? "" : ", or " + saved)});
}

bool approved(Context& context, const std::string& question) {
  if (context.globals.yes) return true;
  const std::string answer = lower(trim(context.terminal.ask(question + " [y/N] ")));
  if (answer == "y" || answer == "yes") return true;
  context.terminal.err("nothing was done\n");
  return false;
}

}  // namespace jim
