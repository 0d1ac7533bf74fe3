#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/config/yaml.h"

namespace jim::detail {

/// Turns nodes into a Config. Each function adds its mistakes and goes on.
class ConfigParser {
 public:
  explicit ConfigParser(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}
  Config run(const YamlNode& root);

  /// Texts become templates; one that does not parse is unknown, so that nothing more is said of
  /// it.
  ConfigValue value(const YamlNode& node);

 private:
  void fail(const SourceLocation& where, const std::string& message, const std::string& hint = {});
  void top_level(const YamlNode::Entry& entry);
  void project(const YamlNode& node);

  /// Whether `node` is a map; an empty value counts as none, without a word.
  bool is_section(const YamlNode& node, const std::string& name, const std::string& holds);

  /// Whether the key can be a name. `in_expressions`: it stands there alone, beside `var` and
  /// `env`.
  bool check_name(const YamlNode::Entry& entry, const std::string& what, bool in_expressions);
  void vars(const YamlNode& node);
  void providers(const YamlNode& node);
  void provider(const YamlNode::Entry& entry);
  void outputs(const YamlNode& node);
  void resources(const YamlNode& node);
  void resource(const YamlNode::Entry& entry);
  void reserved_or_attribute(ResourceBlock& block, const YamlNode::Entry& entry);

  /// A value that says whether and how often the resource exists.
  std::optional<ConfigValue> shape(ResourceBlock& block, const YamlNode& node);
  void type(ResourceBlock& block, const YamlNode& node);
  void was(ResourceBlock& block, const YamlNode& node);
  void create_before_destroy(ResourceBlock& block, const YamlNode& node);
  void names(const YamlNode& node, const std::string& key, const std::string& holds,
             std::vector<std::string>& out, std::vector<SourceLocation>& places);
  void timeouts(ResourceBlock& block, const YamlNode& node);

  Diagnostics& diagnostics_;
  Config config_ = {};
};

}  // namespace jim::detail
