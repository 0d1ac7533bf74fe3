#include "core/config/expand.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/base/text.h"
#include "core/config/check_attributes.h"
#include "core/config/file_scope.h"
#include "core/graph/graph.h"

namespace jim {

namespace {

constexpr std::int64_t kMostInstances = 200'000;

Diagnostic wrong(const std::string& message, const std::string& hint, const SourceLocation& where) {
  return {.code = ErrorCode::invalid_config, .message = message, .hint = hint, .where = where};
}

/// What one instance's expressions see: its own each/index, then resources, then var and env.
class InstanceScope : public Scope {
 public:
  InstanceScope(const Scope& outer, const std::map<std::string, Value>& first,
                const std::map<std::string, Value>& second)
      : outer_(outer), first_(first), second_(second) {}

  void set_index(std::int64_t index) {
    index_ = Value(index);
    has_index_ = true;
  }
  void set_each(const Value& key, const Value& value) {
    ValueMap each;
    each.set("key", key);
    each.set("value", value);
    each_ = Value(std::move(each));
    has_each_ = true;
  }

  const Value* lookup(std::string_view name) const override {
    if (has_index_ && name == "index") return &index_;
    if (has_each_ && name == "each") return &each_;
    const std::string text(name);
    if (const auto found = first_.find(text); found != first_.end()) return &found->second;
    if (const auto found = second_.find(text); found != second_.end()) return &found->second;
    return outer_.lookup(name);
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all = outer_.names();
    for (const auto& [name, value] : first_) all.push_back(name);
    for (const auto& [name, value] : second_) all.push_back(name);
    if (has_index_) all.push_back("index");
    if (has_each_) all.push_back("each");
    return all;
  }
  Result<std::string> read_file(const std::string& path) const override {
    return outer_.read_file(path);
  }

 private:
  const Scope& outer_;
  const std::map<std::string, Value>& first_;
  const std::map<std::string, Value>& second_;
  Value index_ = {};
  Value each_ = {};
  bool has_index_ = false;
  bool has_each_ = false;
};

const std::map<std::string, Value> kNoValues = {};

}  // namespace

struct Expansion::Inner {
  const Config& config;
  std::shared_ptr<const FileScope> scope;
  std::unordered_map<std::string, std::vector<std::string>> needs = {};
  std::map<std::string, Value> values = {};  ///< of blocks that others look at, with unknowns
};

namespace {

/// An attribute of a block, with what its value hangs on.
struct Part {
  const ConfigAttribute* written = nullptr;
  const Attribute* attribute = nullptr;
  bool per_instance = false;
};

class Expander {
 public:
  Expander(const Config& config, const std::map<std::string, const ResourceType*>& types,
           const Files& files, const Surroundings& surroundings, Diagnostics& diagnostics)
      : config_(config),
        types_(types),
        diagnostics_(diagnostics),
        inner_(std::make_shared<Expansion::Inner>(Expansion::Inner{
            .config = config,
            .scope = std::make_shared<FileScope>(config, files, surroundings, diagnostics)})) {}

  /// Fills `resources` and `order`.
  void run(std::vector<Desired>& resources, std::vector<std::string>& order) {
    for (std::size_t i = 0; i < config_.resources.size(); ++i)
      index_[config_.resources[i].name] = i;
    for (const ResourceBlock& block : config_.resources) find_needs(block);
    check_outputs();
    const Order sorted = order_by_need(edges_);
    if (!sorted.cycle.empty()) return report_cycle(sorted.cycle);
    for (const std::size_t i : sorted.order) {
      order.push_back(config_.resources[i].name);
      expand_block(config_.resources[i], resources);
    }
    evaluate_outputs();
  }

  std::shared_ptr<const Expansion::Inner> inner() const { return inner_; }

 private:
  void add(Diagnostic found) { diagnostics_.push_back(std::move(found)); }

  const ResourceType* type_of(const ResourceBlock& block) const {
    const auto found = types_.find(block.type);
    return found == types_.end() ? nullptr : found->second;
  }

  // --- who needs whom ---

