#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/provider/provider.h"
#include "core/state/state_store.h"

namespace jim {

/// How many requests something took, per provider.
struct HttpTotals {
  std::map<std::string, std::size_t> lists = {};  ///< provider -> paged lists
  std::size_t requests = 0;
  Duration took = {};
};

/// The live objects of the types that matter, by type name. An object that is confirmed absent is
/// simply not there.
struct Snapshot {
  std::map<std::string, std::vector<Object>> objects = {};
  std::map<std::string, const ResourceType*> types = {};  ///< of everything listed
  HttpTotals totals = {};
  bool offline = false;  ///< made from state alone
};

/// The providers of a config by name; all outlive whoever holds this.
using Providers = std::map<std::string, Provider*>;

/// Lists every type in `types` (names), each once, side by side; then reads one by one only those
/// objects that state knows and the list did not show, since 404 alone means absent. Waits for
/// intents of an earlier run that may not be visible yet. `alone`: since when this run has the
/// lock, so that no other sends anything; nullopt: it has none, and what it finds is not acted
/// upon. Fails with the first error.
Task<Result<Snapshot>> refresh(EventLoop& loop, const Providers& providers,
                               const std::vector<std::string>& types, const State& state,
                               std::optional<Instant> alone = {});

/// Reads only what `ids` names (type -> ids) and lists the types in `lists`; for a saved plan.
Task<Result<Snapshot>> refresh_some(EventLoop& loop, const Providers& providers,
                                    const std::map<std::string, std::vector<std::string>>& ids,
                                    const std::vector<std::string>& lists, const State& state,
                                    std::optional<Instant> alone = {});

/// What state says, taken as if it were live.
Snapshot offline_snapshot(const State& state,
                          const std::map<std::string, const ResourceType*>& types);

}  // namespace jim
