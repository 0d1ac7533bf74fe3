#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/state/http_document.h"
#include "core/state/lock.h"

namespace jim {

/// What LOCK and UNLOCK carry, and what a server tells about the holder.
struct LockInfo {
  std::string id = {};
  std::string operation = {};
  std::string info = {};
  std::string who = {};
  std::string version = {};
  std::string created = {};
};

/// A new lock of jim's. Its id says that it is jim's and for how long: GitLab tells of a holder
/// only the id, a name and a time, and fills the rest with what the asker sent.
LockInfo new_lock(const LockHolder& wanted, Duration term,
                  std::chrono::system_clock::time_point now);
std::string lock_body(const LockInfo& lock);
/// nullopt: the text names nobody.
std::optional<LockInfo> read_lock_info(std::string_view text);

/// The holder who is in our way.
struct MetLock {
  LockInfo lock = {};
  bool dead = false;        ///< a jim without a sign of life for its term, or gone
  Diagnostic refusal = {};  ///< what to tell when it is not replaced
};

/// What is known of the holder: `told` by the server, `seen` in the document. Only a lock of jim's
/// is ever called dead.
MetLock judge_holder(const std::string& place, const LockInfo& ours,
                     const std::optional<LockInfo>& told, const std::optional<HttpLock>& seen,
                     std::chrono::system_clock::time_point now);

/// The document's lock as messages name it.
LockHolder holder_of(const HttpLock& lock, std::int64_t token);
/// Somebody took our lock: `told` by the server.
Diagnostic lost_to(const std::string& place, const std::optional<LockInfo>& told);

}  // namespace jim
