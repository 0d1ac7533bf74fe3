#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/config/load.h"
#include "core/plan/plan.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_provider.h"
#include "tests/fakes/memory_files.h"
#include "tests/fakes/memory_store.h"

namespace jim {

/// A file that was loaded and expanded, with all that must outlive it.
struct OpenFile {
  MemoryFiles files = {};
  Config config = {};
  Expansion expansion = {};
};

inline std::string messages(const Diagnostics& diagnostics) {
  std::string all;
  for (const Diagnostic& one : diagnostics)
    all += one.message + (one.hint.empty() ? "" : " | " + one.hint) + "\n";
  return all;
}

/// A value as JSON: `?` for the unknown, `(sensitive)` for a secret.
inline std::string brief_value(const Value& value) {
  if (value.is_unknown()) return "?";
  return to_json(value);
}

/// `size: "s" > "l" (replace)` for each attribute.
inline std::string shown(const std::vector<AttributeChange>& attributes) {
  std::string all;
  for (const AttributeChange& one : attributes) {
    const auto side = [&](const Value& value) {
      return one.secret && !value.is_null() ? "(sensitive)" : brief_value(value);
    };
    all += fmt::format(" {}: {} > {}", one.name, side(one.before), side(one.after));
    if (one.risk != Risk::none) all += fmt::format(" ({})", risk_word(one.risk));
  }
  return all;
}

/// One line per change: `update web[0] id-1 [in-place] name: "a" > "b" (in-place) # why; why`.
inline std::string shown(const Plan& plan) {
  std::string all;
  for (const Change& one : plan.changes) {
    all += fmt::format("{} {}", action_word(one.action), one.address.text());
    if (!one.previous.name.empty()) all += " from " + one.previous.text();
    if (!one.id.empty()) all += " " + one.id;
    if (one.resumes) all += " resumes";
    if (one.risk != Risk::none) all += fmt::format(" [{}]", risk_word(one.risk));
    if (!one.deposed.empty()) all += " deposed " + join(one.deposed, ",");
    all += shown(one.attributes);
    if (!one.reasons.empty()) all += " # " + join(one.reasons, "; ");
    all += "\n";
  }
  return all;
}

/// A file, a vendor and a state, all in memory: what plan and apply work on.
class Workbench {
 public:
  Workbench() {
    loop.set_poller(&poller_);
    disk.head = {.project = "p", .lineage = "lineage1", .fingerprint_key = "key"};
  }

  /// Makes `resources`, the text below `resources:`, what the file asks for.
  void write(const std::string& resources, const std::string& rest = {}) {
    auto fresh = std::make_unique<OpenFile>();
    fresh->files = MemoryFiles({{"jim.yaml", "project: p\n" + rest + "resources:\n" + resources}});
    Diagnostics found;
    if (auto config = load_config(fresh->files, {"jim.yaml"}, found))
      fresh->config = std::move(*config);
    if (found.empty())
      if (auto all = expand(fresh->config, types(), fresh->files, {}, found))
        fresh->expansion = std::move(*all);
    if (!found.empty()) throw std::invalid_argument(messages(found));
    file_ = std::move(fresh);
  }
  const Config& config() const { return file_->config; }
  const Expansion& expansion() const { return file_->expansion; }

  std::map<std::string, const ResourceType*> types() const {
    std::map<std::string, const ResourceType*> all;
    for (const ResourceType& type : vendor.types()) all[type.name] = &type;
    return all;
  }

  /// What the disk holds.
  State state() {
    MemoryStore store(loop, &disk);
    return *loop.run(store.load());
  }
  /// Puts a record on the disk.
  void record(const Record& record) {
    disk.records[record.address] = to_json(record_to_value(record), stored_style("key"));
  }
  std::optional<Record> find(const std::string& address) {
    const State now = state();
    const Record* found = now.find(*parse_address(address));
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  static std::string mark(const std::string& address, const std::string& lineage = "lineage1") {
    return Mark{.lineage = lineage, .project = "p", .address = address}.text();
  }

  /// Reads the vendor; fails as the vendor does.
  Result<Snapshot> look(const State& state) {
    std::vector<std::string> names;
    for (const ResourceType& type : vendor.types()) names.push_back(type.name);
    const Providers providers = {{"fake", &vendor}};
    return loop.run(refresh(
        loop, providers, names, state,
        {.alone = alone, .waits = [this](const Address& address, Duration within) {
           waited_for.push_back(address.text() + " " + std::to_string(within.count() / 1000));
         }}));
  }

  std::optional<Plan> try_plan(const PlanOptions& options, Diagnostics& found) {
    const State now = state();
    auto snapshot = look(now);
    if (!snapshot) {
      found.push_back(snapshot.error());
      return std::nullopt;
    }
    return make_plan(config(), expansion(), now, *snapshot, options, types(), found);
  }
  Plan plan(const PlanOptions& options = {}) {
    Diagnostics found;
    auto made = try_plan(options, found);
    if (!made) throw std::logic_error(messages(found));
    return std::move(*made);
  }
  /// The plan's lines, or every error as `message | hint`.
  std::string planned(const PlanOptions& options = {}) {
    Diagnostics found;
    const auto made = try_plan(options, found);
    return made ? shown(*made) : messages(found);
  }

  FakeClock clock = {};
  EventLoop loop{clock};
  std::optional<Instant> alone = {};         ///< since when the lock is held, as refresh() is told
  std::vector<std::string> waited_for = {};  ///< and what it tells: `a 60`, in seconds
  FakeProvider vendor{loop};
  MemoryState disk = {};

 private:
  FakePoller poller_{clock};
  std::unique_ptr<OpenFile> file_ = {};
};

/// A map of attributes from JSON.
inline ValueMap attributes(const std::string& json) { return parse_json(json)->as_map(); }

}  // namespace jim
