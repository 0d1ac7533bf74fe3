#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/yaml.h"
#include "core/provider/value_template.h"

namespace jim {

/// One map of a manifest while it is read: every key that is asked for is known, and `finish`
/// reports the others. Every mistake goes to `diagnostics` with its place; the reading goes on.
class Section {
 public:
  /// `what` names the map in messages: `resources.server.list`.
  Section(const YamlNode& node, std::string what, Diagnostics& diagnostics);

  /// The node under `key`, or nullptr.
  const YamlNode* find(std::string_view key);
  /// The same, and an error when it is missing.
  const YamlNode* require(std::string_view key);
  /// A scalar's text; `otherwise` when it is missing.
  std::string text(std::string_view key, std::string otherwise = {});
  bool flag(std::string_view key, bool otherwise = false);
  int number(std::string_view key, int otherwise = 0);
  /// `500ms`, `30s`, `8m`, `1h`.
  Duration duration(std::string_view key, Duration otherwise = {});
  /// One text or a list of texts.
  std::vector<std::string> texts(std::string_view key);
  std::optional<Template> expression(std::string_view key);
  Extract extract(std::string_view key);

  /// The first of `words` that is a key here; empty: none.
  std::string one_of(const std::vector<std::string>& words);
  /// Takes `keys` for known ones without reading them.
  void allow(const std::vector<std::string>& keys);
  /// Reports keys that nobody asked for.
  void finish();

  const YamlNode& node() const { return node_; }
  const std::string& what() const { return what_; }
  SourceLocation where() const { return node_.where; }
  Diagnostics& diagnostics() { return diagnostics_; }
  void error(const SourceLocation& where, std::string message, std::string hint = {});

 private:
  const YamlNode& node_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_ = {};
};

/// The node as a template; a scalar that is not text is a constant.
Template read_template(const YamlNode& node, Diagnostics& diagnostics);
Extract read_extract(const YamlNode& node, Diagnostics& diagnostics);
ValueTemplate read_value_template(const YamlNode& node, Diagnostics& diagnostics);

/// `word` looked up in `words`; an error that names the likely one when it is not among them.
template <class T>
std::optional<T> read_word(Section& section, std::string_view key,
                           const std::vector<std::pair<std::string, T>>& words);

void report_unknown_word(Section& section, const YamlNode& node, std::string_view key,
                         const std::vector<std::string>& words);

template <class T>
std::optional<T> read_word(Section& section, std::string_view key,
                           const std::vector<std::pair<std::string, T>>& words) {
  const YamlNode* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, value] : words) {
    if (node->kind == YamlNode::Kind::scalar && node->text == name) return value;
    names.push_back(name);
  }
  report_unknown_word(section, *node, key, names);
  return std::nullopt;
}

}  // namespace jim
