#include "core/plan/match.h"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "core/base/text.h"
#include "core/provider/identify.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// The live objects, by id and by the address in a mark of ours.
class Index {
 public:
  Index(const Snapshot& snapshot, const State& state, const std::string& project) {
    for (const auto& [type, objects] : snapshot.objects) {
      auto& ids = by_id_[type];
      ids.reserve(objects.size());
      for (const Object& object : objects) {
        ids.emplace(object.id, &object);
        Mark mark;
        if (object.mark.empty() || !parse_mark(object.mark, mark)) continue;
        if (mark.project != project) continue;
        if (mark.lineage == state.head.lineage) {
          by_mark_[type][mark.address].push_back(&object);
        } else if (const auto address = parse_address(mark.address)) {
          strangers_.push_back({*address, &object, mark.lineage});
        }
      }
    }
  }

  const Object* id(const std::string& type, const std::string& id) const {
    const auto ids = by_id_.find(type);
    if (ids == by_id_.end() || id.empty()) return nullptr;
    const auto object = ids->second.find(id);
    return object == ids->second.end() ? nullptr : object->second;
  }
  const std::vector<const Object*>* marked(const std::string& type,
                                           const std::string& address) const {
    const auto marks = by_mark_.find(type);
    if (marks == by_mark_.end()) return nullptr;
    const auto objects = marks->second.find(address);
    return objects == marks->second.end() ? nullptr : &objects->second;
  }
  const auto& marks() const { return by_mark_; }
  const std::vector<Stranger>& strangers() const { return strangers_; }

 private:
  std::unordered_map<std::string, std::unordered_map<std::string, const Object*>> by_id_ = {};
  std::unordered_map<std::string, std::unordered_map<std::string, std::vector<const Object*>>>
      by_mark_ = {};
  std::vector<Stranger> strangers_ = {};  ///< marked by another state of this project
};

/// The identity of a set of attributes as one text; empty when part of it is missing or unknown.
std::string identity_of(const ResourceType& type, const ValueMap& attributes) {
  if (type.identity.empty()) return {};
  std::string text = type.name;
  for (const std::string& name : type.identity) {
    const Value* value = attributes.find(name);
    if (value == nullptr || value->is_null() || value->has_unknown()) return {};
    text += '\n' + to_json(*value, {.reveal_secrets = true});
  }
  return text;
}

std::vector<std::string> ids_of(const std::vector<const Object*>& objects) {
  std::vector<std::string> ids;
  ids.reserve(objects.size());
  for (const Object* object : objects) ids.push_back(object->id);
  return ids;
}

Diagnostic ambiguous(const Desired& desired, const std::vector<std::string>& ids,
                     const std::string& hint) {
  return {.code = ErrorCode::ambiguous,
          .message = desired.address.text() + ": several objects of type " + desired.type->name +
                     " could be this resource: " + join(ids, ", "),
          .hint = hint,
          .where = desired.block->where};
}

Diagnostic taken(const Desired& desired, const std::vector<std::string>& ids) {
  return {.code = ErrorCode::ambiguous,
          .message = desired.address.text() + ": " + join(ids, ", ") + " has the same " +
                     join(desired.type->identity, ", ") + ", but is another resource already",
          .hint = "two resources cannot be one object; change one, or take it away",
          .where = desired.block->where};
}

class Matcher {
 public:
  Matcher(const std::vector<Desired>& resources, const State& state, const Snapshot& snapshot,
          const std::string& project, Diagnostics& diagnostics)
      : resources_(resources),
        state_(state),
        snapshot_(snapshot),
        index_(snapshot, state, project),
        diagnostics_(diagnostics) {}

  Matching run() {
    matching_.matches.reserve(resources_.size());
    matching_.leftovers.reserve(state_.records.size());
    for (const Record& record : state_.records) {
      const Object* object = index_.id(record.type, record.id);
      if (object == nullptr) continue;
      recorded_.insert(object);
      if (!record.forgotten) held_.insert(object);
    }
    for (const Desired& desired : resources_) matching_.matches.push_back(first(desired));
    rename();
    adopt_by_identity();
    leave();
    find_strangers();
    return std::move(matching_);
  }

 private:
  Match first(const Desired& desired) {
    Match match = {.desired = &desired, .record = state_.find(desired.address)};
    const std::string& type = desired.type->name;
    if (match.record != nullptr && match.record->type != type) match.record = nullptr;
    if (match.record != nullptr) {
      records_.insert(match.record);
      match.object = index_.id(type, match.record->id);
      match.how = match.object == nullptr ? Found::nothing : Found::by_id;
      if (match.object == nullptr && match.record->id.empty() && match.record->intent)
        by_intent(match);
    }
    if (match.object == nullptr) by_mark(match);
    if (match.object != nullptr) objects_.insert(match.object);
    return match;
  }

