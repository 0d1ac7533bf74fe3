#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/resource/address.h"
#include "core/value/value.h"

namespace jim {

/// The action of a step that made ready what an earlier run had ordered.
inline constexpr const char* kFinish = "finish";

/// The action of a step that found again what carries its resource's own mark: a state was lost, or
/// is older than the object.
inline constexpr const char* kFind = "find";

/// One run of a command that may change something.
struct Run {
  std::int64_t number = 0;                          ///< counted from 1 within the state
  std::string command = {};                         ///< `apply`
  std::string who = {};                             ///< user@host, process id
  std::string version = {};                         ///< of jim
  std::string started = {};                         ///< UTC
  std::string ended = {};                           ///< UTC; empty: it still runs, or was killed
  int status = -1;                                  ///< its exit status; -1 like `ended`
  std::map<std::string, std::int64_t> counts = {};  ///< by the action's word: done, or ordered
  std::string unreadable = {};  ///< why it or its steps are lost, all but its number; empty: no
  bool operator==(const Run&) const = default;
};

/// What one run did, or was about to do, at one address. Holds no secret, only fingerprints.
struct RunStep {
  std::int64_t number = 0;  ///< within the run, counted from 1
  Address address = {};
  std::string type = {};
  std::string action = {};                 ///< the word of an Action, or `finish`
  std::string outcome = {};                ///< empty: begun, and nobody wrote how it ended
  std::vector<std::string> ids = {};       ///< every object that it made or touched
  std::vector<std::string> requests = {};  ///< the vendor's own ids of what was sent
  std::string started = {};                ///< UTC
  Duration took = {};
  std::string error = {};
  ValueMap before = {};  ///< attributes as state knew them, redacted; empty: none existed
  ValueMap after = {};   ///< attributes as they were left, redacted; empty: none exists
  bool operator==(const RunStep&) const = default;
};

/// Something of the history of the state in `place` cannot be read; the code is `io`. The state
/// itself does not need it.
Diagnostic unreadable_history(const std::string& place, const std::string& what,
                              const std::string& why);

/// As JSON values and back (schema 1). Reading fails with `io` on what is not understood.
Value run_to_value(const Run& run);
Result<Run> run_from(const Value& value);
Value step_to_value(const RunStep& step);
Result<RunStep> step_from(const Value& value);

}  // namespace jim
