#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/process_identity.h"
#include "core/state/sqlite_database.h"
#include "core/state/state_store.h"

namespace jim {

/// State in one SQLite file (WAL, every commit durable). Commits that are awaited in the same turn
/// of the loop share one transaction and its outcome. Nothing is opened or made before the first
/// use, nothing made before the first lock.
class SqliteStore : public StateStore {
 public:
  /// `place` is what messages call `path`.
  SqliteStore(EventLoop& loop, std::string path, std::string place);
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override;

  Task<Result<State>> load() override;
  Task<Result<LockHolder>> acquire_lock(const LockHolder& wanted, Duration term) override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> create(const StateHead& head) override;
  Task<Result<void>> commit(std::vector<RecordChange> changes) override;
  Task<Result<void>> commit_outputs(const ValueMap& outputs) override;
  std::string place() const override { return place_; }

 private:
  struct Waiting;
  struct LockRow;

  bool exists() const;
  Result<void> open();
  Result<void> open_to_write();
  Result<State> read();
  Result<void> read_meta(State& state);
  Result<void> read_records(State& state);
  Result<LockRow> read_lock();
  Result<LockHolder> take_lock(const LockHolder& wanted, Duration term);
  /// Runs `work` in one transaction that holds only if the lock is ours.
  template <class Work>
  Result<void> locked(Work work);
  template <class Work>
  Result<void> transaction(Work work);
  Result<void> check_lock();
  Result<void> set_meta(std::string_view name, std::string_view value);
  /// Counts up a number, from zero.
  Result<void> add_to_meta(std::string_view name, std::int64_t more);
  Result<void> put(const Waiting& waiting);
  void flush();

  EventLoop& loop_;
  std::string path_;
  std::string place_;
  std::string key_ = {};  ///< of the fingerprints, once read or made
  std::int64_t token_ = 0;
  std::unique_ptr<SqliteDatabase> database_ = {};
  SqliteStatement put_ = {};  ///< used for every record; the rest is rare
  SqliteStatement remove_ = {};
  std::vector<Waiting*> waiting_ = {};
  int idle_ = 0;
};

}  // namespace jim
