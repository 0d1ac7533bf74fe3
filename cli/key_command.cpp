#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/state_settings.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kMostOutput = 64u << 10;

Diagnostic failed(const std::vector<std::string>& words, const std::string& why) {
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("the key's command '{}' {}", escape_control(words.front()), why),
          .hint = "run it by hand to see what it needs"};
}

}  // namespace

Result<Secret> output_of(const std::vector<std::string>& words) {
  std::array<int, 2> ends = {};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return failed(words, std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int spawned =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (spawned != 0) {
    close(ends[0]);
    return failed(words, fmt::format("cannot be run: {}", std::strerror(spawned)));
  }
  std::string output;
  std::array<char, 4096> some = {};
  while (output.size() <= kMostOutput) {
    const ssize_t count = read(ends[0], some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    output.append(some.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (output.size() > kMostOutput) return failed(words, "says more than a key");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failed(words, WIFEXITED(status)
                             ? fmt::format("ended with status {}", WEXITSTATUS(status))
                             : std::string("was killed"));
  return Secret(output);
}

}  // namespace jim
