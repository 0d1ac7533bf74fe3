#include <fmt/format.h>

#include "core/base/text.h"
#include "core/config/expander.h"

namespace jim::detail {

namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

void Expander::find_needs(const ResourceBlock& block) {
  std::set<std::string> names;
  for (const ConfigAttribute& attribute : block.attributes)
    find_references(&block, attribute.value, names);
  for (const auto* value :
       {&block.count, &block.for_each, &block.condition, &block.protect, &block.keep})
    if (*value) find_references(&block, **value, names);
  find_named_needs(block, names);
  std::vector<std::size_t>& edges = edges_.emplace_back();
  for (const std::string& name : names) edges.push_back(index_[name]);
  inner_->needs[block.name] = std::vector<std::string>(names.begin(), names.end());
}

void Expander::find_references(const ResourceBlock* block, const ConfigValue& value,
                               std::set<std::string>& names) {
  std::vector<Reference> references;
  value.collect_references(references);
  for (const Reference& reference : references) {
    if (!check_reference(block, reference)) {
      lost_.insert(&value);
    } else if (index_.contains(reference.root)) {
      names.insert(reference.root);
      referred_.insert(reference.root);
      if (block != nullptr)
        places_.emplace(std::pair(block->name, reference.root), reference.where);
    }
  }
}

void Expander::find_named_needs(const ResourceBlock& block, std::set<std::string>& names) {
  for (std::size_t i = 0; i < block.needs.size(); ++i) {
    const std::string& name = block.needs[i];
    if (index_.contains(name)) {
      names.insert(name);
      places_.emplace(std::pair(block.name, name), block.needs_where[i]);
      continue;
    }
    const auto near = did_you_mean(name, block_names());
    add(block.needs_where[i],
        fmt::format("{}: 'needs' names '{}', which is no resource of this file", block.name,
                    escape_control(name)),
        near ? fmt::format("did you mean '{}'?", *near) : "");
  }
}

std::vector<std::string> Expander::block_names() const {
  std::vector<std::string> names;
  for (const ResourceBlock& block : config_.resources) names.push_back(block.name);
  return names;
}

bool Expander::check_reference(const ResourceBlock* block, const Reference& reference) {
  const std::string& root = reference.root;
  if (root == "var" || root == "env") return true;
  if (root == "index" || root == "each") return check_instance_name(block, reference);
  if (const auto target = index_.find(root); target != index_.end())
    return check_steps(config_.resources[target->second], reference);
  std::vector<std::string> names = block_names();
  names.insert(names.end(), {"var", "env", "index", "each"});
  // Terraform's names for what stands elsewhere here.
  const std::string hint = root == "count" ? "the number of a counted resource is ${index}"
                           : root == "local"
                               ? "a value of your own stands under 'vars': ${var.name}"
                               : name_hint(root, names);
  add(reference.where, fmt::format("nothing here is called '{}'", escape_control(root)),
      hint.empty() ? "expressions can use var, env and the names of resources" : hint);
  return false;
}

bool Expander::check_instance_name(const ResourceBlock* block, const Reference& reference) {
  const std::string& root = reference.root;
  if (block != nullptr && (root == "index" ? block->count : block->for_each)) {
    if (root == "index" || reference.steps.empty() || reference.steps[0] == "key" ||
        reference.steps[0] == "value")
      return true;
    add(reference.where, fmt::format("'each' has no '{}'", escape_control(reference.steps[0])),
        "it has each.key and each.value");
    return false;
  }
  add(reference.where,
      fmt::format("'{}' has a meaning only in a resource with '{}'", root,
                  root == "index" ? "count" : "for_each"),
      fmt::format("add '{}', or take it away", root == "index" ? "count" : "for_each"));
  return false;
}

bool Expander::check_steps(const ResourceBlock& target, const Reference& reference) {
  const ResourceType* type = type_of(target);
  if (type == nullptr || target.broken || reference.steps.empty()) return true;
  const std::string& first = reference.steps[0];
  if (!target.count && !target.for_each) {
    if (first != "*" && !is_number(first))
      return check_attribute(target, *type, first, reference.where);
    add(reference.where,
        fmt::format("'{}' has neither 'count' nor 'for_each', so it has no [{}]", target.name,
                    first),
        fmt::format("write {}.ATTRIBUTE", target.name));
    return false;
  }
  if (target.count && first != "*" && !is_number(first)) {
    add(reference.where,
        fmt::format("'{}' has 'count', so it is a list: '{}' needs an index before it", target.name,
                    first),
        fmt::format("write {0}[0].{1}, or {0}[*].{1} for all of them", target.name, first));
    return false;
  }
  return reference.steps.size() < 2 ||
         check_attribute(target, *type, reference.steps[1], reference.where);
}

bool Expander::check_attribute(const ResourceBlock& target, const ResourceType& type,
                               const std::string& name, const SourceLocation& where) {
  if (name == "id" || type.attribute(name) != nullptr) return true;
  std::vector<std::string> names = {"id"};
  for (const Attribute& attribute : type.attributes) names.push_back(attribute.name);
  const auto near = did_you_mean(name, names);
  add(where,
      fmt::format("{} ({}) has no attribute '{}'", target.name, type.name, escape_control(name)),
      near ? fmt::format("did you mean '{}'?", *near)
           : fmt::format("'jim explain {}' lists them all", type.name));
  return false;
}

void Expander::check_old_names() {
  std::map<std::string, std::string> owners;
  for (const ResourceBlock& block : config_.resources) {
    if (block.was.empty()) continue;
    const auto [owner, fresh] = owners.emplace(block.was, block.name);
    if (index_.contains(block.was))
      add(block.was_where,
          fmt::format("{}: 'was' names '{}', which this file still has", block.name,
                      escape_control(block.was)),
          "take 'was' away, or the resource that bears the old name");
    else if (!fresh)
      add(block.was_where,
          fmt::format("{}: 'was' names '{}', and so does '{}'", block.name,
                      escape_control(block.was), owner->second),
          "only one resource can go on under a new name");
  }
}

void Expander::report_cycle(const std::vector<std::size_t>& cycle) {
  std::vector<std::string> names;
  names.reserve(cycle.size() + 1);
  for (const std::size_t i : cycle) names.push_back(config_.resources[i].name);
  names.push_back(names.front());
  const SourceLocation& start = places_[{names[0], names[1]}];
  if (names.size() == 2)
    return add(start, fmt::format("resource '{}' needs itself", names[0]),
               "take the reference to itself away");
  std::vector<std::string> hops;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const SourceLocation& where = places_[{names[i], names[i + 1]}];
    hops.push_back(
        fmt::format("{} needs {} ({}:{})", names[i], names[i + 1], where.file, where.line));
  }
  add(start, fmt::format("these resources need each other in a circle: {}", join(names, " -> ")),
      fmt::format("{}; one of them has to go", join(hops, ", ")));
}

void Expander::check_outputs() {
  std::set<std::string> names;
  for (const OutputBlock& output : config_.outputs) find_references(nullptr, output.value, names);
}

}  // namespace jim::detail
