#include "cli/former.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/plan/diff.h"
#include "core/plan/takeover.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

bool has_fingerprint(const Value& value) {
  if (is_fingerprint(value)) return true;
  if (value.is_list())
    return std::any_of(value.as_list().begin(), value.as_list().end(), has_fingerprint);
  if (!value.is_map()) return false;
  return std::any_of(value.as_map().begin(), value.as_map().end(),
                     [](const auto& entry) { return has_fingerprint(entry.second); });
}

bool is_blank(const Value& value) {
  return value.is_null() || (value.is_string() && value.as_string().empty()) ||
         (value.is_list() && value.as_list().empty()) || (value.is_map() && value.as_map().empty());
}

/// A file can set it.
bool settable(const Attribute& attribute) {
  return !attribute.computed || attribute.optional_computed;
}

void collect_texts(const Value& value, std::vector<std::string>& texts) {
  if (value.is_string()) texts.push_back(value.as_string());
  if (value.is_list())
    for (const Value& item : value.as_list()) collect_texts(item, texts);
  if (value.is_map())
    for (const auto& [name, item] : value.as_map()) collect_texts(item, texts);
}

bool holds_one_of(const ValueMap& attributes, const std::set<std::string>& ids) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : attributes) collect_texts(value, texts);
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return ids.contains(text); });
}

ConfigValue constant(const Value& value) { return {.scalar = Template(value)}; }

}  // namespace

ResourceBlock block_like(const Address& address, const std::string& type,
                         const ResourceBlock* like) {
  ResourceBlock block;
  if (like != nullptr) block = *like;
  block.name = address.name;
  block.type = type;
  block.attributes.clear();
  block.was.clear();
  block.condition.reset();
  block.count.reset();
  block.for_each.reset();
  if (address.key.index() == 1) block.count = constant(1);
  if (address.key.index() == 2) block.for_each = constant(ValueList());
  return block;
}

Former::Former(const UndoInput& input, const std::map<Address, const RunStep*>& steps,
               const std::set<Address>& vanish, const std::set<Address>& present,
               std::deque<ResourceBlock>& blocks)
    : input_(input), steps_(steps), vanish_(vanish), present_(present), blocks_(blocks) {
  for (const Record& record : input.state.records)
    if (!record.id.empty()) ids_[record.id] = record.address;
  for (const Desired& one : input.file.resources()) file_[one.address] = &one;
  find_standing();
}

void Former::find_standing() {
  std::map<std::string, std::vector<std::pair<Address, ValueMap>>> seen;
  std::set<std::string> moving;
  for (const auto& [address, step] : steps_) moving.insert(address.name);
  for (const Address& address : vanish_) moving.insert(address.name);
  for (const Address& address : present_) {
    if (moving.contains(address.name)) continue;
    const Record* record = input_.state.find(address);
    if (record == nullptr) continue;
    ValueMap attributes = in_clear(record->attributes);
    attributes.set("id", record->id);
    seen[address.name].emplace_back(address, std::move(attributes));
  }
  for (const ResourceBlock& block : input_.config.resources)
    if (const auto found = seen.find(block.name); found != seen.end()) {
      const auto& key = found->second.front().first.key;
      const bool same_shape = key.index() == (block.count ? 1U : block.for_each ? 2U : 0U);
      if (same_shape) standing_[block.name] = Expansion::block_value(block, found->second);
    }
}

const Desired* Former::of_file(const RunStep& step) const {
  const auto found = file_.find(step.address);
  if (found == file_.end() || found->second->type->name != step.type) return nullptr;
  return found->second;
}

const ResourceBlock* Former::block_of(const std::string& name) const {
  for (const ResourceBlock& block : input_.config.resources)
    if (block.name == name) return &block;
  return nullptr;
}

bool Former::is_or_comes(const std::string& block) const {
  return std::any_of(present_.begin(), present_.end(),
                     [&](const Address& address) { return address.name == block; });
}

