#include "cli/commands/commands.h"
#include "cli/tell.h"
#include "core/base/text.h"

namespace jim {

int run_completion(Context& context, const std::string& shell, const CommandNode& root) {
  const std::string script = completion_script(root, shell);
  if (script.empty())
    return fail(context.terminal, {.code = ErrorCode::invalid_config,
                                   .message = "no completion for '" + escape_control(shell) + "'",
                                   .hint = "there is one for bash, zsh and fish"});
  context.terminal.out(script);
  return 0;
}

}  // namespace jim
