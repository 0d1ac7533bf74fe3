#include "core/plan/plan_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::string_view kFormat = "jim-plan/1";

/// A value for people and files: secrets as fingerprints, unknowns by a marker of their own.
Value shown(const Value& value, bool secret, const std::string& key) {
  if (value.is_unknown()) {
    ValueMap marker;
    marker.set("$unknown", true);
    return Value(std::move(marker));
  }
  if (secret || value.is_secret())
    return value.is_null() || is_fingerprint(value) ? value : fingerprint_value(value, key);
  if (value.is_list()) {
    ValueList items;
    for (const Value& item : value.as_list()) items.push_back(shown(item, false, key));
    return Value(std::move(items));
  }
  if (value.is_map()) {
    ValueMap entries;
    for (const auto& [name, item] : value.as_map()) entries.set(name, shown(item, false, key));
    return Value(std::move(entries));
  }
  return value;
}

Value attribute_value(const AttributeChange& change, const std::string& key) {
  ValueMap map;
  map.set("name", change.name);
  map.set("before", shown(change.before, change.secret, key));
  map.set("after", shown(change.after, change.secret, key));
  if (change.risk != Risk::none) map.set("risk", risk_word(change.risk));
  if (change.secret) map.set("secret", true);
  return Value(std::move(map));
}

template <class T>
Value texts(const std::vector<T>& items) {
  ValueList list;
  for (const T& item : items) list.push_back(Value(item));
  return Value(std::move(list));
}

Value attributes_value(const std::vector<AttributeChange>& changes, const std::string& key) {
  ValueList list;
  for (const AttributeChange& change : changes) list.push_back(attribute_value(change, key));
  return Value(std::move(list));
}

Value change_value(const Change& change, const std::string& key) {
  ValueMap map;
  map.set("address", change.address.text());
  map.set("type", change.type->name);
  map.set("action", action_word(change.action));
  map.set("risk", risk_word(change.risk));
  if (!change.id.empty()) map.set("id", change.id);
  if (!change.previous.name.empty()) map.set("previous", change.previous.text());
  if (change.resumes) map.set("resumes", true);
  if (!change.deposed.empty()) map.set("deposed", texts(change.deposed));
  if (change.create_before_destroy) map.set("create_before_destroy", true);
  map.set("attributes", attributes_value(change.attributes, key));
  map.set("reasons", texts(change.reasons));
  if (change.expected > Duration::zero())
    map.set("expected_seconds", std::int64_t{change.expected / std::chrono::seconds(1)});
  return Value(std::move(map));
}

Value drift_value(const Drift& drift, const std::string& key) {
  ValueMap map;
  map.set("address", drift.address.text());
  map.set("type", drift.type->name);
  map.set("id", drift.id);
  map.set("gone", drift.gone);
  map.set("attributes", attributes_value(drift.attributes, key));
  return Value(std::move(map));
}

Value counts_value(const Plan& plan) {
  const PlanCounts counts = count(plan);
  const auto number = [](std::size_t n) { return Value(static_cast<std::int64_t>(n)); };
  ValueMap map;
  map.set("create", number(counts.create));
  map.set("update", number(counts.update));
  map.set("replace", number(counts.replace));
  map.set("delete", number(counts.remove));
  map.set("adopt", number(counts.adopt));
  map.set("rename", number(counts.rename));
  map.set("forget", number(counts.forget));
  map.set("unchanged", number(plan.unchanged));
  return Value(std::move(map));
}

Value guards_value(const std::vector<GuardChange>& guards) {
  ValueList list;
  for (const GuardChange& one : guards) {
    ValueMap map;
    map.set("address", one.address.text());
    map.set(one.name, one.value);
    list.push_back(Value(std::move(map)));
  }
  return Value(std::move(list));
}

std::string hash_of(ValueMap body) {
  body.erase("hash");
  return sha256_hex(to_json(Value(std::move(body))));
}

const std::string& text_of(const Value& map, std::string_view name) {
  static const std::string kNone = {};
  const Value* value = map.get(name);
  return value != nullptr && value->is_string() ? value->as_string() : kNone;
}

