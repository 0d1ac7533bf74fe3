#include "core/plan/plan.h"

#include <algorithm>
#include <set>

#include "core/base/conceal.h"
#include "core/base/text.h"
#include "core/plan/diff.h"
#include "core/plan/match.h"
#include "core/plan/selection.h"
#include "core/plan/takeover.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"
#include "core/value/redact.h"

namespace jim {

namespace {

/// The place of an attribute in the file, as a reason says it: `jim.yaml:12:11`.
std::string place_of(const Desired& desired, const std::string& attribute) {
  for (const ConfigAttribute& written : desired.block->attributes)
    if (written.name == attribute)
      return written.value.where.file + ":" + std::to_string(written.value.where.line);
  return desired.block->where.file + ":" + std::to_string(desired.block->where.line);
}

/// What the rest of the file sees of a resource: what the vendor says, over what the file asks for.
ValueMap seen_as(const Change& change, const ResourceType& type) {
  ValueMap attributes;
  const bool fresh = change.action == Action::create || change.action == Action::replace;
  if (!fresh) attributes = change.actual;
  for (const auto& [name, value] : change.desired) {
    const Attribute* attribute = type.attribute(name);
    const bool read_back = attribute != nullptr && attribute->readable && !value.has_secret();
    if (fresh || !read_back || attributes.find(name) == nullptr || change.action == Action::update)
      attributes.set(name, value);
  }
  for (const Attribute& attribute : type.attributes)
    if (!attributes.contains(attribute.name))
      attributes.set(attribute.name, fresh && (attribute.computed || attribute.optional_computed)
                                         ? Value::unknown()
                                         : Value());
  attributes.set("id", fresh ? Value::unknown() : Value(change.id));
  return attributes;
}

/// A prepaid period starts by an update like any other: the machine stays.
bool forces_replacement(const std::vector<AttributeChange>& changes) {
  return std::any_of(changes.begin(), changes.end(), [](const AttributeChange& change) {
    return change.risk >= Risk::replace && change.risk != Risk::bill;
  });
}

class Planner {
 public:
  Planner(const Config& config, const Expansion& expansion, const State& state,
          const Snapshot& snapshot, const PlanOptions& options,
          const std::map<std::string, const ResourceType*>& types, Diagnostics& diagnostics)
      : config_(config),
        expansion_(expansion),
        state_(state),
        snapshot_(snapshot),
        options_(options),
        types_(types),
        diagnostics_(diagnostics),
        selection_(options, config, expansion, state, diagnostics) {
    plan_.project = config.project;
    plan_.lineage = state.head.lineage;
    plan_.requests = snapshot.totals;
    plan_.destroy = options.destroy;
  }

  std::optional<Plan> run() {
    static const std::vector<Desired> kNothing = {};
    find_referred();
    const Matching matching = match(options_.destroy ? kNothing : expansion_.resources(), state_,
                                    snapshot_, config_.project, diagnostics_);
    // A saved plan was made when there were none.
    if (!options_.exact && !matching.strangers.empty())
      diagnostics_.push_back(made_by_another_state(matching.strangers, config_.project));
    for (const Match& one : matching.matches) note_drift(one.record, one.object, one.desired);
    for (const Leftover& one : matching.leftovers) note_drift(one.record, one.object, nullptr);
    for (std::size_t i = 0; i < matching.matches.size();) i = plan_block(matching.matches, i);
    plan_removals(matching.leftovers);
    std::sort(plan_.drift.begin(), plan_.drift.end(),
              [](const Drift& a, const Drift& b) { return a.address < b.address; });
    for (const Diagnostic& found : diagnostics_)
      if (found.severity == Severity::error) return std::nullopt;
    return std::move(plan_);
  }

 private:
  /// Blocks whose attributes somebody asks for; for the others nothing is kept.
  void find_referred() {
    for (const ResourceBlock& block : config_.resources)
      for (const std::string& name : expansion_.needs(block.name)) referred_.insert(name);
    std::vector<Reference> references;
    for (const OutputBlock& output : config_.outputs) output.value.collect_references(references);
    for (const Reference& reference : references) referred_.insert(reference.root);
  }