  void by_intent(Match& match) {
    const auto objects = snapshot_.objects.find(match.desired->type->name);
    if (objects == snapshot_.objects.end()) return;
    const auto found =
        identify(*match.desired->type, *match.record->intent, objects->second, free_);
    if (!found) {
      diagnostics_.push_back(found.error());
      return;
    }
    if (!*found) return;
    match.object = &objects->second[**found];
    match.how = Found::by_intent;
  }

  void by_mark(Match& match) {
    const auto* marked = index_.marked(match.desired->type->name, match.desired->address.text());
    if (marked == nullptr) return;
    std::vector<const Object*> free;
    free.reserve(marked->size());
    // A mark may be out of date: what state knows by another address is not this resource.
    for (const Object* object : *marked)
      if (!is_deposed(match.record, object->id) && !recorded_.contains(object))
        free.push_back(object);
    if (free.empty()) return;
    if (free.size() > 1) {
      diagnostics_.push_back(ambiguous(*match.desired, ids_of(free),
                                       "they carry the same mark; delete the one that is too many "
                                       "at the vendor, or keep one with 'jim adopt'"));
      return;
    }
    match.object = free.front();
    match.how = Found::by_mark;
  }

  static bool is_deposed(const Record* record, const std::string& id) {
    return record != nullptr &&
           std::find(record->deposed.begin(), record->deposed.end(), id) != record->deposed.end();
  }

  /// Records whose address the file no longer has may be what a new address means.
  void rename() {
    std::unordered_map<std::string, std::vector<const Record*>> by_identity;
    for (const Record& record : state_.records) {
      if (records_.contains(&record) || record.forgotten) continue;
      const Object* object = index_.id(record.type, record.id);
      if (object == nullptr) continue;
      const ResourceType* type = type_of(record.type);
      if (type == nullptr) continue;
      const std::string identity = identity_of(*type, object->attributes);
      if (!identity.empty()) by_identity[identity].push_back(&record);
    }
    for (Match& match : matching_.matches) {
      if (match.object != nullptr || match.record != nullptr) continue;
      const Record* old = nullptr;
      if (!match.desired->block->was.empty()) {
        Address address = match.desired->address;
        address.name = match.desired->block->was;
        old = state_.find(address);
        if (old != nullptr && (records_.contains(old) || old->type != match.desired->type->name))
          old = nullptr;
      }
      if (old == nullptr) {
        const auto same =
            by_identity.find(identity_of(*match.desired->type, match.desired->attributes));
        if (same == by_identity.end()) continue;
        std::vector<const Record*> free;
        free.reserve(same->second.size());
        for (const Record* record : same->second)
          if (!records_.contains(record)) free.push_back(record);
        if (free.size() > 1) {
          std::vector<std::string> names;
          names.reserve(free.size());
          for (const Record* record : free) names.push_back(record->address.text());
          diagnostics_.push_back(
              ambiguous(*match.desired, names, "say which with 'was: OLD_NAME' in this resource"));
          continue;
        }
        if (free.empty()) continue;
        old = free.front();
      }
      match.record = old;
      match.object = index_.id(old->type, old->id);
      match.how = Found::by_rename;
      records_.insert(old);
      if (match.object != nullptr) objects_.insert(match.object);
    }
  }

  /// Racked machines are never made: the one with the same serial number or address is it.
  void adopt_by_identity() {
    std::unordered_map<std::string, std::vector<const Object*>> by_identity;
    std::unordered_set<std::string> done;
    for (Match& match : matching_.matches) {
      if (match.object != nullptr || !match.desired->type->adopt_only) continue;
      const ResourceType& type = *match.desired->type;
      if (done.insert(type.name).second) {
        const auto objects = snapshot_.objects.find(type.name);
        if (objects != snapshot_.objects.end())
          for (const Object& object : objects->second)
            by_identity[identity_of(type, object.attributes)].push_back(&object);
      }
      const std::string identity = identity_of(type, match.desired->attributes);
      const auto same = by_identity.find(identity);
      if (identity.empty() || same == by_identity.end()) continue;
      std::vector<const Object*> free;
      free.reserve(same->second.size());
      for (const Object* object : same->second)
        if (!objects_.contains(object) && !held_.contains(object)) free.push_back(object);
      if (free.size() != 1) {
        const auto ids = ids_of(free.empty() ? same->second : free);
        diagnostics_.push_back(free.empty()
                                   ? taken(*match.desired, ids)
                                   : ambiguous(*match.desired, ids, "choose one with 'jim adopt'"));
        match.how = Found::several;
        continue;
      }
      match.object = free.front();
      match.how = Found::by_identity;
      objects_.insert(match.object);
    }
  }

