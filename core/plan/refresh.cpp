#include <algorithm>
#include <ctime>
#include <set>
#include <unordered_set>
#include <utility>

#include "core/plan/snapshot.h"
#include "core/provider/identify.h"

namespace jim {

namespace {

constexpr std::size_t kListsAtOnce = 16;
constexpr std::size_t kReadsAtOnce = 32;
constexpr Duration kVisiblePoll = std::chrono::seconds(2);

std::string provider_of(const std::string& type) { return type.substr(0, type.find('.')); }

const ResourceType* find_type(const Provider& provider, const std::string& name) {
  for (const ResourceType& type : provider.types())
    if (type.name == name) return &type;
  return nullptr;
}

/// How long ago a UTC text of utc_text() was; a far past when it is none.
Duration age(const Clock& clock, const std::string& utc) {
  std::tm parts = {};
  if (strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr)
    return std::chrono::hours(24 * 365);
  const auto then = std::chrono::system_clock::from_time_t(timegm(&parts));
  return std::chrono::duration_cast<Duration>(clock.wall() - then);
}

/// One refresh: the lists, then what they did not show.
class Refresh {
 public:
  Refresh(EventLoop& loop, const Providers& providers, const State& state, RefreshOptions options)
      : loop_(loop), providers_(providers), state_(state), options_(std::move(options)) {}

  Task<Result<Snapshot>> run(std::vector<std::string> types,
                             std::map<std::string, std::vector<std::string>> ids) {
    if (auto known = resolve(types, ids); !known) co_return known.error();
    co_await list_all(types);
    if (failed_) co_return error_;
    for (const auto& [type, wanted] : ids)
      for (const std::string& id : wanted) missing_.push_back({type, id});
    add_unseen(types);
    co_await read_missing();
    if (failed_) co_return error_;
    co_await wait_for_intents();
    if (failed_) co_return error_;
    co_return std::move(snapshot_);
  }

 private:
  struct Missing {
    std::string type = {};
    std::string id = {};
  };

  void fail(const Diagnostic& error) {
    if (!failed_) error_ = error;
    failed_ = true;
  }

  /// Finds the types, and adds those whose objects others are listed below.
  Result<void> resolve(std::vector<std::string>& types,
                       const std::map<std::string, std::vector<std::string>>& ids) {
    std::vector<std::string> all = types;
    for (const auto& [type, unused] : ids) all.push_back(type);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string name = all[i];
      const auto provider = providers_.find(provider_of(name));
      const ResourceType* type =
          provider == providers_.end() ? nullptr : find_type(*provider->second, name);
      if (type == nullptr)
        return Diagnostic{.code = ErrorCode::invalid_config,
                          .message = "state holds resources of type " + name +
                                     ", which no provider of this file has",
                          .hint = "add the provider '" + provider_of(name) +
                                  "' to 'providers', or drop them from state with 'jim state rm'"};
      snapshot_.types[name] = type;
      const std::string parent = provider->second->parent_of(*type);
      if (parent.empty()) continue;
      if (std::find(all.begin(), all.end(), parent) == all.end()) all.push_back(parent);
      if (std::find(types.begin(), types.end(), name) != types.end() &&
          std::find(types.begin(), types.end(), parent) == types.end())
        types.push_back(parent);
    }
    return {};
  }

  Provider& provider(const std::string& type) const {
    return *providers_.find(provider_of(type))->second;
  }

  /// Types that stand alone first, all at once; then, level by level, those below them.
  Task<void> list_all(const std::vector<std::string>& types) {
    std::vector<std::string> open = types;
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
    while (!open.empty() && !failed_) {
      std::vector<std::string> now;
      std::vector<std::string> later;
      for (const std::string& name : open) {
        const std::string parent = provider(name).parent_of(*snapshot_.types[name]);
        const bool waits = std::find(open.begin(), open.end(), parent) != open.end();
        (waits ? later : now).push_back(name);
      }
      if (now.empty()) now.swap(later);  // types below each other: the manifest check refuses it
      for (const std::string& name : now) snapshot_.objects[name];
      const std::function<Task<void>(std::size_t)> work = [this, &now](std::size_t i) {
        return list_one(now[i]);
      };
      co_await for_each_bounded(loop_, now.size(), kListsAtOnce, work);
      open = later;
    }
  }

  Task<void> list_one(std::string name) {
    const ResourceType& type = *snapshot_.types[name];
    Provider& from = provider(name);
    std::vector<std::string> parents;
    if (const std::string parent = from.parent_of(type); !parent.empty())
      for (const Object& object : snapshot_.objects[parent]) parents.push_back(object.id);
    const Instant begun = loop_.clock().now();
    auto listing = co_await from.list(type, parents);
    if (!listing) {
      fail(listing.error());
      co_return;
    }
    ++snapshot_.totals.lists[from.name()];
    snapshot_.totals.requests += listing->pages;
    std::vector<Object>& objects = snapshot_.objects[name];
    objects = std::move(listing->objects);
    listed_[name] = begun;
    // A second list may lack what only its own address shows, as the first one did.
    for (const Object& one : read_[name]) {
      const bool there = std::any_of(objects.begin(), objects.end(),
                                     [&](const Object& other) { return other.id == one.id; });
      if (!there) objects.push_back(one);
    }
  }