  void note_drift(const Record* record, const Object* object, const Desired* desired) {
    if (record == nullptr || record->id.empty() || record->forgotten || snapshot_.offline) return;
    if (options_.exact) return;  // the snapshot holds only what a saved plan touches
    const auto type = types_.find(record->type);
    if (type == types_.end()) return;
    Drift found = {.address = record->address, .type = type->second, .id = record->id};
    if (object == nullptr || object->id != record->id) {
      found.gone = true;
    } else if (!record->half_made) {
      static const std::vector<std::string> kNone = {};
      found.attributes = drift(*type->second, *record, object->attributes,
                               desired ? desired->attributes : record->attributes,
                               desired ? desired->block->ignore : kNone, key());
    }
    if (found.gone || !found.attributes.empty()) plan_.drift.push_back(std::move(found));
  }

  const std::string& key() const { return state_.head.fingerprint_key; }

  /// All instances of one block, which stand next to each other.
  std::size_t plan_block(const std::vector<Match>& matches, std::size_t first) {
    const std::string& name = matches[first].desired->address.name;
    const bool referred = referred_.contains(name);
    std::vector<std::pair<Address, ValueMap>> seen;
    std::size_t i = first;
    for (; i < matches.size() && matches[i].desired->address.name == name; ++i) {
      auto change = plan_one(matches[i]);
      if (!change) continue;
      if (referred) {
        const bool left_alone =
            change->action != Action::no_op && !selection_.contains(change->address);
        ValueMap attributes =
            left_alone ? as_it_stands(matches[i], *change) : seen_as(*change, *change->type);
        plan_.standing[name].push_back({change->address, change->id, attributes});
        seen.emplace_back(change->address, std::move(attributes));
      }
      if (change->action == Action::no_op) {
        ++plan_.unchanged;
        note_guards(matches[i]);
      } else if (selection_.contains(change->address)) {
        plan_.changes.push_back(std::move(*change));
      }
    }
    if (referred && !seen.empty())
      values_[name] = Expansion::block_value(*matches[first].desired->block, seen);
    return i;
  }

  /// What the rest of the file sees of a resource that this run leaves alone: what there is, not
  /// what the file would make of it. A saved plan does not read it again, so state's word counts.
  ValueMap as_it_stands(const Match& match, const Change& change) const {
    const Record* record = match.record;
    const bool unread = options_.exact && record != nullptr && !record->id.empty();
    if (match.object == nullptr && !unread) return seen_as(change, *change.type);
    ValueMap attributes = match.object != nullptr ? change.actual : in_clear(record->attributes);
    for (const Attribute& attribute : change.type->attributes) {
      if (attributes.contains(attribute.name)) continue;
      const Value* prior = record == nullptr ? nullptr : record->attributes.find(attribute.name);
      attributes.set(attribute.name, prior == nullptr ? Value() : in_clear(*prior));
    }
    attributes.set("id", match.object != nullptr ? match.object->id : record->id);
    return attributes;
  }

  void note_guards(const Match& match) {
    const Record* record = match.record;
    if (record == nullptr) return;
    const Desired& desired = *match.desired;
    if (record->protect != desired.protect)
      plan_.guards.push_back({desired.address, "protect", desired.protect});
    if (record->keep != desired.keep)
      plan_.guards.push_back({desired.address, "keep", desired.keep});
  }

  std::optional<Change> plan_one(const Match& match) {
    const Desired& desired = *match.desired;
    Change change = {.address = desired.address,
                     .type = desired.type,
                     .desired = desired.attributes,
                     .create_before_destroy = desired.block->create_before_destroy ||
                                              desired.type->create_before_destroy,
                     .keep = desired.keep,
                     .protect = desired.protect};
    for (const auto& [name, value] : desired.attributes) {
      if (!value.has_unknown()) continue;
      auto again = expansion_.evaluate(desired, values_);
      if (!again) {
        if (selection_.contains(desired.address)) diagnostics_.push_back(again.error());
        return std::nullopt;
      }
      change.desired = std::move(*again);
      break;
    }
    if (match.record != nullptr) change.deposed = match.record->deposed;
    if (match.object == nullptr) {
      plan_create(match, change);
    } else {
      plan_existing(match, change);
    }
    if (change.action != Action::no_op) {
      change.needs = expansion_.needs(desired.block->name);
      check_protected(change);
    }
    return change;
  }

