#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/net/task.h"
#include "core/state/lock.h"

namespace jim {

/// Bytes under a key, as a store keeps them. `serial` is the state's count at the time of writing.
struct Entry {
  std::string key = {};
  std::int64_t serial = 0;
  std::string body = {};  ///< text of one line, UTF-8
  bool operator==(const Entry&) const = default;
};

/// One write: puts or removes an entry.
struct EntryChange {
  Entry entry = {};
  bool remove = false;
};

/// Changes that are written together or not at all.
struct Batch {
  std::vector<EntryChange> changes = {};
  /// Says what is about to be done: it must be where every other run sees it before the commit
  /// ends. Without it, what is durable on this machine is enough for a store that passes it on
  /// later.
  bool promise = false;
};

/// A place that keeps entries: a file, a cluster, a bucket. It knows neither what they mean nor
/// whether they are sealed. One contract for all; tests/core/state/store_contract.h holds it.
///
/// A commit is durable when its task ends, costs the same whatever the number of entries, and is
/// refused with `conflict` when the lock was lost, whoever asks and however late. After a commit
/// that failed otherwise (`io`, `unavailable`, `unknown_outcome`) nobody knows whether it was
/// written; `load` tells.
class EntryStore {
 public:
  virtual ~EntryStore() = default;
  /// Every entry whose key begins with one of `prefixes`, all as of one moment, in any order. A
  /// place where nothing was kept yet gives none; nothing is written.
  virtual Task<Result<std::vector<Entry>>> load(std::vector<std::string> prefixes) = 0;
  /// Takes the lock for `term`, or fails with `conflict` naming the holder. Does not wait. A holder
  /// whose term is over is replaced.
  virtual Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) = 0;
  /// Who holds the lock now, whose term is not over; nullopt: nobody. Takes nothing.
  virtual Task<Result<std::optional<LockHolder>>> holder() = 0;
  /// Prolongs the lock; `conflict` when it was lost.
  virtual Task<Result<void>> renew_lock(Duration term) = 0;
  virtual Task<Result<void>> release_lock() = 0;
  /// Needs the lock. Several waiting commits may share one write.
  virtual Task<Result<void>> commit(Batch batch) = 0;
  /// Whether the changes of a commit that failed, other than with `conflict`, are durable on this
  /// machine and are passed on before any later ones: the next commit goes on from there.
  virtual bool keeps_what_failed() const { return false; }
  /// `why` the lock was lost, said together with what this run made that is on this machine only.
  virtual Diagnostic with_what_is_owed(Diagnostic why) { return why; }
  /// For messages: `.jim/state.db`.
  virtual std::string place() const = 0;
};

}  // namespace jim
