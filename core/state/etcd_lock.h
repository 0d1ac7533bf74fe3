#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/net/event_loop.h"
#include "core/state/etcd_client.h"
#include "core/state/etcd_text.h"
#include "core/state/lock.h"

namespace jim {

/// The lock of a state in etcd, two keys:
///   prefix/lock   who holds it; goes with a lease of the term, on etcd's own clock
///   prefix/fence  written by every holder once, when it takes the lock
/// The revision that wrote the fence last is a holder's right to write: as long as it stands nobody
/// else has taken the lock, whether or not the term is over; once it moved, no write of an earlier
/// holder can ever pass.
class EtcdLock {
 public:
  EtcdLock(EventLoop& loop, EtcdClient& client, const std::string& prefix, std::string place);
  EtcdLock(const EtcdLock&) = delete;
  EtcdLock& operator=(const EtcdLock&) = delete;

  Task<Result<LockHolder>> acquire(LockHolder wanted, Duration term);
  /// Who has it; nullopt: nobody that lives.
  Task<Result<std::optional<LockHolder>>> holder();
  Task<Result<void>> renew(Duration term);
  Task<Result<void>> release();

  bool is_held() const { return fence_ != 0; }
  /// Has the transaction change nothing unless the lock is ours, and read why not: two keys.
  void guard(EtcdTransaction& transaction) const;
  /// From those two keys; success when the lock is ours.
  Result<void> check(const EtcdKey& lock, const EtcdKey& fence) const;

 private:
  struct Found;

  Task<Result<Found>> look();
  Task<Result<std::int64_t>> grant(Duration term);
  Task<Result<void>> revoke(std::int64_t lease);
  /// Whether the lease lives, and then prolongs it.
  Task<Result<bool>> keep_alive();
  /// How much of its term a lease has; nullopt when it ended.
  Task<Result<std::optional<Duration>>> time_left(std::int64_t lease);
  Task<Result<void>> put_back();
  Diagnostic changes_hands() const;

  EventLoop& loop_;
  EtcdClient& client_;
  std::string lock_key_;
  std::string fence_key_;
  std::string place_;
  std::int64_t lease_ = 0;
  std::int64_t fence_ = 0;   ///< the revision of our fence; 0: not held
  std::string holder_ = {};  ///< what we write into the lock
};

}  // namespace jim
