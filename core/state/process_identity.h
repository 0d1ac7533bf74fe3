#pragma once

#include <cstdint>
#include <string>

namespace jim {

/// Which process holds something, so that another one on the same machine can tell whether it still
/// lives.
struct ProcessIdentity {
  std::string machine =
      {};  ///< one start of one machine and its process namespace; empty: not known
  std::int64_t pid = 0;
  std::string started =
      {};  ///< tells apart two processes that had the same number; empty: not known
};

ProcessIdentity this_process();
/// True only when the process surely ended; false when it lives, or lived elsewhere.
bool is_gone(const ProcessIdentity& process);

}  // namespace jim