  void plan_create(const Match& match, Change& change) {
    change.action = Action::create;
    change.expected = change.type->expected_create;
    if (change.type->adopt_only) {
      if (!selection_.contains(change.address) || match.how == Found::several) return;
      diagnostics_.push_back({.code = ErrorCode::not_found,
                              .message = change.address.text() + ": no " + change.type->name +
                                         " with this identity exists, and jim cannot make one",
                              .hint = "check " + join(change.type->identity, ", ") +
                                      "; the machine must be known to the vendor already",
                              .where = match.desired->block->where});
      return;
    }
    if (match.record != nullptr && !match.record->id.empty())
      change.reasons.push_back(match.record->id + " was deleted outside jim");
    if (options_.because) change.reasons.push_back(options_.because(change.address, nullptr));
    for (const auto& [name, value] : change.desired) {
      if (value.is_null()) continue;
      const Attribute* attribute = change.type->attribute(name);
      change.attributes.push_back(
          {.name = name,
           .after = value,
           .secret = value.has_secret() || (attribute != nullptr && attribute->secret)});
    }
  }

  void plan_existing(const Match& match, Change& change) {
    const Object& object = *match.object;
    const Record* record = match.record;
    change.id = object.id;
    change.actual = veil(object.attributes, change.desired);
    if (record != nullptr) change.actual = veil(change.actual, record->attributes);
    if (snapshot_.offline && record != nullptr) change.actual = record->attributes;
    const ValueMap& live = snapshot_.offline ? object.attributes : change.actual;
    change.attributes =
        diff(*change.type, change.desired, live, record, match.desired->block->ignore, key());
    change.risk = worst(change.attributes);
    if (record != nullptr && match.how == Found::by_id) {
      ValueMap open = presumed(*change.type, record->attributes, change.desired);
      if (!open.empty()) plan_.presumed.push_back({change.address, std::move(open)});
    }
    change.resumes = record != nullptr && record->half_made;
    for (const AttributeChange& attribute : change.attributes)
      change.reasons.push_back(reason(match, attribute));

    if (object.readiness == Readiness::failed) {
      const bool comes_back =
          change.type->retry != Risk::none && !forces_replacement(change.attributes);
      change.action = comes_back ? Action::update : Action::replace;
      change.risk = std::max(change.risk, comes_back ? change.type->retry : Risk::replace);
      change.resumes = change.resumes || comes_back;
      change.reasons.insert(change.reasons.begin(),
                            "the vendor says '" + object.status + "'" +
                                (object.problem.empty() ? "" : ": " + problem_of(match)));
      if (comes_back) change.reasons.push_back("it can be brought back and need not be replaced");
    } else if (forces_replacement(change.attributes)) {
      change.action = Action::replace;
    } else if (!change.attributes.empty()) {
      change.action = Action::update;
    } else if (object.readiness == Readiness::pending || change.resumes) {
      change.action = Action::update;
      change.risk = Risk::in_place;
      change.resumes = true;
      change.reasons.push_back(object.readiness == Readiness::pending
                                   ? "not ready yet: '" + object.status + "'"
                                   : "an earlier run did not finish it");
    } else if (!change.deposed.empty()) {
      change.action = Action::update;
      change.reasons.push_back("an object that it replaced is still there");
    } else if (match.how == Found::by_rename) {
      change.action = Action::rename;
    } else if (match.how == Found::by_id && !(record != nullptr && record->forgotten)) {
      change.action = Action::no_op;
    } else {
      change.action = Action::adopt;
    }
    if (match.how == Found::by_rename) {
      change.previous = record->address;
      change.reasons.insert(change.reasons.begin(),
                            "known as " + record->address.text() + " so far");
    }
    change.found_again = match.how == Found::by_mark || match.how == Found::by_intent;
    if (change.found_again)
      change.reasons.insert(change.reasons.begin(), object.id + " carries this resource's mark");
    if (match.how == Found::by_identity)
      change.reasons.insert(change.reasons.begin(),
                            object.id + " has the same " + join(change.type->identity, ", "));
    if (change.action == Action::replace && change.type->adopt_only)
      diagnostics_.push_back({.code = ErrorCode::invalid_config,
                              .message = change.address.text() + ": " + change.type->name +
                                         " cannot be replaced, yet this change asks for it: " +
                                         join(change.reasons, "; "),
                              .hint = "set the attribute back, or list it under 'ignore'",
                              .where = match.desired->block->where});
    if (change.action == Action::replace && !change.create_before_destroy) doubt_new_one(change);
    change.expected = change.action == Action::replace  ? change.type->expected_create
                      : change.action == Action::update ? change.type->expected_update
                                                        : Duration{};
  }