Former::Restored Former::restore(const RunStep& step) const {
  Restored restored;
  const ResourceType& type = *input_.types.find(step.type)->second;
  const Record* record = input_.state.find(step.address);
  const Desired* desired = of_file(step);
  ValueMap given;
  if (desired != nullptr) {
    const auto known = input_.file.evaluate(*desired, standing_);
    given = known ? *known : desired->attributes;
  }
  if (desired != nullptr && agrees(step, *desired, given)) {
    restored.desired = *desired;
    const auto& needs = input_.file.needs(step.address.name);
    restored.needs.insert(needs.begin(), needs.end());
  } else {
    ResourceBlock& block =
        blocks_.emplace_back(block_like(step.address, step.type, block_of(step.address.name)));
    restored.desired = {.address = step.address, .block = &block, .type = &type};
    if (desired != nullptr) {
      restored.desired.protect = desired->protect;
      restored.desired.keep = desired->keep;
    }
    take(step, desired, given, block, restored);
    add_wants(step, restored);
  }
  if (record != nullptr) {
    restored.desired.protect = record->protect;
    restored.desired.keep = record->keep;
  }
  return restored;
}

bool Former::agrees(const RunStep& step, const Desired& desired, const ValueMap& given) const {
  for (const auto& [name, value] : given) {
    const Attribute* attribute = desired.type->attribute(name);
    if (attribute == nullptr || !settable(*attribute) || value.is_null()) continue;
    if (value.has_unknown()) {
      if (!agrees_where_unknown(step, desired, name)) return false;
      continue;
    }
    const Value* before = step.before.find(name);
    if (before != nullptr && before->is_null() && !attribute->readable) continue;  // nobody knew
    if (before == nullptr) {
      if (is_blank(value) || (attribute->default_value && value == *attribute->default_value))
        continue;
      return false;
    }
    if (has_fingerprint(*before)) {
      if (!same_secret(*before, value, key())) return false;
      continue;
    }
    Restored scratch;  // an id may have become another since
    const Resolved now = resolve(step, *before, scratch);
    if (!same_attribute(*attribute, value, *before) &&
        (now.value.has_unknown() || !same_attribute(*attribute, value, now.value)))
      return false;
  }
  for (const auto& [name, before] : step.before) {
    const Attribute* attribute = desired.type->attribute(name);
    if (attribute == nullptr || attribute->computed || attribute->optional_computed) continue;
    const Value* value = given.find(name);
    if ((value == nullptr || value->is_null()) && !is_blank(before)) return false;
  }
  return true;
}

bool Former::agrees_where_unknown(const RunStep& step, const Desired& desired,
                                  const std::string& name) const {
  std::set<std::string> roots;
  for (const ConfigAttribute& written : desired.block->attributes) {
    if (written.name != name) continue;
    std::vector<Reference> references;
    written.value.collect_references(references);
    for (const Reference& reference : references)
      if (block_of(reference.root) != nullptr) roots.insert(reference.root);
  }
  if (!std::all_of(roots.begin(), roots.end(),
                   [&](const std::string& root) { return is_or_comes(root); }))
    return false;
  const Value* before = step.before.find(name);
  if (before == nullptr) return false;
  std::vector<std::string> texts;
  collect_texts(*before, texts);
  return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
    const auto standing = ids_.find(text);
    const Address* had = standing != ids_.end() ? &standing->second : input_.past.had(text);
    return had == nullptr || roots.contains(had->name);
  });
}

void Former::take(const RunStep& step, const Desired* desired, const ValueMap& given,
                  ResourceBlock& block, Restored& restored) const {
  const Record* record = input_.state.find(step.address);
  ValueMap& attributes = restored.desired.attributes;
  const std::string address = step.address.text();
  for (const auto& [name, value] : step.before) {
    const Attribute* attribute = restored.desired.type->attribute(name);
    if (attribute == nullptr || !settable(*attribute) || value.is_null()) continue;
    const Value* there = given.find(name);
    // What the vendor chose it may choose again.
    if (attribute->optional_computed && desired != nullptr && there == nullptr) continue;
    if (has_fingerprint(value)) {
      if (there != nullptr && same_secret(value, *there, key())) {
        attributes.set(name, *there);
        continue;
      }
      if (record == nullptr && attribute->required) {
        restored.cannot = name + " is a secret, which jim does not keep; put it into the file";
        return;
      }
      restored.notes.push_back(
          fmt::format("{}.{}: a secret, which jim does not keep", address, name));
      continue;
    }
    if (there != nullptr && !there->has_unknown() && same_attribute(*attribute, *there, value)) {
      attributes.set(name, value);
      Restored scratch;  // of the value's ids only what it is after
      resolve(step, value, scratch);
      restored.needs.insert(scratch.needs.begin(), scratch.needs.end());
      continue;
    }
    Resolved resolved = resolve(step, value, restored);
    if (!restored.cannot.empty()) {
      restored.cannot = name + " " + restored.cannot;
      return;
    }
    attributes.set(name, std::move(resolved.value));
    block.attributes.push_back({.name = name, .value = std::move(resolved.written)});
  }
  for (const Attribute& attribute : restored.desired.type->attributes) {
    if (record != nullptr || !attribute.required || attributes.contains(attribute.name)) continue;
    const Value* there = given.find(attribute.name);
    if (there == nullptr || there->has_unknown()) {
      restored.cannot = attribute.name + " is required, and the history does not tell what it was";
      return;
    }
    attributes.set(attribute.name, *there);
  }
  if (step.action != "update") return;
  for (const auto& [name, value] : step.after) {
    const Attribute* attribute = restored.desired.type->attribute(name);
    if (attribute == nullptr || attribute->computed || attribute->optional_computed) continue;
    const Value* before = step.before.find(name);
    if (!is_blank(value) && (before == nullptr || before->is_null()))
      restored.notes.push_back(
          fmt::format("{}.{}: it had no value before, and stays as it is", address, name));
  }
}

