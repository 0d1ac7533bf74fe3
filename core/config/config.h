#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/resource/address.h"
#include "core/resource/resource_type.h"
#include "core/value/expression.h"
#include "core/value/value.h"

namespace jim {

/// A value in the file: text with `${...}`, or a list or map of such values, with its place. It is
/// a tree of templates turned into one Template-like thing: `evaluate` gives the whole Value.
struct ConfigValue {
  enum class Kind { scalar, list, map };
  Kind kind = Kind::scalar;
  SourceLocation where = {};
  Template scalar = {};
  std::vector<ConfigValue> items = {};                            ///< of a list
  std::vector<std::pair<std::string, ConfigValue>> entries = {};  ///< of a map, in file order
  std::vector<SourceLocation> key_places = {};                    ///< of the entries

  Result<Value> evaluate(const Scope& scope) const;
  void collect_references(std::vector<Reference>& out) const;
  bool is_constant() const;

 private:
  Result<Value> assemble(const Scope& scope) const;
};

/// One attribute as written.
struct ConfigAttribute {
  std::string name = {};
  SourceLocation name_where = {};
  ConfigValue value = {};
};

/// One entry of `resources`.
struct ResourceBlock {
  std::string name = {};
  SourceLocation where = {};
  std::string type = {};
  SourceLocation type_where = {};
  std::vector<ConfigAttribute> attributes = {};
  std::optional<ConfigValue> count = {};
  std::optional<ConfigValue> for_each = {};
  std::optional<ConfigValue> condition = {};  ///< `if`
  std::vector<std::string> needs = {};        ///< names of other resources
  std::vector<SourceLocation> needs_where = {};
  std::optional<ConfigValue> protect = {};
  std::optional<ConfigValue> keep = {};
  std::vector<std::string> ignore = {};  ///< attributes left to others
  std::vector<SourceLocation> ignore_where = {};
  std::map<std::string, Duration> timeouts = {};  ///< create, update, delete
  std::string was = {};                           ///< old name
  SourceLocation was_where = {};
  bool create_before_destroy = false;  ///< asked for in the file
  /// A mistake in what it is or how often has been told: nothing more can be said of what it holds.
  bool broken = false;
};

/// One entry of `providers`.
struct ProviderBlock {
  std::string name = {};
  SourceLocation where = {};
  std::string manifest =
      {};  ///< path from the config's folder; empty: the built-in one called `name`
  std::vector<ConfigAttribute> settings = {};
};

struct OutputBlock {
  std::string name = {};
  SourceLocation where = {};
  ConfigValue value = {};
};

/// The whole of the user's file or files, merged; nothing evaluated yet.
struct Config {
  std::string root = {};  ///< folder of the first file; relative paths start here
  std::vector<std::string> files = {};
  std::string project = {};
  SourceLocation project_where = {};
  std::vector<ConfigAttribute> vars = {};
  std::vector<ProviderBlock> providers = {};
  std::optional<ConfigValue> state = {};
  std::vector<ResourceBlock> resources = {};
  std::vector<OutputBlock> outputs = {};
};

}  // namespace jim