  /// The old object goes before the vendor has said yes to the new one: what may be refused is said
  /// first of all.
  static void doubt_new_one(Change& change) {
    for (const auto& [name, value] : change.desired) {
      const Attribute* attribute = change.type->attribute(name);
      if (attribute == nullptr || !attribute->allowed_open || !is_beyond_allowed(*attribute, value))
        continue;
      change.reasons.insert(change.reasons.begin(),
                            (value.is_string() ? "'" + value.as_string() + "'" : to_json(value)) +
                                " is not among the values of '" + name +
                                "' that jim knows: the old object would be gone if the vendor "
                                "refuses it");
    }
  }

  /// The vendor's words, which may repeat what the thing was made with.
  std::string problem_of(const Match& match) {
    std::vector<std::string> secrets;
    for (const auto& [name, value] : match.desired->attributes) collect_secrets(value, secrets);
    // The provider has taken out the file's secrets already, so those that hold one look like this.
    if (!file_secrets_) file_secrets_ = expansion_.secrets();
    for (std::size_t i = secrets.size(); i > 0; --i)
      secrets.push_back(conceal(secrets[i - 1], *file_secrets_));
    return conceal(match.object->problem, secrets);
  }

  std::string reason(const Match& match, const AttributeChange& change) const {
    if (options_.because)
      return change.name + ": " + options_.because(match.desired->address, &change);
    const std::string place = place_of(*match.desired, change.name);
    if (match.record != nullptr && !match.record->half_made && !snapshot_.offline) {
      const Attribute* attribute = match.desired->type->attribute(change.name);
      const Value* prior = match.record->attributes.find(change.name);
      if (attribute != nullptr && attribute->readable && prior != nullptr && !change.secret &&
          !same_attribute(*attribute, *prior, change.before) && !change.after.has_unknown() &&
          same_attribute(*attribute, change.after, *prior))
        return change.name + ": changed outside jim; " + place + " asks for it as it was";
    }
    return change.name + ": " + place +
           (change.after.has_unknown() ? " gives it once another change is made" : " asks for it");
  }

  void check_protected(const Change& change) {
    if (!change.protect || !selection_.contains(change.address)) return;
    const bool wiped = change.risk == Risk::reinstall;
    if (change.action != Action::replace && change.action != Action::remove && !wiped) return;
    diagnostics_.push_back(
        {.code = ErrorCode::invalid_config,
         .message = change.address.text() + " is protected, and this plan would " +
                    (wiped ? "reinstall it, which wipes its disks"
                           : std::string(action_word(change.action)) + " it") +
                    (change.reasons.empty() ? "" : ": " + join(change.reasons, "; ")),
         .hint = "take 'protect: true' away first if that is what you want"});
  }

