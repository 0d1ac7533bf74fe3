#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/expand.h"
#include "core/plan/snapshot.h"
#include "core/state/state_store.h"

namespace jim {

/// How a resource of the file was found among the live objects.
/// `several`: more than one object fits, which has been told.
enum class Found { nothing, by_id, by_intent, by_mark, by_rename, by_identity, several };

/// One resource of the file with its record and its object. Either may be missing.
struct Match {
  const Desired* desired = nullptr;
  const Record* record = nullptr;
  const Object* object = nullptr;
  Found how = Found::nothing;
};

/// What no resource of the file claims.
struct Leftover {
  Address address = {};
  const Record* record = nullptr;  ///< null: known by its mark alone
  const Object* object = nullptr;  ///< null: gone already
  std::string type = {};
};

/// An object of this project that another state made: its mark has another lineage, and no record
/// of ours knows it.
struct Stranger {
  Address address = {};
  const Object* object = nullptr;
  std::string lineage = {};
};

struct Matching {
  std::vector<Match> matches = {};       ///< one per desired resource, in their order
  std::vector<Leftover> leftovers = {};  ///< sorted by address
  /// Those that this run would make a second time; all that there are when state has no record.
  std::vector<Stranger> strangers = {};  ///< sorted by address
};

/// Matches objects to addresses: by the id in state, then by an unfinished intent, then by mark of
/// this lineage, then (a rename) by `was` or identity among what is left; for racked machines by
/// identity at last. Adds an `ambiguous` error where several fit. Pure; linear in resources and
/// objects.
Matching match(const std::vector<Desired>& resources, const State& state, const Snapshot& snapshot,
               const std::string& project, Diagnostics& diagnostics);

/// The refusal to go on beside `strangers`: two states of one project would make everything twice.
Diagnostic made_by_another_state(const std::vector<Stranger>& strangers,
                                 const std::string& project);

}  // namespace jim