const ValueList& list_of(const Value& map, std::string_view name) {
  static const ValueList kNone = {};
  const Value* value = map.get(name);
  return value != nullptr && value->is_list() ? value->as_list() : kNone;
}

Diagnostic stale(const std::string& message) {
  return {.code = ErrorCode::stale,
          .message = "the saved plan is stale: " + message,
          .hint = "make a new plan and look at it again"};
}

std::string object_of(const Value& change) {
  const std::string& id = text_of(change, "id");
  return id.empty() ? "an object" : escape_control(id);
}

std::string brief(const Value& value) { return escape_control(to_json(value)); }

/// The first attribute in which two versions of a change differ, as a sentence; empty: none.
std::string first_difference(const Value& saved, const Value& fresh) {
  std::map<std::string, std::pair<const Value*, const Value*>> both;
  for (const Value& one : list_of(saved, "attributes")) both[text_of(one, "name")].first = &one;
  for (const Value& one : list_of(fresh, "attributes")) both[text_of(one, "name")].second = &one;
  static const Value kNull = {};
  const auto side = [](const Value* change, std::string_view which) -> const Value& {
    const Value* value = change == nullptr ? nullptr : change->get(which);
    return value == nullptr ? kNull : *value;
  };
  for (const auto& [name, pair] : both) {
    const auto& [was, is] = pair;
    if (was == nullptr)
      return name + " is now " + brief(side(is, "before")) + ", and the file asks for " +
             brief(side(is, "after"));
    if (is == nullptr)
      return name + " was " + brief(side(was, "before")) + " and is no longer different";
    if (!(side(was, "before") == side(is, "before")))
      return name + " was " + brief(side(was, "before")) + " and is now " +
             brief(side(is, "before"));
    if (!(side(was, "after") == side(is, "after")))
      return name + " was to become " + brief(side(was, "after")) + ", and the file now asks for " +
             brief(side(is, "after"));
  }
  return {};
}

}  // namespace

std::string plan_json(const Plan& plan, const std::string& key) {
  ValueMap body;
  body.set("format", kFormat);
  body.set("project", plan.project);
  body.set("lineage", plan.lineage);
  body.set("destroy", plan.destroy);
  if (!plan.vars.empty()) body.set("vars", shown(Value(plan.vars), false, key));
  ValueList changes;
  for (const Change& change : plan.changes) changes.push_back(change_value(change, key));
  body.set("changes", Value(std::move(changes)));
  ValueList drift;
  for (const Drift& one : plan.drift) drift.push_back(drift_value(one, key));
  body.set("drift", Value(std::move(drift)));
  if (!plan.guards.empty()) body.set("guards", guards_value(plan.guards));
  body.set("counts", counts_value(plan));
  body.set("hash", hash_of(body));
  return to_json(Value(std::move(body)), {.indent = 2}) + "\n";
}

Result<Value> read_plan_file(const std::string& text) {
  const auto broken = [](const std::string& what) {
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = "this is no plan of jim: " + what,
                      .hint = "make one with 'jim plan --out plan.json'"};
  };
  auto plan = parse_json(text);
  if (!plan) return broken(plan.error().message);
  if (!plan->is_map()) return broken("expected a JSON object");
  const std::string& format = text_of(*plan, "format");
  if (format != kFormat)
    return broken(format.empty() ? "it has no 'format'"
                                 : "its format is '" + escape_control(format) +
                                       "', and this version reads '" + std::string(kFormat) + "'");
  if (hash_of(plan->as_map()) != text_of(*plan, "hash"))
    return broken("its content does not fit its hash; it was edited or cut");
  return plan;
}

ValueMap vars_of(const Value& saved) {
  const Value* vars = saved.get("vars");
  return vars != nullptr && vars->is_map() ? vars->as_map() : ValueMap();
}

Result<void> check_vars(const Value& saved, const ValueMap& given, const std::string& key) {
  const auto other = [](const std::string& message) {
    Diagnostic error = stale(message);
    error.hint = "leave --var away, since the plan has its own values; or make a new plan";
    return error;
  };
  const ValueMap planned = vars_of(saved);
  for (const auto& [name, value] : given) {
    const std::string flag = "--var " + escape_control(name);
    const Value* was = planned.find(name);
    if (was == nullptr) return other("it was made without " + flag);
    if (is_fingerprint(*was)) {
      if (same_secret(*was, value, key)) continue;
      Diagnostic error = stale("it was made with another " + flag);
      error.hint = "give the value that it was made with, or make a new plan";
      return error;
    }
    if (value.is_secret()) return other(flag + " was no secret when it was made");
    if (!(*was == value)) {
      return other("it was made with " + flag + "=" + brief(*was) + ", and now it is " +
                   brief(value));
    }
  }
  return {};
}

