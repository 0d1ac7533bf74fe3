#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/state_store.h"

namespace jim {

/// What several MemoryStores see in common: the "disk".
struct MemoryState {
  StateHead head = {};
  std::map<Address, std::string> records = {};  ///< as JSON, as a real store has them
  std::string outputs = "{}";
  std::map<std::int64_t, Run> runs = {};
  std::map<std::int64_t, std::map<std::int64_t, RunStep>> steps = {};
  std::optional<LockHolder> lock = {};
  std::chrono::system_clock::time_point expires = {};
  std::int64_t token = 0;
};

/// State in memory, under the same contract as the real stores; can fail a commit and lose its
/// lock.
class MemoryStore : public StateStore {
 public:
  /// A store of its own, or one more view of `shared`, which must outlive it.
  explicit MemoryStore(EventLoop& loop, MemoryState* shared = nullptr);

  /// Makes the `number`th commit from now fail, counted from 1, outputs too; nothing is written
  /// then.
  void fail_commit(int number, Diagnostic error);
  /// As if another run had taken the lock over.
  void lose_lock();
  /// How many commits were written.
  int commits() const { return commits_; }
  const MemoryState& held() const { return state_; }

  Task<Result<State>> load() override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> create(StateHead head) override;
  Task<Result<void>> commit(std::vector<RecordChange> changes) override;
  Task<Result<void>> commit_outputs(ValueMap outputs) override;
  Task<Result<void>> renew_seal() override { co_return Result<void>(); }
  Task<Result<Run>> begin_run(Run run) override;
  Task<Result<void>> write_run(Run run, std::vector<RunStep> steps) override;
  Task<Result<std::vector<Run>>> runs() override;
  Task<Result<std::vector<RunStep>>> steps(std::int64_t run) override;
  Task<Result<void>> import(State state, std::vector<Run> runs,
                            std::vector<std::vector<RunStep>> steps) override;
  Task<Result<void>> mark_move(StateMove move) override;
  std::string place() const override { return "memory"; }

 private:
  bool is_ours() const;
  Diagnostic lost() const;
  /// Whether a commit may go on now: the lock is ours and no failure was asked for.
  Result<void> begin_commit();

  EventLoop& loop_;
  MemoryState own_ = {};
  MemoryState& state_;
  std::int64_t token_ = 0;
  int commits_ = 0;
  int fail_in_ = 0;
  Diagnostic failure_ = {};
};

}  // namespace jim
