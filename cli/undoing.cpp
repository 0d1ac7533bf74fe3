#include "cli/undoing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// One resource as it is to be.
struct Wanted {
  Address address = {};
  const ResourceType* type = nullptr;
  ValueMap attributes = {};
  std::vector<std::string> needs = {};
};

class Maker {
 public:
  Maker(const State& state, const std::map<std::string, const ResourceType*>& types,
        const std::map<std::string, ValueMap>& desired)
      : state_(state), types_(types), desired_(desired) {}

  Undoing run(const std::vector<RunStep>& steps, const std::map<std::string, std::int64_t>& later) {
    for (const RunStep& step : steps) {
      if (step.outcome.empty() && step.ids.empty()) continue;  // it never came to anything
      const std::string address = step.address.text();
      if (const auto again = later.find(address); again != later.end()) {
        cannot(fmt::format("{}: run {} changed it again; undo that one first", address,
                           again->second));
        continue;
      }
      undo(step);
    }
    undoing_.text = file();
    return std::move(undoing_);
  }

 private:
  void cannot(std::string why) { undoing_.cannot.push_back(std::move(why)); }

  void undo(const RunStep& step) {
    const std::string address = step.address.text();
    const auto type = types_.find(step.type);
    if (type == types_.end())
      return cannot(fmt::format("{}: no provider of the file knows type {}", address, step.type));
    if (step.action == "forget" || step.action == "rename")
      return cannot(fmt::format("{}: to {} it again is a matter of 'jim adopt' or 'jim state mv'",
                                address, step.action == "forget" ? "own" : "name"));
    undoing_.targets.push_back(address);
    if (step.before.empty() || step.action == "create" || step.action == "adopt") return;
    Wanted wanted = {.address = step.address, .type = type->second};
    if (const Record* record = state_.find(step.address)) wanted.needs = record->needs;
    for (const auto& [name, value] : step.before) take(wanted, name, value);
    wanted_.push_back(std::move(wanted));
  }

  void take(Wanted& wanted, const std::string& name, const Value& value) {
    const Attribute* attribute = wanted.type->attribute(name);
    if (attribute == nullptr || value.is_null()) return;
    if (attribute->computed && !attribute->optional_computed) return;
    const std::string address = wanted.address.text();
    const auto file = desired_.find(address);
    const Value* there = file == desired_.end() ? nullptr : file->second.find(name);
    // What the vendor chose it may choose again.
    if (attribute->optional_computed && file != desired_.end() && there == nullptr) return;
    if (!value.is_secret() && !has_fingerprint(value)) {
      wanted.attributes.set(name, value);
      return;
    }
    const std::string& key = state_.head.fingerprint_key;
    if (there != nullptr && same_secret(value, *there, key)) {
      wanted.attributes.set(name, *there);
      return;
    }
    cannot(fmt::format("{}.{}: a secret, which jim does not keep", address, name));
  }

  static bool has_fingerprint(const Value& value) {
    if (is_fingerprint(value)) return true;
    if (value.is_list())
      return std::any_of(value.as_list().begin(), value.as_list().end(), has_fingerprint);
    if (!value.is_map()) return false;
    return std::any_of(value.as_map().begin(), value.as_map().end(),
                       [](const auto& entry) { return has_fingerprint(entry.second); });
  }

  /// A block for each name: single, with `count` or with `for_each`, whose attributes are looked up
  /// in a variable by the instance's key.
  std::string file() {
    std::map<std::string, std::vector<const Wanted*>> blocks;
    for (const Wanted& wanted : wanted_) blocks[wanted.address.name].push_back(&wanted);
    ValueMap resources;
    for (const auto& [name, instances] : blocks) {
      ValueMap block;
      block.set("type", instances.front()->type->name);
      ValueList needs;
      for (const std::string& need : instances.front()->needs)
        if (blocks.contains(need)) needs.emplace_back(need);
      if (!needs.empty()) block.set("needs", std::move(needs));
      const auto& key = instances.front()->address.key;
      std::string instance = "\"\"";
      if (std::holds_alternative<std::int64_t>(key)) {
        std::int64_t count = 0;
        for (const Wanted* one : instances)
          count = std::max(count, std::get<std::int64_t>(one->address.key) + 1);
        block.set("count", count);
        instance = "tostring(index)";
      } else if (std::holds_alternative<std::string>(key)) {
        ValueList keys;
        for (const Wanted* one : instances) keys.emplace_back(key_of(one->address));
        block.set("for_each", std::move(keys));
        instance = "each.key";
      }
      std::set<std::string> names;
      ValueMap by_key;
      for (const Wanted* one : instances) {
        for (const auto& [attribute, unused] : one->attributes) names.insert(attribute);
        by_key.set(key_of(one->address), Value(one->attributes));
      }
      for (const std::string& attribute : names)
        block.set(attribute, fmt::format("${{try(var.values[\"{}\"][{}][\"{}\"], null)}}", name,
                                         instance, attribute));
      resources.set(name, Value(std::move(block)));
      undoing_.values.set(name, Value(std::move(by_key)));
    }
    ValueMap vars;
    vars.set("values", Value(ValueMap()));
    ValueMap all;
    all.set("project", state_.head.project);
    all.set("vars", Value(std::move(vars)));
    all.set("resources", Value(std::move(resources)));
    return to_json(Value(std::move(all)));
  }

  static std::string key_of(const Address& address) {
    if (const auto* index = std::get_if<std::int64_t>(&address.key)) return std::to_string(*index);
    if (const auto* key = std::get_if<std::string>(&address.key)) return *key;
    return {};
  }

  const State& state_;
  const std::map<std::string, const ResourceType*>& types_;
  const std::map<std::string, ValueMap>& desired_;
  std::vector<Wanted> wanted_ = {};
  Undoing undoing_ = {};
};

}  // namespace

Undoing undo_run(const State& state, const std::vector<RunStep>& steps,
                 const std::map<std::string, std::int64_t>& later,
                 const std::map<std::string, const ResourceType*>& types,
                 const std::map<std::string, ValueMap>& desired) {
  return Maker(state, types, desired).run(steps, later);
}

}  // namespace jim
