#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/entry_store.h"
#include "core/state/process_identity.h"
#include "core/state/sqlite_database.h"

namespace jim {

/// Entries in one SQLite file (WAL, every commit durable). Commits that are awaited in the same
/// turn of the loop share one transaction and its outcome. Nothing is opened or made before the
/// first use, nothing made before the first lock. A file of an older format is read as it is, and
/// brought to this one by the first lock.
class SqliteStore : public EntryStore {
 public:
  /// `place` is what messages call `path`.
  SqliteStore(EventLoop& loop, std::string path, std::string place);
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override;

  Task<Result<std::vector<Entry>>> load(std::vector<std::string> prefixes) override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> commit(Batch batch) override;
  std::string place() const override { return place_; }

 private:
  struct Waiting;
  struct LockRow;

  bool exists() const;
  Result<void> open();
  Result<void> open_to_write();
  Result<std::vector<Entry>> read(const std::vector<std::string>& prefixes);
  Result<LockRow> read_lock();
  Result<LockHolder> take_lock(const LockHolder& wanted, Duration term);
  /// Runs `work` in one transaction that holds only if the lock is ours.
  template <class Work>
  Result<void> locked(Work work);
  template <class Work>
  Result<void> transaction(Work work);
  Result<void> check_lock();
  Result<std::int64_t> next_token();
  Result<void> put(const std::vector<Waiting*>& group);
  void flush();
  /// Ends all that wait: they were made with changes that are not there.
  void fail(const Diagnostic& why);

  EventLoop& loop_;
  std::string path_;
  std::string place_;
  std::int64_t token_ = 0;
  std::unique_ptr<SqliteDatabase> database_ = {};
  SqliteStatement put_ = {};  ///< used for every entry; the rest is rare
  SqliteStatement remove_ = {};
  std::vector<Waiting*> waiting_ = {};
  /// After a commit that is not written nothing that builds on it is, until the head is loaded
  /// again.
  std::optional<Diagnostic> failed_ = {};
  int idle_ = 0;
};

}  // namespace jim