  void find_needs(const ResourceBlock& block) {
    std::vector<Reference> references;
    for (const ConfigAttribute& attribute : block.attributes)
      attribute.value.collect_references(references);
    for (const auto* value : {&block.count, &block.for_each, &block.condition, &block.protect,
                              &block.keep})
      if (*value) (*value)->collect_references(references);
    std::set<std::string> names;
    for (const Reference& reference : references) {
      if (!check_reference(&block, reference)) continue;
      if (index_.contains(reference.root)) {
        names.insert(reference.root);
        places_.emplace(std::pair(block.name, reference.root), reference.where);
        referred_.insert(reference.root);
      }
    }
    for (std::size_t i = 0; i < block.needs.size(); ++i) {
      const std::string& name = block.needs[i];
      if (!index_.contains(name)) {
        const auto near = did_you_mean(name, block_names());
        add(wrong(block.name + ": 'needs' names '" + escape_control(name) +
                      "', which is no resource of this file",
                  near ? "did you mean '" + *near + "'?" : "", block.needs_where[i]));
        continue;
      }
      names.insert(name);
      places_.emplace(std::pair(block.name, name), block.needs_where[i]);
    }
    std::vector<std::size_t> edges;
    for (const std::string& name : names) edges.push_back(index_[name]);
    edges_.push_back(std::move(edges));
    inner_->needs[block.name] = std::vector<std::string>(names.begin(), names.end());
  }

  std::vector<std::string> block_names() const {
    std::vector<std::string> names;
    for (const ResourceBlock& block : config_.resources) names.push_back(block.name);
    return names;
  }

  /// Says false (and why) when the reference leads nowhere. `block` is null for outputs.
  bool check_reference(const ResourceBlock* block, const Reference& reference) {
    const std::string& root = reference.root;
    if (root == "var" || root == "env") return true;
    if (root == "index" || root == "each") {
      const bool fits = block != nullptr &&
                        (root == "index" ? block->count.has_value() : block->for_each.has_value());
      if (fits) return true;
      const std::string key = root == "index" ? "count" : "for_each";
      add(wrong("'" + root + "' has a meaning only in a resource with '" + key + "'",
                "add '" + key + "', or take it away", reference.where));
      return false;
    }
    const auto target = index_.find(root);
    if (target == index_.end()) {
      std::vector<std::string> names = block_names();
      names.insert(names.end(), {"var", "env", "index", "each"});
      const auto near = did_you_mean(root, names);
      add(wrong("nothing here is called '" + escape_control(root) + "'",
                near ? "did you mean '" + *near + "'?"
                     : "expressions can use var, env and the names of resources",
                reference.where));
      return false;
    }
    return check_steps(config_.resources[target->second], reference);
  }

  bool check_steps(const ResourceBlock& target, const Reference& reference) {
    const ResourceType* type = type_of(target);
    const bool many = target.count || target.for_each;
    const std::size_t at = many ? 1 : 0;
    if (many && !reference.steps.empty()) {
      const std::string& first = reference.steps[0];
      const bool keyed = type != nullptr && !target.for_each && first != "*" &&
                         first.find_first_not_of("0123456789") != std::string::npos;
      if (keyed) {
        add(wrong("'" + target.name + "' has 'count', so it is a list: '" + first +
                      "' needs an index before it",
                  "write " + target.name + "[0]." + first + ", or " + target.name + "[*]." + first +
                      " for all of them",
                  reference.where));
        return false;
      }
    }
    if (type == nullptr || reference.steps.size() <= at) return true;
    const std::string& name = reference.steps[at];
    if (!many && (name == "*" || (!name.empty() && name.find_first_not_of("0123456789") ==
                                                        std::string::npos))) {
      add(wrong("'" + target.name + "' has neither 'count' nor 'for_each', so it has no [" + name + "]",
                "write " + target.name + ".ATTRIBUTE", reference.where));
      return false;
    }
    if (name == "id" || type->attribute(name) != nullptr) return true;
    std::vector<std::string> names = {"id"};
    for (const Attribute& attribute : type->attributes) names.push_back(attribute.name);
    const auto near = did_you_mean(name, names);
    add(wrong(target.name + " (" + type->name + ") has no attribute '" + escape_control(name) + "'",
              near ? "did you mean '" + *near + "'?"
                   : "'jim explain " + type->name + "' lists them all",
              reference.where));
    return false;
  }

