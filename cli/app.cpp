#include "cli/app.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include "cli/parser.h"
#include "cli/tell.h"
#include "core/base/text.h"
#include "core/config/yaml.h"
#include "core/value/functions.h"

namespace jim {

namespace {

constexpr int kError = 1;
constexpr int kInterrupted = 130;

int run_invocation(Terminal& terminal, const Invocation& invocation) {
  if (!invocation.run) {
    terminal.out(invocation.help);
    return 0;
  }
  const Globals& globals = invocation.globals;
  terminal.set_colour(globals.colour);
  if (!globals.folder.empty() && ::chdir(globals.folder.c_str()) != 0)
    return fail(terminal, {.code = ErrorCode::invalid_config,
                           .message = "-C '" + escape_control(globals.folder) +
                                      "': " + std::strerror(errno)});
  Context context = {.globals = globals, .terminal = terminal};
  const int status = invocation.run(context);
  return terminal.interrupted() ? kInterrupted : status;
}

/// There is nothing left to clean up with. What was done is recorded, as when jim is killed.
[[noreturn]] void end_without_memory() {
  constexpr std::string_view kText =
      "error: out of memory\n  hint: what was done is recorded; run it again with more memory\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kText.data(), kText.size());
  ::_exit(kError);
}

/// Takes the places of standard streams that are closed, lest a file of ours gets there and is
/// written over. Writing to such a place still fails.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

int run(int argc, const char* const* argv) {
  std::set_new_handler(end_without_memory);
  hold_standard_streams();
  // A reader that goes away is an error of the write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a limit on the size of files (ulimit -f): told like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  set_yaml_decoder(decode_yaml);
  Terminal terminal;
  int status = kError;
  try {
    const auto invocation = parse_command_line(argc, argv);
    status =
        invocation ? run_invocation(terminal, *invocation) : fail(terminal, invocation.error());
  } catch (const std::exception& error) {
    terminal.err(std::string("error: this is a bug in jim: ") + escape_control(error.what()) +
                 "\n");
    status = kError;
  }
  if (const auto written = terminal.finish(); !written)
    status = std::max(status, fail(terminal, written.error()));
  return status;
}

}  // namespace jim
