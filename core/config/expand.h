#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "core/resource/address.h"
#include "core/resource/resource_type.h"

namespace jim {

/// One resource that should exist.
struct Desired {
  Address address = {};
  const ResourceBlock* block = nullptr;
  const ResourceType* type = nullptr;
  /// What the file sets plus defaults, converted to the types; may hold unknowns that only other
  /// resources know.
  ValueMap attributes = {};
  Value each_key = {};  ///< for_each: key and value; count: null
  Value each_value = {};
  bool protect = false;
  bool keep = false;
};

/// `protect` and `keep` of an instance; nullopt: the file alone does not tell.
struct Guards {
  std::optional<bool> protect = {};
  std::optional<bool> keep = {};
};

/// Where an expression's outer names come from, apart from the file.
struct Surroundings {
  std::map<std::string, std::string> environment = {};  ///< `env.X`; every value is secret
  ValueMap vars = {};  ///< set by flags or files, over the file's `vars`
};

/// The evaluated file. Holds pointers into the config and types, which must outlive it.
class Expansion {
 public:
  const std::vector<Desired>& resources() const {
    return resources_;
  }  ///< in order of dependency, then address
  /// Names of blocks that the block's expressions and `needs` mention, sorted.
  const std::vector<std::string>& needs(const std::string& block) const;
  /// All block names in an order in which everything comes after what it needs.
  const std::vector<std::string>& order() const { return order_; }

  /// Evaluates a resource again now that objects are known: `values` maps a block name to its Value
  /// (a map of attributes; for count a list of them; for for_each a map of them). Blocks not in it
  /// are as the file has them, with unknowns.
  Result<ValueMap> evaluate(const Desired& resource,
                            const std::map<std::string, Value>& values) const;
  /// All outputs, likewise.
  Result<ValueMap> outputs(const std::map<std::string, Value>& values) const;
  /// What a block says of an instance that it has no more, since its count or keys became fewer.
  /// What depends on the instance's `each.value` cannot be told.
  Guards guards(const ResourceBlock& block, const Address& vanished) const;
  /// Names of blocks that an output mentions, sorted; empty when there is no such output.
  std::vector<std::string> output_needs(const std::string& output) const;
  /// The Value that stands for a block in expressions, from one attribute map per instance (see
  /// `evaluate`).
  static Value block_value(const ResourceBlock& block,
                           const std::vector<std::pair<Address, ValueMap>>& instances);

  /// The same file with these resources instead of its own, in any order. `needs` names what blocks
  /// need where that is not what the file says; of a circle one need is left out. Outputs that look
  /// at what is not there any more are left out.
  Expansion with(std::vector<Desired> resources,
                 const std::map<std::string, std::set<std::string>>& needs) const;

  /// The texts that expressions of the file take from secret variables and the environment, for
  /// `conceal`: they may be a part of what is sent.
  std::vector<std::string> secrets() const;

  struct Inner;  ///< for expand.cpp

 private:
  friend std::optional<Expansion> expand(const Config&,
                                         const std::map<std::string, const ResourceType*>&,
                                         const Files&, const Surroundings&, Diagnostics&);
  std::vector<Desired> resources_ = {};
  std::vector<std::string> order_ = {};
  std::shared_ptr<const Inner> inner_ = {};
};

/// Evaluates and checks everything that the file alone tells: variables, counts, keys, types,
/// required, unknown and computed attributes, allowed values, references, cycles (named in full).
/// Adds every mistake; nullopt when there is an error. `types` maps each known type name to its
/// type. Computed attributes of resources are unknown. Evaluation is done once per resource, so the
/// cost is linear in their number.
std::optional<Expansion> expand(const Config& config,
                                const std::map<std::string, const ResourceType*>& types,
                                const Files& files, const Surroundings& surroundings,
                                Diagnostics& diagnostics);

/// The settings of one provider block, evaluated (vars and env only).
std::optional<ValueMap> provider_settings(const Config& config, const ProviderBlock& block,
                                          const Files& files, const Surroundings& surroundings,
                                          Diagnostics& diagnostics);

}  // namespace jim