  void report_cycle(const std::vector<std::size_t>& cycle) {
    std::vector<std::string> names;
    for (const std::size_t i : cycle) names.push_back(config_.resources[i].name);
    names.push_back(names.front());
    std::vector<std::string> hops;
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
      const SourceLocation& where = places_[{names[i], names[i + 1]}];
      hops.push_back(names[i] + " needs " + names[i + 1] + " (" + where.file + ":" +
                     std::to_string(where.line) + ")");
    }
    const bool self = names.size() == 2;
    add(wrong(self ? "resource '" + names[0] + "' needs itself"
                   : "these resources need each other in a circle: " + join(names, " -> "),
              self ? "take the reference to itself away" : join(hops, ", ") + "; one of them has to go",
              places_[{names[0], names[1]}]));
  }

  // --- blocks to resources ---

  void expand_block(const ResourceBlock& block, std::vector<Desired>& resources) {
    const ResourceType* type = type_of(block);
    if (type == nullptr) return unknown_type(block);
    check_names(block, *type, diagnostics_);
    std::vector<Part> parts;
    for (const ConfigAttribute& written : block.attributes) {
      const Attribute* attribute = type->attribute(written.name);
      if (attribute == nullptr || (attribute->computed && !attribute->optional_computed)) continue;
      std::vector<Reference> references;
      written.value.collect_references(references);
      const bool per_instance =
          std::any_of(references.begin(), references.end(), [](const Reference& reference) {
            return reference.root == "index" || reference.root == "each";
          });
      parts.push_back({.written = &written, .attribute = attribute, .per_instance = per_instance});
    }
    InstanceScope scope(*inner_->scope, inner_->values, kNoValues);
    const std::size_t first = resources.size();
    if (block.count) {
      expand_count(block, *type, parts, scope, resources);
    } else if (block.for_each) {
      expand_each(block, *type, parts, scope, resources);
    } else {
      ValueMap shared;
      if (shared_values(block, *type, parts, scope, shared))
        instance(block, *type, parts, scope, shared, {.name = block.name}, resources);
    }
    if (!referred_.contains(block.name)) return;
    std::vector<std::pair<Address, ValueMap>> instances;
    for (std::size_t i = first; i < resources.size(); ++i)
      instances.emplace_back(resources[i].address, seen_as(resources[i]));
    inner_->values[block.name] = Expansion::block_value(block, instances);
  }

  void unknown_type(const ResourceBlock& block) {
    if (block.type.empty()) return;
    const std::string provider = block.type.substr(0, block.type.find('.'));
    const bool listed = std::any_of(config_.providers.begin(), config_.providers.end(),
                                    [&](const ProviderBlock& one) { return one.name == provider; });
    std::vector<std::string> names;
    for (const auto& [name, type] : types_) names.push_back(name);
    const auto near = did_you_mean(block.type, names);
    std::string hint;
    if (near) {
      hint = "did you mean '" + *near + "'?";
    } else if (!listed && block.type.find('.') != std::string::npos) {
      hint = "add '" + escape_control(provider) + "' to 'providers'; 'jim provider list' shows all";
    } else if (listed) {
      hint = "'jim explain " + escape_control(provider) + "' lists its types";
    } else {
      hint = "a type is written PROVIDER.TYPE, such as latitude.server";
    }
    add(wrong(block.name + ": unknown type '" + escape_control(block.type) + "'", hint,
              block.type_where));
  }

  /// Evaluates what is the same for all instances; false when something in it is wrong.
  bool shared_values(const ResourceBlock& block, const ResourceType& type,
                     const std::vector<Part>& parts, const Scope& scope, ValueMap& shared) {
    bool good = true;
    for (const Attribute& attribute : type.attributes)
      if (attribute.default_value)
        shared.set(attribute.name, attribute.secret ? attribute.default_value->as_secret()
                                                    : *attribute.default_value);
    for (const Part& part : parts)
      if (!part.per_instance && !put(block.name, part, scope, shared)) good = false;
    return good;
  }