  /// Objects of state that a list should have shown: only a 404 of their own says that they are
  /// gone.
  void add_unseen(const std::vector<std::string>& types) {
    std::map<std::string, std::unordered_set<std::string>> seen;
    for (const std::string& type : types) {
      auto& ids = seen[type];
      for (const Object& object : snapshot_.objects[type]) ids.insert(object.id);
    }
    for (const Record& record : state_.records) {
      const auto ids = seen.find(record.type);
      if (ids == seen.end()) continue;
      if (!record.id.empty() && !ids->second.contains(record.id))
        missing_.push_back({record.type, record.id});
    }
  }

  Task<void> read_missing() {
    std::vector<std::optional<Object>> found(missing_.size());
    const std::function<Task<void>(std::size_t)> work = [this, &found](std::size_t i) {
      return read_one(i, found);
    };
    co_await for_each_bounded(loop_, missing_.size(), kReadsAtOnce, work);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) continue;
      read_[missing_[i].type].push_back(*found[i]);
      snapshot_.objects[missing_[i].type].push_back(std::move(*found[i]));
    }
  }

  Task<void> read_one(std::size_t i, std::vector<std::optional<Object>>& found) {
    const Missing& missing = missing_[i];
    ++snapshot_.totals.requests;
    auto object = co_await provider(missing.type).read(*snapshot_.types[missing.type], missing.id);
    if (object) {
      found[i] = std::move(*object);
    } else if (object.error().code != ErrorCode::not_found) {
      fail(object.error());
    }
  }

  static Duration shows_within(const ResourceType& type) {
    return std::max(type.visible_within, kAnswerMayCome);
  }

  /// From when on a list is begun late enough to be believed that it shows what the request made:
  /// a vendor may show a new object only after a while, and may still be at work on what a run
  /// asked for that was killed just now. Nothing of an earlier run leaves after this one has the
  /// lock; without it the request is taken to have left when it was noted. It is never waited for
  /// longer than from `begun` on, lest a clock that was set back make it minutes.
  Instant decided_from(const Intent& intent, const ResourceType& type, Instant begun) const {
    constexpr Duration kSecond = std::chrono::seconds(1);  // `started` is a whole one
    const Duration within = shows_within(type);
    const Instant noted = loop_.clock().now() - age(loop_.clock(), intent.started);
    if (!options_.alone) return std::min(begun, noted) + within;
    return std::min(*options_.alone, noted + kLeavesWithin + kSecond) + within;
  }

  Task<void> wait_for_intents() {
    const Instant begun = loop_.clock().now();
    std::set<std::pair<std::string, std::string>> held;  // filled when first asked for
    for (const Record& record : state_.records) {
      if (!record.id.empty() || !record.intent || record.intent->action != "create") continue;
      const auto type = snapshot_.types.find(record.type);
      if (type == snapshot_.types.end()) continue;
      if (held.empty())
        for (const Record& one : state_.records) held.emplace(one.type, one.id);
      const Instant decided = decided_from(*record.intent, *type->second, begun);
      while (!failed_) {
        const auto free = [&](const Object& one) { return !held.contains({record.type, one.id}); };
        const auto found =
            identify(*type->second, *record.intent, snapshot_.objects[record.type], free);
        if (!found || *found || listed_[record.type] >= decided) break;
        if (const Instant now = loop_.clock().now(); now < decided) {
          if (const auto tell = std::exchange(options_.waits, {}))
            tell(record.address, shows_within(*type->second));
          co_await loop_.sleep(std::min(kVisiblePoll, decided - now));
        }
        co_await list_one(record.type);
      }
    }
  }

  EventLoop& loop_;
  const Providers& providers_;
  const State& state_;
  RefreshOptions options_;
  Snapshot snapshot_ = {};
  std::map<std::string, Instant> listed_ = {};            ///< by type: when its last list was begun
  std::map<std::string, std::vector<Object>> read_ = {};  ///< what no list showed, by type
  std::vector<Missing> missing_ = {};
  bool failed_ = false;
  Diagnostic error_ = {};
};

}  // namespace

Task<Result<Snapshot>> refresh(EventLoop& loop, const Providers& providers,
                               const std::vector<std::string>& types, const State& state,
                               RefreshOptions options) {
  Refresh work(loop, providers, state, std::move(options));
  const Instant start = loop.clock().now();
  auto snapshot = co_await work.run(types, {});
  if (snapshot) snapshot->totals.took = loop.clock().now() - start;
  co_return snapshot;
}

Task<Result<Snapshot>> refresh_some(EventLoop& loop, const Providers& providers,
                                    const std::map<std::string, std::vector<std::string>>& ids,
                                    const std::vector<std::string>& lists, const State& state,
                                    RefreshOptions options) {
  Refresh work(loop, providers, state, std::move(options));
  const Instant start = loop.clock().now();
  std::map<std::string, std::vector<std::string>> single;
  for (const auto& [type, wanted] : ids)
    if (std::find(lists.begin(), lists.end(), type) == lists.end()) single[type] = wanted;
  auto snapshot = co_await work.run(lists, single);
  if (snapshot) snapshot->totals.took = loop.clock().now() - start;
  co_return snapshot;
}

Snapshot offline_snapshot(const State& state,
                          const std::map<std::string, const ResourceType*>& types) {
  Snapshot snapshot = {.offline = true};
  for (const Record& record : state.records) {
    if (const auto type = types.find(record.type); type != types.end())
      snapshot.types[record.type] = type->second;
    if (record.id.empty()) continue;
    snapshot.objects[record.type].push_back(
        {.type = record.type,
         .id = record.id,
         .attributes = record.attributes,
         .mark = {},
         .readiness = record.half_made ? Readiness::pending : Readiness::ready});
  }
  return snapshot;
}

}  // namespace jim
