#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/net/task.h"
#include "core/state/record.h"

namespace jim {

/// The identity and count of a state, and what it is keyed with.
struct StateHead {
  std::string project = {};
  std::string lineage = {};          ///< made with the state, short: 8 characters a-z0-9
  std::string fingerprint_key = {};  ///< random; keys the HMACs that stand for secrets
  std::int64_t serial = 0;           ///< grows by one with each commit
  bool operator==(const StateHead&) const = default;
};

/// Everything a store holds, once read.
struct State {
  StateHead head = {};
  std::vector<Record> records = {};  ///< sorted by address
  ValueMap outputs = {};             ///< as of the last apply, secrets redacted

  const Record* find(const Address& address) const;
};

/// One write: puts or removes a record.
struct RecordChange {
  Record record = {};
  bool remove = false;
};

/// Who holds the exclusive right to write.
struct LockHolder {
  std::string who = {};  ///< user@host, process id
  std::string command = {};
  std::string since = {};    ///< UTC
  std::string expires = {};  ///< UTC
  std::int64_t token = 0;    ///< grows with each holder; a write with an older one is refused
};

/// Where records live. One contract for all stores; tests/core/state/store_contract.h holds it.
/// Every commit is durable when its task ends, costs the same whatever the number of records, and
/// is refused with `conflict` when the lock was lost.
class StateStore {
 public:
  virtual ~StateStore() = default;
  /// Reads everything. A store that does not exist yet gives an empty State with an empty lineage;
  /// nothing is written.
  virtual Task<Result<State>> load() = 0;
  /// Takes the lock for `term`, or fails with `conflict` naming the holder. A holder whose term is
  /// over is replaced.
  virtual Task<Result<LockHolder>> acquire_lock(const LockHolder& wanted, Duration term) = 0;
  /// Prolongs the lock; `conflict` when it was lost.
  virtual Task<Result<void>> renew_lock(Duration term) = 0;
  virtual Task<Result<void>> release_lock() = 0;
  /// Makes a new state with this head; fails with `conflict` when there is one. Needs the lock.
  virtual Task<Result<void>> create(const StateHead& head) = 0;
  /// Writes all changes or none. Several waiting commits may share one disk write. Needs the lock.
  virtual Task<Result<void>> commit(std::vector<RecordChange> changes) = 0;
  virtual Task<Result<void>> commit_outputs(const ValueMap& outputs) = 0;
  /// For messages: `.jim/state.db`.
  virtual std::string place() const = 0;
};

}  // namespace jim