Former::Resolved Former::resolve(const RunStep& step, const Value& value,
                                 Restored& restored) const {
  if (value.is_string()) return resolve_text(step, value.as_string(), restored);
  if (value.is_list()) {
    ValueList values;
    ConfigValue written = {.kind = ConfigValue::Kind::list};
    for (const Value& item : value.as_list()) {
      Resolved one = resolve(step, item, restored);
      values.push_back(std::move(one.value));
      written.items.push_back(std::move(one.written));
    }
    return {.value = std::move(values), .written = std::move(written)};
  }
  if (value.is_map()) {
    ValueMap values;
    ConfigValue written = {.kind = ConfigValue::Kind::map};
    for (const auto& [name, item] : value.as_map()) {
      Resolved one = resolve(step, item, restored);
      values.set(name, std::move(one.value));
      written.entries.emplace_back(name, std::move(one.written));
      written.key_places.emplace_back();
    }
    return {.value = std::move(values), .written = std::move(written)};
  }
  return {.value = value, .written = constant(value)};
}

Former::Resolved Former::resolve_text(const RunStep& step, const std::string& text,
                                      Restored& restored) const {
  Resolved as_it_is = {.value = text, .written = constant(text)};
  const auto standing = ids_.find(text);
  const Address* had = standing != ids_.end() ? &standing->second : input_.past.had(text);
  if (had == nullptr || had->name == step.address.name) return as_it_is;
  restored.needs.insert(had->name);
  if (steps_.contains(*had)) {
    auto written = Template::parse_expression(reference_to(*had), {});
    if (!written) return as_it_is;
    return {.value = Value::unknown(Value::Kind::string), .written = {.scalar = *written}};
  }
  if (standing != ids_.end()) return as_it_is;
  const Record* record = input_.state.find(*had);
  if (record == nullptr || record->id.empty() || vanish_.contains(*had)) {
    restored.cannot = fmt::format(
        "was {}, the id of {}, which is gone and does not come back with it", text, had->text());
    return as_it_is;
  }
  return {.value = record->id, .written = constant(record->id)};
}

/// Counted instances are a list without holes.
std::string Former::reference_to(const Address& address) const {
  if (address.key.index() == 0) return address.name + ".id";
  if (const auto* key = std::get_if<std::string>(&address.key))
    return fmt::format("{}[{}].id", address.name, to_json(Value(*key)));
  const auto before = std::count_if(present_.begin(), present_.end(), [&](const Address& other) {
    return other.name == address.name && other < address;
  });
  return fmt::format("{}[{}].id", address.name, before);
}

void Former::add_wants(const RunStep& step, Restored& restored) const {
  if (const ResourceBlock* block = block_of(step.address.name))
    restored.wants.insert(block->needs.begin(), block->needs.end());
  const Record* record = input_.state.find(step.address);
  if (record == nullptr) return;
  for (const std::string& need : record->needs) {
    std::set<std::string> ids;
    for (const auto& [id, address] : ids_)
      if (address.name == need) ids.insert(id);
    // Needed for its id alone: what has another now needs it no more.
    if (!holds_one_of(record->attributes, ids)) restored.wants.insert(need);
  }
}

}  // namespace jim
