#include "core/config/expand.h"

#include <algorithm>
#include <set>

#include "core/config/check_attributes.h"
#include "core/config/expander.h"
#include "core/graph/graph.h"
#include "core/value/redact.h"

namespace jim {

namespace detail {

namespace {

const std::map<std::string, Value> kNoValues = {};

}  // namespace

Expander::Expander(const Config& config, const std::map<std::string, const ResourceType*>& types,
                   const Files& files, const Surroundings& surroundings, Diagnostics& diagnostics)
    : config_(config),
      types_(types),
      diagnostics_(diagnostics),
      inner_(std::make_shared<Expansion::Inner>(Expansion::Inner{
          .config = config,
          .scope = std::make_shared<FileScope>(config, files, surroundings, diagnostics)})) {}

void Expander::run(std::vector<Desired>& resources, std::vector<std::string>& order) {
  for (std::size_t i = 0; i < config_.resources.size(); ++i) index_[config_.resources[i].name] = i;
  for (const ResourceBlock& block : config_.resources) find_needs(block);
  check_old_names();
  check_outputs();
  const Order sorted = order_by_need(edges_);
  if (!sorted.cycle.empty()) {
    report_cycle(sorted.cycle);
    for (const ResourceBlock& block : config_.resources) check_block(block);
    return;
  }
  for (const std::size_t i : sorted.order) {
    order.push_back(config_.resources[i].name);
    expand_block(config_.resources[i], resources);
  }
  evaluate_outputs();
}

void Expander::add(const SourceLocation& where, const std::string& message,
                   const std::string& hint) {
  diagnostics_.push_back(
      {.code = ErrorCode::invalid_config, .message = message, .hint = hint, .where = where});
}

const ResourceType* Expander::type_of(const ResourceBlock& block) const {
  const auto found = types_.find(block.type);
  return found == types_.end() ? nullptr : found->second;
}

void Expander::evaluate_outputs() {
  const InstanceScope scope(*inner_->scope, inner_->values, kNoValues);
  for (const OutputBlock& output : config_.outputs) {
    if (lost_.contains(&output.value)) continue;
    const auto value = output.value.evaluate(scope);
    if (!value) diagnostics_.push_back(value.error());
    if (value && !is_text(*value))
      diagnostics_.push_back(not_text("output '" + output.name + "'", output.value.where));
  }
}

}  // namespace detail

const std::vector<std::string>& Expansion::needs(const std::string& block) const {
  static const std::vector<std::string> kNone = {};
  const auto found = inner_->needs.find(block);
  return found == inner_->needs.end() ? kNone : found->second;
}

Expansion Expansion::with(std::vector<Desired> resources,
                          const std::map<std::string, std::set<std::string>>& needs) const {
  auto inner = std::make_shared<Inner>(*inner_);
  for (const auto& [name, names] : needs) inner->needs[name] = {names.begin(), names.end()};
  std::vector<std::string> names = order_;
  for (const auto& [name, unused] : needs)
    if (std::find(order_.begin(), order_.end(), name) == order_.end()) names.push_back(name);
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < names.size(); ++i) index[names[i]] = i;
  Order sorted;
  do {
    std::vector<std::vector<std::size_t>> edges(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      for (const std::string& need : inner->needs[names[i]])
        if (const auto found = index.find(need); found != index.end() && found->second != i)
          edges[i].push_back(found->second);
    sorted = order_by_need(edges);
    if (!sorted.cycle.empty())
      std::erase(inner->needs[names[sorted.cycle.back()]], names[sorted.cycle.front()]);
  } while (!sorted.cycle.empty());

  inner->absent.emplace();
  for (const ResourceBlock& block : inner->config.resources) {
    const bool present = std::any_of(resources.begin(), resources.end(), [&](const Desired& one) {
      return one.address.name == block.name;
    });
    if (!present) inner->absent->emplace(block.name, block_value(block, {}));
  }
  Expansion other;
  std::map<std::string, std::size_t> rank;
  for (const std::size_t i : sorted.order) {
    rank[names[i]] = other.order_.size();
    other.order_.push_back(names[i]);
  }
  std::stable_sort(resources.begin(), resources.end(), [&](const Desired& a, const Desired& b) {
    if (a.address.name != b.address.name) return rank[a.address.name] < rank[b.address.name];
    return a.address < b.address;
  });
  other.resources_ = std::move(resources);
  other.inner_ = std::move(inner);
  return other;
}

std::vector<std::string> Expansion::secrets() const {
  std::vector<Reference> references;
  for (const ResourceBlock& block : inner_->config.resources)
    for (const ConfigAttribute& attribute : block.attributes)
      attribute.value.collect_references(references);
  std::vector<std::string> texts;
  if (const Value* variables = inner_->scope->lookup("var")) collect_secrets(*variables, texts);
  const Value* environment = inner_->scope->lookup("env");
  for (const Reference& reference : references) {
    if (environment == nullptr || reference.root != "env" || reference.steps.empty()) continue;
    if (const Value* value = environment->get(reference.steps.front()))
      collect_secrets(value->as_secret(), texts);
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

Result<ValueMap> Expansion::evaluate(const Desired& resource,
                                     const std::map<std::string, Value>& values) const {
  detail::InstanceScope scope(*inner_->scope, values, inner_->values);
  if (const auto* index = std::get_if<std::int64_t>(&resource.address.key)) scope.set_index(*index);
  if (resource.address.key.index() == 2) scope.set_each(resource.each_key, resource.each_value);
  ValueMap attributes = resource.attributes;
  for (const ConfigAttribute& written : resource.block->attributes) {
    const Value* before = resource.attributes.find(written.name);
    if (before == nullptr || !before->has_unknown()) continue;
    auto value = written.value.evaluate(scope);
    const Attribute& attribute = *resource.type->attribute(written.name);
    if (!value) return mistake_in(attribute, value.error());
    auto checked = check_value(resource.address.text(), attribute, *value, written.value.where);
    if (!checked) return checked.error();
    attributes.set(written.name, std::move(*checked));
  }
  return attributes;
}

Result<ValueMap> Expansion::outputs(const std::map<std::string, Value>& values) const {
  std::map<std::string, Value> present = values;
  if (inner_->absent) present.insert(inner_->absent->begin(), inner_->absent->end());
  const detail::InstanceScope scope(*inner_->scope, present, inner_->values);
  ValueMap outputs;
  for (const OutputBlock& output : inner_->config.outputs) {
    auto value = output.value.evaluate(scope);
    if (!value && inner_->absent) continue;  // what it looks at is not there
    if (!value) return value.error();
    outputs.set(output.name, std::move(*value));
  }
  return outputs;
}

Guards Expansion::guards(const ResourceBlock& block, const Address& vanished) const {
  const std::map<std::string, Value> none;
  detail::InstanceScope scope(*inner_->scope, inner_->values, none);
  if (const auto* index = std::get_if<std::int64_t>(&vanished.key)) scope.set_index(*index);
  if (const auto* each = std::get_if<std::string>(&vanished.key)) scope.set_each(*each, Value());
  const auto said = [&](const std::optional<ConfigValue>& flag) -> std::optional<bool> {
    if (!flag) return false;
    const auto value = flag->evaluate(scope);
    return value && value->is_bool() ? std::optional(value->as_bool()) : std::nullopt;
  };
  return {.protect = said(block.protect), .keep = said(block.keep)};
}

std::vector<std::string> Expansion::output_needs(const std::string& output) const {
  std::vector<Reference> references;
  for (const OutputBlock& one : inner_->config.outputs)
    if (one.name == output) one.value.collect_references(references);
  std::set<std::string> names;
  for (const Reference& reference : references)
    if (inner_->needs.contains(reference.root)) names.insert(reference.root);
  return {names.begin(), names.end()};
}

Value Expansion::block_value(const ResourceBlock& block,
                             const std::vector<std::pair<Address, ValueMap>>& instances) {
  if (block.count) {
    ValueList list;
    list.reserve(instances.size());
    for (const auto& [address, attributes] : instances) list.push_back(Value(attributes));
    return Value(std::move(list));
  }
  if (block.for_each) {
    ValueMap map;
    for (const auto& [address, attributes] : instances)
      map.set(std::get<std::string>(address.key), Value(attributes));
    return Value(std::move(map));
  }
  return instances.empty() ? Value() : Value(instances.front().second);
}

std::optional<Expansion> expand(const Config& config,
                                const std::map<std::string, const ResourceType*>& types,
                                const Files& files, const Surroundings& surroundings,
                                Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  Expansion expansion;
  detail::Expander expander(config, types, files, surroundings, diagnostics);
  expander.run(expansion.resources_, expansion.order_);
  expander.stop_counting();
  expansion.inner_ = expander.inner();
  for (std::size_t i = before; i < diagnostics.size(); ++i)
    if (diagnostics[i].severity == Severity::error) return std::nullopt;
  return expansion;
}

std::optional<ValueMap> provider_settings(const Config& config, const ProviderBlock& block,
                                          const Files& files, const Surroundings& surroundings,
                                          Diagnostics& diagnostics) {
  const FileScope scope(config, files, surroundings, diagnostics);
  ValueMap settings;
  bool good = true;
  for (const ConfigAttribute& setting : block.settings) {
    auto value = setting.value.evaluate(scope);
    if (!value) diagnostics.push_back(value.error());
    // Only a mistake in the file makes a setting unknown, and that was told where it stands.
    good = good && value && !value->has_unknown();
    if (good) settings.set(setting.name, std::move(*value));
  }
  if (!good) return std::nullopt;
  return settings;
}

}  // namespace jim
