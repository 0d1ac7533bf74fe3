#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/net/task.h"
#include "core/state/history.h"
#include "core/state/lock.h"
#include "core/state/record.h"

namespace jim {

/// What a move of a state from one place to another leaves in its two heads; move_state.h says
/// when. Places are written as messages name them.
struct StateMove {
  std::string to = {};    ///< the state goes on there; empty: it goes on here
  std::string from = {};  ///< this is a copy of the one there, not in use yet; empty: it is none
  std::string id = {};    ///< random, and the same at both ends of one move
  bool operator==(const StateMove&) const = default;
};

/// The identity and count of a state, and what it is keyed with.
struct StateHead {
  std::string project = {};
  std::string lineage = {};          ///< made with the state, short: 8 characters a-z0-9
  std::string fingerprint_key = {};  ///< random; keys the HMACs that stand for secrets
  std::int64_t serial = 0;           ///< grows by one with each commit
  std::int64_t runs = 0;             ///< the number of the last run
  StateMove move = {};               ///< empty: it is in use here
  bool operator==(const StateHead&) const = default;
};

/// Everything a store holds, once read.
struct State {
  StateHead head = {};
  std::vector<Record> records = {};  ///< sorted by address
  ValueMap outputs = {};             ///< as of the last apply, secrets redacted

  const Record* find(const Address& address) const;
};

/// One write: puts or removes a record, and notes for the history what it is about.
struct RecordChange {
  Record record = {};
  bool remove = false;
  std::optional<RunStep> step = {};
};

/// Whether it says what is about to be done, as `Batch::promise` has it.
bool is_promise(const RecordChange& change);

/// How many runs the history keeps.
inline constexpr std::int64_t kKeptRuns = 100;

/// How a state was sealed as it was last read or written, its history aside.
struct SealReport {
  bool in_clear = false;      ///< something of it
  std::size_t outdated = 0;   ///< records in clear or under an older key, though there is a key
  std::string key = {};       ///< that seals now, as errors name it; empty: none
  bool has_old_keys = false;  ///< others were given to open it
};

/// A project's state as commands see it, wherever it is kept. Every commit is durable when its task
/// ends, costs the same whatever the number of records, and is refused with `conflict` when the
/// lock was lost. After a commit that failed nothing more is written until it is loaded again.
class StateStore {
 public:
  virtual ~StateStore() = default;
  /// Reads everything but the history. A state that does not exist yet gives an empty State with an
  /// empty lineage; nothing is written.
  virtual Task<Result<State>> load() = 0;
  /// Takes the lock for `term`, or fails with `conflict` naming the holder. A holder whose term is
  /// over is replaced.
  virtual Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) = 0;
  /// Who holds the lock now, whose term is not over; nullopt: nobody. Takes nothing.
  virtual Task<Result<std::optional<LockHolder>>> holder() = 0;
  /// Prolongs the lock; `conflict` when it was lost.
  virtual Task<Result<void>> renew_lock(Duration term) = 0;
  virtual Task<Result<void>> release_lock() = 0;
  /// Makes a new state with this head; fails with `conflict` when there is one. Needs the lock.
  virtual Task<Result<void>> create(StateHead head) = 0;
  /// Writes all changes or none. Several waiting commits may share one disk write. Needs the lock.
  virtual Task<Result<void>> commit(std::vector<RecordChange> changes) = 0;
  virtual Task<Result<void>> commit_outputs(ValueMap outputs) = 0;

  /// Seals anew what stands in clear or under an older key. Needs the lock.
  virtual Task<Result<void>> renew_seal() = 0;
  virtual SealReport seal_report() const { return {}; }
  /// Gives the run its number and notes it; the steps of later commits belong to it. Drops the
  /// runs that are too old to keep. Needs the lock and a state.
  virtual Task<Result<Run>> begin_run(Run run) = 0;
  /// Writes the run of `begin_run` as it stands, and steps that no commit carries.
  virtual Task<Result<void>> write_run(Run run, std::vector<RunStep> steps) = 0;
  /// The runs that are kept, the latest first; also those that cannot be read any more.
  virtual Task<Result<std::vector<Run>>> runs() = 0;
  /// The steps of a run, in order. Fails with `io` when one cannot be read.
  virtual Task<Result<std::vector<RunStep>>> steps(std::int64_t run) = 0;

  /// Takes a whole state over, history included. The place has none, or one of the same lineage
  /// that was moved away or is an unfinished copy; else it fails with `conflict`. A copy that says
  /// in its head where it comes from says so from its first write on; any other leaves no state
  /// here when it is cut short. Needs the lock.
  virtual Task<Result<void>> import(State state, std::vector<Run> runs,
                                    std::vector<std::vector<RunStep>> steps) = 0;
  /// Notes in the head what a move has come to. Needs the lock.
  virtual Task<Result<void>> mark_move(StateMove move) = 0;

  /// `why` the lock was lost, said together with where what this run did is kept, if only on this
  /// machine, and how it gets from there to its place.
  virtual Diagnostic with_what_is_owed(Diagnostic why) { return why; }
  /// For messages: `.jim/state.db`.
  virtual std::string place() const = 0;
};

}  // namespace jim