  bool put(const std::string& resource, const Part& part, const Scope& scope, ValueMap& into) {
    auto value = part.written->value.evaluate(scope);
    if (!value) {
      add(value.error());
      return false;
    }
    auto checked = check_value(resource, *part.attribute, *value, part.written->value.where);
    if (!checked) {
      add(checked.error());
      return false;
    }
    into.set(part.attribute->name, std::move(*checked));
    return true;
  }

  /// A flag of the block (`if`, `protect`, `keep`); false as well when it is wrong.
  bool flag(const ResourceBlock& block, const std::optional<ConfigValue>& value, const char* name,
            bool fallback, const Scope& scope, bool& good) {
    if (!value) return fallback;
    const auto result = value->evaluate(scope);
    if (!result) {
      add(result.error());
      good = false;
      return fallback;
    }
    if (result->is_bool()) return result->as_bool();
    good = false;
    add(wrong(block.name + ": '" + name + "' takes true or false, not " +
                  kind_name(result->kind()),
              result->is_unknown() ? "it must be known from the file alone" : "", value->where));
    return fallback;
  }

  bool instance(const ResourceBlock& block, const ResourceType& type,
                const std::vector<Part>& parts, const Scope& scope, const ValueMap& shared,
                Address address, std::vector<Desired>& resources) {
    bool good = true;
    if (!flag(block, block.condition, "if", true, scope, good)) return good;
    Desired desired = {.address = std::move(address), .block = &block, .type = &type};
    desired.protect = flag(block, block.protect, "protect", false, scope, good);
    desired.keep = flag(block, block.keep, "keep", false, scope, good);
    desired.attributes = shared;
    for (const Part& part : parts)
      if (part.per_instance && !put(desired.address.text(), part, scope, desired.attributes))
        good = false;
    if (good) resources.push_back(std::move(desired));
    return good;
  }

  void expand_count(const ResourceBlock& block, const ResourceType& type,
                    const std::vector<Part>& parts, InstanceScope& scope,
                    std::vector<Desired>& resources) {
    const auto count = block.count->evaluate(scope);
    if (!count) return add(count.error());
    if (!count->is_integer() || count->as_integer() < 0 || count->as_integer() > kMostInstances)
      return add(wrong(block.name + ": 'count' takes a whole number from 0 to " +
                           std::to_string(kMostInstances) + ", not " +
                           (count->is_integer() && !count->is_secret()
                                ? std::to_string(count->as_integer())
                                : kind_name(count->kind())),
                       count->is_unknown() ? "it must be known from the file alone" : "",
                       block.count->where));
    ValueMap shared;
    if (!shared_values(block, type, parts, scope, shared)) return;
    for (std::int64_t i = 0; i < count->as_integer(); ++i) {
      scope.set_index(i);
      // One mistake in a block says it for all its instances.
      if (!instance(block, type, parts, scope, shared, {.name = block.name, .key = i}, resources))
        return;
    }
  }

