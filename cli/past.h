#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/state/history.h"
#include "core/state/state_store.h"

namespace jim {

/// A run with its steps.
struct PastRun {
  Run run = {};
  std::vector<RunStep> steps = {};
};

/// What the history calls the run that undoes another.
std::string undo_command(std::int64_t run);
/// The run that this one undid; nullopt: it was no undo.
std::optional<std::int64_t> undone_by(const Run& run);

/// What a run did, by the action's word: its own count, or, as long as it has none, that of its
/// steps.
std::map<std::string, std::int64_t> counts_of(const PastRun& past);

/// The history as an undo reads it. An undo and the run that it undid cancel out, address by
/// address; what a run ordered and a later one finished belongs to the first.
class Past {
 public:
  /// `runs`: all that are kept, in any order.
  explicit Past(std::vector<PastRun> runs);

  /// The latest run first.
  const std::vector<PastRun>& runs() const { return runs_; }
  const PastRun* find(std::int64_t run) const;
  /// The run that ordered what this step of `run` finished; nullopt: the step stands for itself.
  std::optional<std::int64_t> ordered_in(std::int64_t run, const RunStep& step) const;
  /// The run that finished what this step of `run` ordered.
  std::optional<std::int64_t> finished_in(std::int64_t run, const RunStep& step) const;
  /// How many of a run's orders later runs finished, by the number of the run.
  std::map<std::int64_t, std::int64_t> finishes(std::int64_t run) const;
  /// The last run after `run` that changed this address, and still counts.
  std::optional<std::int64_t> changed_after(std::int64_t run, const Address& address,
                                            const State& state) const;
  /// The run that undid what `run` did at this address, and still counts.
  std::optional<std::int64_t> undone_in(std::int64_t run, const Address& address) const;
  /// The address whose object last had this id; null: none that the history tells of.
  const Address* had(const std::string& id) const;

 private:
  /// What one run did at one address.
  struct Deed {
    std::int64_t run = 0;
    std::optional<std::int64_t> undoes = {};
    std::optional<std::int64_t> ordered = {};  ///< the run whose order this only finished
    const RunStep* step = nullptr;
    bool done = false;       ///< by this run, or finished by a later one
    bool cancelled = false;  ///< a later undo took it back
  };

  static void know(std::vector<Deed>& deeds);
  const std::vector<Deed>& deeds(const Address& address) const;

  std::vector<PastRun> runs_ = {};
  std::map<Address, std::vector<Deed>> deeds_ = {};  ///< the earliest first
  std::map<std::string, Address> owners_ = {};       ///< by the id of an object
};

}  // namespace jim