  void plan_removals(const std::vector<Leftover>& leftovers) {
    std::map<Address, const Desired*> desired;  // of a destroy: what is in the file all the same
    for (const Desired& one : expansion_.resources()) desired.emplace(one.address, &one);
    std::map<std::string, const ResourceBlock*> blocks;
    for (const ResourceBlock& block : config_.resources) blocks.emplace(block.name, &block);
    std::vector<Change> removals;
    for (const Leftover& leftover : leftovers) {
      const auto type = types_.find(leftover.type);
      if (type == types_.end() || !selection_.contains(leftover.address)) continue;
      Change change = {.address = leftover.address,
                       .type = type->second,
                       .action = Action::remove,
                       .risk = Risk::release};
      if (leftover.object != nullptr) {
        change.id = leftover.object->id;
        change.actual = leftover.object->attributes;
        if (leftover.record != nullptr)
          change.actual = veil(change.actual, leftover.record->attributes);
      }
      if (leftover.record != nullptr) {
        change.needs = leftover.record->needs;
        change.keep = leftover.record->keep;
        change.protect = leftover.record->protect;
        change.deposed = leftover.record->deposed;
        change.reasons.push_back(options_.because   ? options_.because(leftover.address, nullptr)
                                 : options_.destroy ? "everything is to go"
                                                    : "the file no longer has it");
      } else {
        change.reasons.push_back("it carries this project's mark but is in neither file nor state");
      }
      // As long as the block is in the file it has the last word, also on instances that it lost.
      if (const auto one = desired.find(leftover.address); one != desired.end()) {
        change.keep = one->second->keep;
        change.protect = one->second->protect;
      } else if (const auto block = blocks.find(leftover.address.name); block != blocks.end()) {
        const Guards guards = expansion_.guards(*block->second, leftover.address);
        change.keep = guards.keep.value_or(change.keep);
        change.protect = guards.protect.value_or(change.protect);
      }
      if (leftover.object == nullptr && change.deposed.empty()) {
        change.action = Action::forget;
        change.risk = Risk::none;
        change.reasons = {"it does not exist any more"};
      } else if (change.keep || change.type->adopt_only) {
        change.action = Action::forget;
        change.risk = Risk::none;
        change.reasons.push_back(change.keep ? "'keep' leaves the object alone"
                                             : "jim did not make it");
      }
      check_protected(change);
      removals.push_back(std::move(change));
    }
    order_removals(removals);
    for (Change& change : removals) plan_.changes.push_back(std::move(change));
  }

  /// What needs others goes before them. Names in a circle (only state damaged by hand has one)
  /// keep their order.
  static void order_removals(std::vector<Change>& removals) {
    std::map<std::string, std::set<std::string>> needs;
    for (const Change& change : removals) {
      needs[change.address.name];
      for (const std::string& name : change.needs) needs[change.address.name].insert(name);
    }
    std::map<std::string, int> depth;
    for (std::size_t round = 0; round <= needs.size(); ++round) {
      bool moved = false;
      for (const auto& [name, others] : needs)
        for (const std::string& other : others)
          if (needs.contains(other) && depth[name] <= depth[other] &&
              depth[other] < static_cast<int>(needs.size())) {
            depth[name] = depth[other] + 1;
            moved = true;
          }
      if (!moved) break;
    }
    std::stable_sort(removals.begin(), removals.end(), [&](const Change& a, const Change& b) {
      return depth[a.address.name] > depth[b.address.name];
    });
  }

  const Config& config_;
  const Expansion& expansion_;
  const State& state_;
  const Snapshot& snapshot_;
  const PlanOptions& options_;
  const std::map<std::string, const ResourceType*>& types_;
  Diagnostics& diagnostics_;
  Selection selection_;
  Plan plan_ = {};
  std::set<std::string> referred_ = {};
  std::optional<std::vector<std::string>> file_secrets_ = {};  ///< collected when first needed
  std::map<std::string, Value> values_ = {};
};

}  // namespace

std::optional<Plan> make_plan(const Config& config, const Expansion& expansion, const State& state,
                              const Snapshot& snapshot, const PlanOptions& options,
                              const std::map<std::string, const ResourceType*>& types,
                              Diagnostics& diagnostics) {
  return Planner(config, expansion, state, snapshot, options, types, diagnostics).run();
}

PlanCounts count(const Plan& plan) {
  PlanCounts counts;
  for (const Change& change : plan.changes) {
    switch (change.action) {
      case Action::create:
        ++counts.create;
        break;
      case Action::update:
        ++counts.update;
        break;
      case Action::replace:
        ++counts.replace;
        break;
      case Action::remove:
        ++counts.remove;
        break;
      case Action::adopt:
        ++counts.adopt;
        break;
      case Action::rename:
        ++counts.rename;
        break;
      case Action::forget:
        ++counts.forget;
        break;
      case Action::no_op:
        break;
    }
  }
  return counts;
}

bool is_empty(const Plan& plan) { return plan.changes.empty(); }

}  // namespace jim
