#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/config/expand.h"
#include "core/config/file_scope.h"
#include "core/config/instance_scope.h"

namespace jim {

struct Expansion::Inner {
  const Config& config;
  std::shared_ptr<FileScope> scope;
  std::unordered_map<std::string, std::vector<std::string>> needs = {};
  std::map<std::string, Value> values = {};  ///< of blocks that others look at, with unknowns
  /// Other resources than the file's: blocks of which there are none, as outputs see them.
  std::optional<std::map<std::string, Value>> absent = {};
};

namespace detail {

/// Turns blocks into resources. Each function adds its mistakes and goes on; what a mistake makes
/// useless is unknown from then on, so that one mistake is told once.
class Expander {
 public:
  Expander(const Config& config, const std::map<std::string, const ResourceType*>& types,
           const Files& files, const Surroundings& surroundings, Diagnostics& diagnostics);

  /// Fills `resources` and `order`.
  void run(std::vector<Desired>& resources, std::vector<std::string>& order);
  std::shared_ptr<const Expansion::Inner> inner() const { return inner_; }
  void stop_counting() { inner_->scope->stop_counting(); }

 private:
  /// An attribute of a block, with what its value hangs on.
  struct Part {
    const ConfigAttribute* written = nullptr;
    const Attribute* attribute = nullptr;
    bool per_instance = false;
  };

  /// A block on its way to resources.
  struct Work {
    const ResourceBlock& block;
    const ResourceType& type;
    std::vector<Part> parts = {};
    ValueMap shared = {};  ///< what is the same for all instances
    bool looked = false;   ///< at that
    InstanceScope scope;
    std::vector<Desired>& resources;
  };

  void add(const SourceLocation& where, const std::string& message, const std::string& hint = {});
  const ResourceType* type_of(const ResourceBlock& block) const;

  // --- who needs whom
  void find_needs(const ResourceBlock& block);

  /// Notes which resources the value refers to, and whether all its references lead somewhere.
  void find_references(const ResourceBlock* block, const ConfigValue& value,
                       std::set<std::string>& names);
  void find_named_needs(const ResourceBlock& block, std::set<std::string>& names);
  std::vector<std::string> block_names() const;

  /// Says false (and why) when the reference leads nowhere. `block` is null for outputs.
  bool check_reference(const ResourceBlock* block, const Reference& reference);
  bool check_instance_name(const ResourceBlock* block, const Reference& reference);
  bool check_steps(const ResourceBlock& target, const Reference& reference);
  bool check_attribute(const ResourceBlock& target, const ResourceType& type,
                       const std::string& name, const SourceLocation& where);
  void check_old_names();
  void report_cycle(const std::vector<std::size_t>& cycle);

  // --- blocks to resources
  void expand_block(const ResourceBlock& block, std::vector<Desired>& resources);
  void expand_instances(const ResourceBlock& block, std::vector<Desired>& resources);

  /// Nothing is wrong with what says whether and how often it exists.
  bool has_shape(const ResourceBlock& block) const;

  /// Nothing is wrong with its attributes' references either.
  bool is_whole(const ResourceBlock& block) const;

  /// The block's type, after a check of the names in the block; nullptr when it has none.
  const ResourceType* check_block(const ResourceBlock& block);
  void unknown_type(const ResourceBlock& block);

  /// The block's provider is in the file, and no type of it is known: why not has been told.
  bool lacks_manifest(const ResourceBlock& block) const;

  /// Tells what is wrong with the expressions of a block whose type is not known.
  void check_expressions(const ResourceBlock& block);
  std::vector<Part> parts_of(const ResourceBlock& block, const ResourceType& type) const;

  /// Evaluates what is the same for all instances; false when something in it is wrong.
  bool find_shared(Work& work);
  bool put(const std::string& resource, const Part& part, const Scope& scope, ValueMap& into);

  /// Warns of a value that jim does not know of, once for all instances.
  void note_doubt(const std::string& resource, const Part& part, const Value& value);

  /// A flag of the block (`if`, `protect`, `keep`); `fallback` when it is absent or wrong, which
  /// clears `good`.
  bool flag(const Work& work, const std::optional<ConfigValue>& value, const std::string& name,
            bool fallback, bool& good);

  /// Evaluates a value that the file alone must tell; nothing after a mistake.
  std::optional<Value> known(const ConfigValue& value, const Scope& scope);

  /// The unknown comes from a mistake that was told, since no resource is waited for.
  bool already_told(const ConfigValue& value, const Value& result) const;
  bool instance(Work& work, Address address);
  void expand_count(Work& work);
  void expand_each(Work& work);
  bool each_entries(const ResourceBlock& block, const Value& each,
                    std::vector<ValueMap::Entry>& entries);

  void check_outputs();
  void evaluate_outputs();

  const Config& config_;
  const std::map<std::string, const ResourceType*>& types_;
  Diagnostics& diagnostics_;
  std::shared_ptr<Expansion::Inner> inner_;
  std::unordered_map<std::string, std::size_t> index_ = {};
  std::vector<std::vector<std::size_t>> edges_ = {};
  std::map<std::pair<std::string, std::string>, SourceLocation> places_ = {};
  std::set<std::string> referred_ = {};
  std::set<const ConfigValue*> lost_ = {};  ///< values with a reference that leads nowhere
  std::set<std::pair<const ConfigAttribute*, std::string>> doubted_ = {};
};

}  // namespace detail

}  // namespace jim
