#include "tests/simulation/identities.h"

#include <set>
#include <utility>

#include "core/state/process_identity.h"

namespace jim {

namespace {

ProcessIdentity current;
std::set<std::int64_t> alive;
std::int64_t last_pid = 0;

}  // namespace

Identity::Identity(std::string machine) : machine_(std::move(machine)), pid_(++last_pid) {
  alive.insert(pid_);
}

Identity::~Identity() { alive.erase(pid_); }

void Identity::enter() const { current = {.machine = machine_, .pid = pid_, .started = "once"}; }

ProcessIdentity this_process() { return current; }

bool is_gone(const ProcessIdentity& process) {
  return !process.machine.empty() && process.machine == current.machine &&
         !alive.contains(process.pid);
}

}  // namespace jim