  void leave() {
    for (const Record& record : state_.records) {
      if (records_.contains(&record)) continue;
      const Object* object = index_.id(record.type, record.id);
      if (record.forgotten) {  // left alone for good, though it still carries our mark
        if (object != nullptr) objects_.insert(object);
        continue;
      }
      if (object == nullptr && record.id.empty() && record.intent) object = of_intent(record);
      if (object != nullptr) objects_.insert(object);
      matching_.leftovers.push_back(
          {.address = record.address, .record = &record, .object = object, .type = record.type});
    }
    for (const auto& [type, marks] : index_.marks()) {
      for (const auto& [text, objects] : marks) {
        const auto address = parse_address(text);
        if (!address) continue;
        for (const Object* object : objects) {
          if (objects_.contains(object)) continue;
          if (is_deposed(state_.find(*address), object->id)) continue;
          matching_.leftovers.push_back({.address = *address, .object = object, .type = type});
        }
      }
    }
    std::stable_sort(matching_.leftovers.begin(), matching_.leftovers.end(),
                     [](const Leftover& a, const Leftover& b) {
                       if (!(a.address == b.address)) return a.address < b.address;
                       return (a.object ? a.object->id : "") < (b.object ? b.object->id : "");
                     });
  }

  /// A state that was lost, or another one of the same project: what it made must not be made
  /// again.
  void find_strangers() {
    std::set<Address> missing;
    for (const Match& match : matching_.matches)
      if (match.object == nullptr) missing.insert(match.desired->address);
    for (const Stranger& one : index_.strangers()) {
      if (recorded_.contains(one.object) || objects_.contains(one.object)) continue;
      if (state_.records.empty() || missing.contains(one.address))
        matching_.strangers.push_back(one);
    }
    std::stable_sort(matching_.strangers.begin(), matching_.strangers.end(),
                     [](const Stranger& a, const Stranger& b) { return a.address < b.address; });
  }

  const Object* of_intent(const Record& record) {
    const auto objects = snapshot_.objects.find(record.type);
    const ResourceType* type = type_of(record.type);
    if (objects == snapshot_.objects.end() || type == nullptr) return nullptr;
    const auto found = identify(*type, *record.intent, objects->second, free_);
    if (!found) {
      diagnostics_.push_back(found.error());
      return nullptr;
    }
    return *found ? &objects->second[**found] : nullptr;
  }

  const ResourceType* type_of(const std::string& name) const {
    const auto type = snapshot_.types.find(name);
    return type == snapshot_.types.end() ? nullptr : type->second;
  }

  const std::vector<Desired>& resources_;
  const State& state_;
  const Snapshot& snapshot_;
  Index index_;
  Diagnostics& diagnostics_;
  Matching matching_ = {};
  std::unordered_set<const Object*> recorded_ = {};  ///< known to state by id
  std::unordered_set<const Object*> held_ = {};      ///< those of them that jim has not let go
  std::unordered_set<const Record*> records_ = {};   ///< taken by a resource
  std::unordered_set<const Object*> objects_ = {};   ///< taken, or spoken for by a record
  /// What an unfinished request may have made: a vendor that answers two of them with one id has
  /// made one object, and it is that of the record which has the id.
  const std::function<bool(const Object&)> free_ = [this](const Object& object) {
    return !recorded_.contains(&object) && !objects_.contains(&object);
  };
};

}  // namespace

Diagnostic made_by_another_state(const std::vector<Stranger>& strangers,
                                 const std::string& project) {
  constexpr std::size_t kMostNamed = 5;
  std::vector<std::string> names;
  std::vector<std::string> lineages;
  for (const Stranger& one : strangers) {
    if (names.size() < kMostNamed)
      names.push_back(escape_control(one.address.text()) + " (" + escape_control(one.object->id) +
                      ")");
    const std::string lineage = escape_control(one.lineage);
    if (std::find(lineages.begin(), lineages.end(), lineage) == lineages.end())
      lineages.push_back(lineage);
  }
  std::string named = join(names, ", ");
  if (strangers.size() > kMostNamed)
    named += " and " + std::to_string(strangers.size() - kMostNamed) + " more";
  return {.code = ErrorCode::ambiguous,
          .message = counted(strangers.size(), "object") + " of project '" + project + "' " +
                     (strangers.size() == 1 ? "was" : "were") +
                     " made with another state (lineage " + join(lineages, ", ") +
                     "), and this state does not know " + (strangers.size() == 1 ? "it" : "them") +
                     ": " + named,
          .hint =
              "if that state is lost, 'jim state rebuild' takes them over; if it is still in "
              "use, use it ('state:' or --state), or give this file a project name of its own"};
}

Matching match(const std::vector<Desired>& resources, const State& state, const Snapshot& snapshot,
               const std::string& project, Diagnostics& diagnostics) {
  return Matcher(resources, state, snapshot, project, diagnostics).run();
}

}  // namespace jim
