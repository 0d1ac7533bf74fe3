#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/config/check_attributes.h"
#include "core/config/expander.h"
#include "core/config/reserved.h"
#include "core/value/json.h"

namespace jim::detail {

namespace {

constexpr std::int64_t kMostInstances = 200'000;
const std::map<std::string, Value> kNoValues = {};
constexpr const char* kFromFileAlone = "it must be known from the file alone";

bool refers_to_instance(const ConfigValue& value) {
  std::vector<Reference> references;
  value.collect_references(references);
  return std::any_of(references.begin(), references.end(), [](const Reference& reference) {
    return reference.root == "index" || reference.root == "each";
  });
}

/// What others see of a resource before it is made.
ValueMap seen_as(const Desired& desired) {
  ValueMap seen = desired.attributes;
  for (const Attribute& attribute : desired.type->attributes)
    if (!seen.contains(attribute.name))
      seen.set(attribute.name, attribute.computed || attribute.optional_computed
                                   ? attribute.type.unknown()
                                   : Value());
  seen.set("id", Value::unknown(Value::Kind::string));
  return seen;
}

}  // namespace

void Expander::expand_block(const ResourceBlock& block, std::vector<Desired>& resources) {
  const std::size_t told = diagnostics_.size();
  const std::size_t first = resources.size();
  expand_instances(block, resources);
  if (!referred_.contains(block.name)) return;
  if (!is_whole(block) || diagnostics_.size() != told) {
    inner_->values[block.name] = Value::unknown();
    return;
  }
  std::vector<std::pair<Address, ValueMap>> instances;
  for (std::size_t i = first; i < resources.size(); ++i)
    instances.emplace_back(resources[i].address, seen_as(resources[i]));
  inner_->values[block.name] = Expansion::block_value(block, instances);
}

void Expander::expand_instances(const ResourceBlock& block, std::vector<Desired>& resources) {
  const ResourceType* type = check_block(block);
  if (type == nullptr) return check_expressions(block);
  Work work = {.block = block,
               .type = *type,
               .parts = parts_of(block, *type),
               .scope = InstanceScope(*inner_->scope, inner_->values, kNoValues),
               .resources = resources};
  if (!has_shape(block)) {
    find_shared(work);
  } else if (block.count) {
    expand_count(work);
  } else if (block.for_each) {
    expand_each(work);
  } else if (find_shared(work)) {
    instance(work, {.name = block.name});
  }
  // A mistake in how often it exists hides none in what it is.
  if (!work.looked) find_shared(work);
}

void Expander::check_expressions(const ResourceBlock& block) {
  const InstanceScope scope(*inner_->scope, inner_->values, kNoValues);
  for (const ConfigAttribute& written : block.attributes) {
    if (lost_.contains(&written.value) || refers_to_instance(written.value)) continue;
    if (auto value = written.value.evaluate(scope); !value) diagnostics_.push_back(value.error());
  }
}

bool Expander::has_shape(const ResourceBlock& block) const {
  const auto is_lost = [this](const std::optional<ConfigValue>& value) {
    return value && lost_.contains(&*value);
  };
  return !block.broken && !is_lost(block.count) && !is_lost(block.for_each) &&
         !is_lost(block.condition) && !is_lost(block.protect) && !is_lost(block.keep);
}

bool Expander::is_whole(const ResourceBlock& block) const {
  return has_shape(block) &&
         std::none_of(block.attributes.begin(), block.attributes.end(),
                      [this](const ConfigAttribute& one) { return lost_.contains(&one.value); });
}

const ResourceType* Expander::check_block(const ResourceBlock& block) {
  const ResourceType* type = type_of(block);
  if (type != nullptr)
    check_names(block, *type, diagnostics_);
  else
    unknown_type(block);
  return type;
}

void Expander::unknown_type(const ResourceBlock& block) {
  if (block.type.empty() || lacks_manifest(block)) return;
  const std::string provider = escape_control(block.type.substr(0, block.type.find('.')));
  const bool listed = std::any_of(config_.providers.begin(), config_.providers.end(),
                                  [&](const ProviderBlock& one) { return one.name == provider; });
  std::vector<std::string> names;
  for (const auto& [name, type] : types_) names.push_back(name);
  std::string hint = "a type is written PROVIDER.TYPE, such as latitude.server";
  if (const auto near = did_you_mean(block.type, names))
    hint = fmt::format("did you mean '{}'?", *near);
  else if (listed)
    hint = fmt::format("'jim explain {}' lists its types", provider);
  else if (block.type.find('.') != std::string::npos)
    hint = fmt::format("add '{}' to 'providers'; 'jim provider list' shows all", provider);
  add(block.type_where,
      fmt::format("{}: unknown type '{}'", block.name, escape_control(block.type)), hint);
}

bool Expander::lacks_manifest(const ResourceBlock& block) const {
  const std::string prefix = block.type.substr(0, block.type.find('.')) + ".";
  const bool listed =
      std::any_of(config_.providers.begin(), config_.providers.end(),
                  [&](const ProviderBlock& one) { return one.name + "." == prefix; });
  const auto first = types_.lower_bound(prefix);
  return listed && (first == types_.end() || !first->first.starts_with(prefix));
}

std::vector<Expander::Part> Expander::parts_of(const ResourceBlock& block,
                                               const ResourceType& type) const {
  std::vector<Part> parts;
  for (const ConfigAttribute& written : block.attributes) {
    const Attribute* attribute = type.attribute(written.name);
    if (lost_.contains(&written.value) || attribute == nullptr ||
        (attribute->computed && !attribute->optional_computed))
      continue;
    parts.push_back({.written = &written,
                     .attribute = attribute,
                     .per_instance = refers_to_instance(written.value)});
  }
  return parts;
}

bool Expander::find_shared(Work& work) {
  bool good = true;
  work.looked = true;
  for (const Attribute& attribute : work.type.attributes)
    if (attribute.default_value)
      work.shared.set(attribute.name, attribute.default_value->as_secret(attribute.secret));
  for (const Part& part : work.parts)
    if (!part.per_instance && !put(work.block.name, part, work.scope, work.shared)) good = false;
  return good;
}

bool Expander::put(const std::string& resource, const Part& part, const Scope& scope,
                   ValueMap& into) {
  const auto value = part.written->value.evaluate(scope);
  auto checked = value ? check_value(resource, *part.attribute, *value, part.written->value.where)
                       : mistake_in(*part.attribute, value.error());
  if (!checked) {
    diagnostics_.push_back(checked.error());
    return false;
  }
  note_doubt(resource, part, *checked);
  into.set(part.attribute->name, std::move(*checked));
  return true;
}

void Expander::note_doubt(const std::string& resource, const Part& part, const Value& value) {
  auto warning = doubt(resource, *part.attribute, value, part.written->value.where);
  if (!warning || !doubted_.emplace(part.written, to_json(value)).second) return;
  diagnostics_.push_back(*std::move(warning));
}

std::optional<Value> Expander::known(const ConfigValue& value, const Scope& scope) {
  auto result = value.evaluate(scope);
  if (result) return std::move(*result);
  diagnostics_.push_back(result.error());
  return std::nullopt;
}

bool Expander::already_told(const ConfigValue& value, const Value& result) const {
  if (!result.is_unknown()) return false;
  std::vector<Reference> references;
  value.collect_references(references);
  return std::none_of(references.begin(), references.end(), [this](const Reference& reference) {
    return index_.contains(reference.root);
  });
}

bool Expander::flag(const Work& work, const std::optional<ConfigValue>& value,
                    const std::string& name, bool fallback, bool& good) {
  if (!value) return fallback;
  const auto result = known(*value, work.scope);
  if (result && result->is_bool()) return result->as_bool();
  good = false;
  if (result && !already_told(*value, *result))
    add(value->where,
        fmt::format("{}: '{}' takes true or false, not {}", work.block.name, name,
                    kind_name(result->kind())),
        result->is_unknown() ? kFromFileAlone : boolean_hint(*result));
  return fallback;
}

bool Expander::instance(Work& work, Address address) {
  const ResourceBlock& block = work.block;
  bool good = true;
  if (!flag(work, block.condition, "if", true, good)) return good;
  Desired desired = {.address = std::move(address), .block = &block, .type = &work.type};
  desired.protect = flag(work, block.protect, "protect", false, good);
  desired.keep = flag(work, block.keep, "keep", false, good);
  desired.attributes = work.shared;
  for (const Part& part : work.parts)
    if (part.per_instance && !put(desired.address.text(), part, work.scope, desired.attributes))
      good = false;
  if (good) work.resources.push_back(std::move(desired));
  return good;
}

void Expander::expand_count(Work& work) {
  const ResourceBlock& block = work.block;
  const auto found = known(*block.count, work.scope);
  if (!found || already_told(*block.count, *found)) return;
  const Value count = convert(*found, {.kind = AttributeType::Kind::integer}).value_or(*found);
  if (!count.is_integer() || count.as_integer() < 0 || count.as_integer() > kMostInstances)
    return add(
        block.count->where,
        fmt::format("{}: 'count' takes a whole number from 0 to {}, not {}", block.name,
                    kMostInstances,
                    count.is_integer() && !count.is_secret() ? std::to_string(count.as_integer())
                                                             : kind_name(count.kind())),
        count.is_unknown() ? kFromFileAlone : "");
  if (block.condition && refers_to_instance(*block.condition))
    return add(
        block.condition->where,
        fmt::format("{}: 'if' cannot look at 'index', or the list would have holes", block.name),
        "use for_each with a list: [for x in xs : x if ...]");
  if (!find_shared(work)) return;
  for (std::int64_t i = 0; i < count.as_integer(); ++i) {
    work.scope.set_index(i);
    // One mistake in a block says it for all its instances.
    if (!instance(work, {.name = block.name, .key = i})) return;
  }
}

bool Expander::each_entries(const ResourceBlock& block, const Value& each,
                            std::vector<ValueMap::Entry>& entries) {
  const SourceLocation& where = block.for_each->where;
  const auto wrong = [&](const std::string& found, const std::string& hint) {
    add(where, fmt::format("{}: 'for_each' takes a map or a list of texts{}", block.name, found),
        hint);
    return false;
  };
  if (each.is_map()) {
    entries.assign(each.as_map().begin(), each.as_map().end());
  } else if (each.is_list()) {
    for (const Value& item : each.as_list()) {
      if (!item.is_string())
        return wrong(fmt::format("; this list holds {}", kind_name(item.kind())),
                     item.is_unknown() ? "keys must be known from the file alone"
                                       : "use tostring(), or 'count'");
      entries.emplace_back(item.as_string(), item);
    }
  } else {
    return wrong(fmt::format(", not {}", kind_name(each.kind())),
                 each.is_unknown() ? kFromFileAlone : "");
  }
  const bool secret =
      each.is_secret() || (each.is_list() && each.has_secret());  // values of a map may be secret
  if (!secret) return true;
  add(where,
      fmt::format("{}: the keys of 'for_each' are secret, and addresses show them", block.name),
      "use nonsensitive() if they may be seen");
  return false;
}

void Expander::expand_each(Work& work) {
  const ResourceBlock& block = work.block;
  const auto each = known(*block.for_each, work.scope);
  if (!each || already_told(*block.for_each, *each)) return;
  std::vector<ValueMap::Entry> entries;
  if (!each_entries(block, *each, entries)) return;
  const auto key_of = [](const ValueMap::Entry& entry) -> const std::string& {
    return entry.first;
  };
  std::ranges::sort(entries, {}, key_of);
  const auto twice = std::ranges::adjacent_find(entries, {}, key_of);
  if (twice != entries.end())
    return add(
        block.for_each->where,
        fmt::format("{}: 'for_each' has \"{}\" twice", block.name, escape_control(twice->first)),
        "use distinct()");
  if (!find_shared(work)) return;
  for (const auto& [key, value] : entries) {
    work.scope.set_each(Value(key), value);
    const std::size_t before = work.resources.size();
    if (!instance(work, {.name = block.name, .key = key})) return;
    if (work.resources.size() == before) continue;
    work.resources.back().each_key = Value(key);
    work.resources.back().each_value = value;
  }
}

}  // namespace jim::detail
