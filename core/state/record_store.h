#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/entry_store.h"
#include "core/state/seal.h"
#include "core/state/state_store.h"

namespace jim {

/// State as entries of any EntryStore: each checked against damage, and sealed where a key is
/// given. The head entry goes with every commit and holds the tally of all others, so that one that
/// is missing, surplus or older than it should be is noticed at the next load.
class RecordStore : public StateStore {
 public:
  RecordStore(EventLoop& loop, std::unique_ptr<EntryStore> entries, Sealing sealing = {});

  Task<Result<State>> load() override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override { return entries_->holder(); }
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> create(StateHead head) override;
  Task<Result<void>> commit(std::vector<RecordChange> changes) override;
  Task<Result<void>> commit_outputs(ValueMap outputs) override;
  Task<Result<void>> renew_seal() override;
  SealReport seal_report() const override;
  Task<Result<Run>> begin_run(Run run) override;
  Task<Result<void>> write_run(Run run, std::vector<RunStep> steps) override;
  Task<Result<std::vector<Run>>> runs() override;
  Task<Result<std::vector<RunStep>>> steps(std::int64_t run) override;
  Task<Result<void>> import(State state, std::vector<Run> runs,
                            std::vector<std::vector<RunStep>> steps) override;
  Task<Result<void>> mark_move(StateMove move) override;
  Diagnostic with_what_is_owed(Diagnostic why) override {
    return entries_->with_what_is_owed(std::move(why));
  }
  std::string place() const override { return entries_->place(); }

 private:
  /// One entry to be written; no text: it is removed.
  struct Text {
    std::string key = {};
    std::optional<std::string> text = {};
  };
  /// What a written entry adds to the tally.
  struct Stamp {
    std::uint64_t tally = 0;
    bool current = true;  ///< sealed as it would be now
    bool sealed = false;
  };

  /// What an entry holds, or with `io` only why it is not as it was written.
  Result<std::string> text_as_kept(const Entry& entry) const;
  /// The same, an error being about the whole state.
  Result<std::string> text_of(const Entry& entry) const;
  template <class T>
  Result<T> read_as(const Entry& entry, Result<T> (*from)(const Value&)) const;
  Result<void> read_head(const std::vector<Entry>& entries);
  Result<State> read(std::vector<Entry> entries);
  Result<void> know_seal(const std::vector<Entry>& entries);
  Task<Result<void>> prepare();
  Task<Result<void>> write(std::vector<Text> texts, bool promise);
  /// Writes any number of entries in batches that every store takes.
  Task<Result<void>> write_all(std::vector<Text> texts);
  void add(Batch& batch, const Text& text);
  std::string head_text() const;
  std::string json(const Value& value) const;
  Task<Result<void>> drop_old_runs(std::int64_t last);
  /// The keys that an import must remove: all that is here and not among `texts`.
  Task<Result<std::vector<Text>>> left_over(const std::vector<Text>& texts);
  Diagnostic damaged(const std::string& why) const;

  EventLoop& loop_;
  std::unique_ptr<EntryStore> entries_;
  Sealing sealing_;
  std::optional<Seal> seal_ = {};
  bool seal_is_kept_ = false;  ///< its derivation stands in the store
  StateHead head_ = {};
  std::uint64_t tally_ = 0;
  std::unordered_map<std::string, Stamp> stamps_ = {};
  bool loaded_ = false;
  std::optional<Diagnostic> broken_ = {};
  std::int64_t run_ = 0;  ///< that steps belong to
  Gate loading_;
};

}  // namespace jim