  void expand_each(const ResourceBlock& block, const ResourceType& type,
                   const std::vector<Part>& parts, InstanceScope& scope,
                   std::vector<Desired>& resources) {
    const auto each = block.for_each->evaluate(scope);
    if (!each) return add(each.error());
    std::vector<std::pair<std::string, Value>> keys;
    if (each->is_map()) {
      for (const auto& [key, value] : each->as_map()) keys.emplace_back(key, value);
    } else if (each->is_list()) {
      for (const Value& item : each->as_list()) {
        if (!item.is_string())
          return add(wrong(block.name + ": 'for_each' takes a map or a list of texts; this list holds " +
                               kind_name(item.kind()),
                           item.is_unknown() ? "keys must be known from the file alone"
                                             : "use tostring(), or 'count'",
                           block.for_each->where));
        keys.emplace_back(item.as_string(), item);
      }
    } else {
      return add(wrong(block.name + ": 'for_each' takes a map or a list of texts, not " +
                           kind_name(each->kind()),
                       each->is_unknown() ? "it must be known from the file alone" : "",
                       block.for_each->where));
    }
    std::sort(keys.begin(), keys.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto twice = std::adjacent_find(
        keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != keys.end())
      return add(wrong(block.name + ": 'for_each' has \"" + escape_control(twice->first) + "\" twice",
                       "use distinct()", block.for_each->where));
    ValueMap shared;
    if (!shared_values(block, type, parts, scope, shared)) return;
    for (const auto& [key, value] : keys) {
      scope.set_each(Value(key), value);
      const std::size_t before = resources.size();
      if (!instance(block, type, parts, scope, shared, {.name = block.name, .key = key}, resources))
        return;
      if (resources.size() > before) {
        resources.back().each_key = Value(key);
        resources.back().each_value = value;
      }
    }
  }

  static ValueMap seen_as(const Desired& desired) {
    ValueMap seen = desired.attributes;
    for (const Attribute& attribute : desired.type->attributes)
      if (!seen.contains(attribute.name))
        seen.set(attribute.name, attribute.computed || attribute.optional_computed
                                     ? Value::unknown()
                                     : Value());
    seen.set("id", Value::unknown());
    return seen;
  }

  // --- outputs ---

  void check_outputs() {
    std::vector<Reference> references;
    for (const OutputBlock& output : config_.outputs) output.value.collect_references(references);
    for (const Reference& reference : references)
      if (check_reference(nullptr, reference) && index_.contains(reference.root))
        referred_.insert(reference.root);
  }

  void evaluate_outputs() {
    const InstanceScope scope(*inner_->scope, inner_->values, kNoValues);
    for (const Diagnostic& found : diagnostics_)
      if (found.severity == Severity::error) return;
    for (const OutputBlock& output : config_.outputs)
      if (auto value = output.value.evaluate(scope); !value) add(value.error());
  }

  const Config& config_;
  const std::map<std::string, const ResourceType*>& types_;
  Diagnostics& diagnostics_;
  std::shared_ptr<Expansion::Inner> inner_;
  std::unordered_map<std::string, std::size_t> index_ = {};
  std::vector<std::vector<std::size_t>> edges_ = {};
  std::map<std::pair<std::string, std::string>, SourceLocation> places_ = {};
  std::set<std::string> referred_ = {};
};

}  // namespace

const std::vector<std::string>& Expansion::needs(const std::string& block) const {
  static const std::vector<std::string> kNone = {};
  const auto found = inner_->needs.find(block);
  return found == inner_->needs.end() ? kNone : found->second;
}

Result<ValueMap> Expansion::evaluate(const Desired& resource,
                                     const std::map<std::string, Value>& values) const {
  InstanceScope scope(*inner_->scope, values, inner_->values);
  if (const auto* index = std::get_if<std::int64_t>(&resource.address.key)) scope.set_index(*index);
  if (resource.address.key.index() == 2) scope.set_each(resource.each_key, resource.each_value);
  ValueMap attributes = resource.attributes;
  for (const ConfigAttribute& written : resource.block->attributes) {
    const Value* before = resource.attributes.find(written.name);
    if (before == nullptr || !before->has_unknown()) continue;
    auto value = written.value.evaluate(scope);
    if (!value) return value.error();
    auto checked = check_value(resource.address.text(), *resource.type->attribute(written.name),
                               *value, written.value.where);
    if (!checked) return checked.error();
    attributes.set(written.name, std::move(*checked));
  }
  return attributes;
}

Result<ValueMap> Expansion::outputs(const std::map<std::string, Value>& values) const {
  const InstanceScope scope(*inner_->scope, values, inner_->values);
  ValueMap outputs;
  for (const OutputBlock& output : inner_->config.outputs) {
    auto value = output.value.evaluate(scope);
    if (!value) return value.error();
    outputs.set(output.name, std::move(*value));
  }
  return outputs;
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
  Expander expander(config, types, files, surroundings, diagnostics);
  expander.run(expansion.resources_, expansion.order_);
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
    if (!value) {
      diagnostics.push_back(value.error());
      good = false;
      continue;
    }
    settings.set(setting.name, std::move(*value));
  }
  if (!good) return std::nullopt;
  return settings;
}

}  // namespace jim
