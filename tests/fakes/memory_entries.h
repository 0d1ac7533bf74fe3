#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/state/entry_store.h"

namespace jim {

/// Entries in memory, without terms: whoever asks last has the lock. Several may see one place.
class MemoryEntries : public EntryStore {
 public:
  class Place {
   public:
    explicit Place(std::string name) : name_(std::move(name)) {}
    /// Every commit from the `number`th from now on fails, counted from 1, as at a place that went
    /// away; 0: none does.
    void fail_commit(int number) { fail_in_ = number; }
    /// What stands under a key, as whoever tampers with the place can change it; made when it is
    /// not there. `lose` takes it away.
    std::string& body(const std::string& key) { return entries_[key].body; }
    Entry& entry(const std::string& key) { return entries_[key]; }
    void lose(const std::string& key) { entries_.erase(key); }
    /// A run that dies: its commits are counted over all its places, and from the `number`th on
    /// none is written, or that one still is; nothing is answered. Null: nobody dies.
    struct Death {
      int number = 0;
      bool still_written = false;
    };
    void die_at(Death* death) { death_ = death; }

   private:
    friend class MemoryEntries;
    std::string name_;
    std::map<std::string, Entry> entries_ = {};
    std::int64_t token_ = 0;
    int fail_in_ = 0;
    Death* death_ = nullptr;
  };

  explicit MemoryEntries(Place& place) : place_(place) {}
  Task<Result<std::vector<Entry>>> load(std::vector<std::string> prefixes) override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> commit(Batch batch) override;
  std::string place() const override { return place_.name_; }

 private:
  Place& place_;
  std::int64_t token_ = 0;
};

}  // namespace jim