Result<void> check_still_valid(const Value& saved, const Plan& fresh, const std::string& key) {
  if (text_of(saved, "project") != fresh.project)
    return stale("it was made for project '" + escape_control(text_of(saved, "project")) +
                 "', and this file's project is '" + fresh.project + "'");
  if (!text_of(saved, "lineage").empty() && text_of(saved, "lineage") != fresh.lineage)
    return stale(fresh.lineage.empty()
                     ? std::string("it was made for a state, and here is none yet; a plan of the "
                                   "sandbox needs --sandbox again")
                     : "it was made for another state (lineage " +
                           escape_control(text_of(saved, "lineage")) + ", not " + fresh.lineage +
                           "); --state, --sandbox and the folder say which is used");
  std::map<std::string, Value> now;
  for (const Change& change : fresh.changes)
    now[change.address.text() + ' ' + change.id] = change_value(change, key);
  for (const Value& was : list_of(saved, "changes")) {
    const std::string address = escape_control(text_of(was, "address"));
    const std::string name = text_of(was, "address") + ' ' + text_of(was, "id");
    auto found = now.find(name);
    if (found == now.end()) {
      for (const auto& [other, value] : now)
        if (text_of(value, "address") == text_of(was, "address"))
          return stale(fmt::format("{}: it was to {} {}, and now it would {} {}", address,
                                   text_of(was, "action"), object_of(was), text_of(value, "action"),
                                   object_of(value)));
      return stale(address + ": nothing is left to " + text_of(was, "action"));
    }
    const std::string difference = first_difference(was, found->second);
    if (!difference.empty()) return stale(address + ": " + difference);
    if (text_of(was, "action") != text_of(found->second, "action"))
      return stale(address + ": it was to " + text_of(was, "action") + ", and now it would " +
                   text_of(found->second, "action"));
    now.erase(found);
  }
  if (!now.empty())
    return stale(text_of(now.begin()->second, "address") + ": there is now something to " +
                 text_of(now.begin()->second, "action"));
  return {};
}

Touched touched_by(const Value& saved, const Config& config, const Expansion& expansion,
                   const State& state) {
  Touched touched;
  if (const Value* destroy = saved.get("destroy")) touched.destroy = *destroy == Value(true);
  std::set<std::string> lists;
  std::set<std::string> blocks;
  std::map<std::string, std::set<std::string>> ids;
  std::vector<std::string> open;
  for (const Value& change : list_of(saved, "changes")) {
    touched.addresses.push_back(text_of(change, "address"));
    const std::string& id = text_of(change, "id");
    if (id.empty()) {
      lists.insert(text_of(change, "type"));
    } else {
      ids[text_of(change, "type")].insert(id);
    }
    if (const auto address = parse_address(text_of(change, "address")))
      open.push_back(address->name);
  }
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const bool known = std::any_of(config.resources.begin(), config.resources.end(),
                                   [&](const ResourceBlock& block) { return block.name == name; });
    if (!known) continue;
    for (const std::string& need : expansion.needs(name))
      if (blocks.insert(need).second) open.push_back(need);
  }
  for (const Record& record : state.records) {
    if (!blocks.contains(record.address.name)) continue;
    if (record.id.empty()) {
      lists.insert(record.type);
    } else {
      ids[record.type].insert(record.id);
    }
  }
  for (const auto& [type, wanted] : ids)
    touched.ids[type] = std::vector<std::string>(wanted.begin(), wanted.end());
  touched.lists.assign(lists.begin(), lists.end());
  std::sort(touched.addresses.begin(), touched.addresses.end());
  touched.addresses.erase(std::unique(touched.addresses.begin(), touched.addresses.end()),
                          touched.addresses.end());
  return touched;
}

}  // namespace jim
