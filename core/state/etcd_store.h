#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/entry_store.h"
#include "core/state/etcd_client.h"
#include "core/state/etcd_lock.h"

namespace jim {

/// Entries in etcd, one key each: prefix/entry/KEY holds the serial, a blank and the body. Commits
/// that wait while one is under way go together with the next, in one transaction.
///
/// A transaction passes only when nobody took the lock since (etcd_lock.h) and the head entry,
/// which goes with every commit, is as our last one left it. So one that is sent again because no
/// answer came, or that arrives late, can never count twice: it finds the head moved, and when it
/// holds what this commit wrote, the commit had arrived.
class EtcdStore : public EntryStore {
 public:
  EtcdStore(EventLoop& loop, Http& http, const EtcdPlace& place);
  EtcdStore(const EtcdStore&) = delete;
  EtcdStore& operator=(const EtcdStore&) = delete;

  Task<Result<std::vector<Entry>>> load(std::vector<std::string> prefixes) override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> commit(Batch batch) override;
  std::string place() const override { return place_; }

 private:
  struct Waiting;
  struct Group;

  Task<Result<std::vector<Entry>>> read(std::vector<std::string> prefixes);
  Task<Result<EtcdPage>> read_page(std::string from, std::string end, std::int64_t revision);
  Result<Entry> entry_of(EtcdKey key) const;
  Group gather();
  Task<Result<void>> write(Group group);
  Task<void> write_waiting();
  Task<Result<void>> know_head();

  EventLoop& loop_;
  std::string place_;
  std::string entries_;  ///< what the keys of entries begin with
  EtcdClient client_;
  EtcdLock lock_;
  std::int64_t page_ = 0;                  ///< how many entries are read at once
  std::optional<std::int64_t> head_ = {};  ///< the revision that wrote the head last
  std::vector<Waiting*> waiting_ = {};     ///< in order
  /// After a commit whose changes may be missing nothing that builds on them is written, until the
  /// head is loaded again.
  std::optional<Diagnostic> failed_ = {};
  Gate writing_;
};

/// The store that an `etcd://` URL names. Fails with `invalid_config`. Nothing is sent yet.
Result<std::unique_ptr<EntryStore>> open_etcd(EventLoop& loop, Http& http,
                                              const StoreSettings& settings);

}  // namespace jim
