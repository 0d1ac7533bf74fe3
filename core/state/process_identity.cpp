#include "core/state/process_identity.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

namespace jim {

namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string link_target(const char* path) {
  std::array<char, 128> buffer = {};
  const ssize_t length = readlink(path, buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

/// State and start of a process as /proc tells them (proc(5), fields 3 and 22).
struct ProcessStat {
  char state = 0;
  std::string started = {};
};

ProcessStat read_stat(std::int64_t pid) {
  const std::string line = first_line("/proc/" + std::to_string(pid) + "/stat");
  // The name, field 2, may hold spaces and brackets; the last bracket ends it.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  const std::istream_iterator<std::string> begin(rest);
  ProcessStat stat;
  int field = 3;
  for (auto word = begin; word != std::istream_iterator<std::string>(); ++word, ++field) {
    if (field == 3) stat.state = word->front();
    if (field == 22) stat.started = *word;
  }
  return stat;
}

ProcessIdentity look_at_this_process() {
  const std::string boot = first_line("/proc/sys/kernel/random/boot_id");
  const std::string space = link_target("/proc/self/ns/pid");
  const std::int64_t pid = getpid();
  return {.machine = boot.empty() || space.empty() ? std::string() : boot + " " + space,
          .pid = pid,
          .started = read_stat(pid).started};
}

}  // namespace

ProcessIdentity this_process() {
  static ProcessIdentity known;
  if (known.pid != getpid()) known = look_at_this_process();  // a fork is another
  return known;
}

bool is_gone(const ProcessIdentity& process) {
  if (process.machine.empty() || process.machine != this_process().machine) return false;
  if (kill(static_cast<pid_t>(process.pid), 0) != 0) return errno == ESRCH;
  const ProcessStat stat = read_stat(process.pid);
  if (stat.state == 'Z' || stat.state == 'X') return true;
  return !stat.started.empty() && !process.started.empty() && stat.started != process.started;
}

}  // namespace jim
