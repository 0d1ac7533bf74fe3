#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/provider/provider.h"
#include "core/resource/address.h"
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

/// What a refresh is told of the run that it is for.
struct RefreshOptions {
  /// Since when this run has the lock, so that no other sends anything; nullopt: it has none, and
  /// what is found is not acted upon.
  std::optional<Instant> alone = {};
  /// Told once, before the first wait: what an earlier run asked for, and how long it may take
  /// until it shows.
  std::function<void(const Address&, Duration)> waits = {};
};

/// Lists every type in `types` (names), each once, side by side; then reads one by one only those
/// objects that state knows and the list did not show, since 404 alone means absent. Waits for
/// intents of an earlier run that may not be visible yet. Fails with the first error.
Task<Result<Snapshot>> refresh(EventLoop& loop, const Providers& providers,
                               const std::vector<std::string>& types, const State& state,
                               RefreshOptions options = {});

/// Reads only what `ids` names (type -> ids) and lists the types in `lists`; for a saved plan.
Task<Result<Snapshot>> refresh_some(EventLoop& loop, const Providers& providers,
                                    const std::map<std::string, std::vector<std::string>>& ids,
                                    const std::vector<std::string>& lists, const State& state,
                                    RefreshOptions options = {});

/// What state says, taken as if it were live.
Snapshot offline_snapshot(const State& state,
                          const std::map<std::string, const ResourceType*>& types);

}  // namespace jim
