#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

/// A YAML node with its place. Scalars are converted strictly by the 1.2 core schema: `no` is text,
/// `010` is 10.
struct YamlNode {
  enum class Kind { scalar, list, map };
  Kind kind = Kind::scalar;
  SourceLocation where = {};
  /// Of a scalar: the place of its first character, after a quote or in the line below `|`.
  SourceLocation text_where = {};
  Value scalar = {};      ///< null, boolean, integer, number or string
  std::string text = {};  ///< of a scalar, as written
  bool quoted = false;    ///< or a block scalar: always a string
  std::vector<YamlNode> items = {};
  struct Entry;
  std::vector<Entry> entries;  ///< in file order, merge keys applied

  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key = {};
  SourceLocation where = {};
  YamlNode value = {};
};

/// Reads one YAML document. Refuses duplicate keys (naming both places), more than one document,
/// depth, size and alias expansion beyond bounds, and tags of other types than the core schema's.
/// Adds every mistake it can see; false when there was one.
bool read_yaml(std::string_view text, const std::string& file, YamlNode& root,
               Diagnostics& diagnostics);

/// The node as a plain value, places dropped.
Value to_value(const YamlNode& node);

/// A YAML text as a plain value; an empty text is null. The error names line and column in its
/// message, and has no place.
Result<Value> decode_yaml(std::string_view text);

/// `a string`, `a list`, ...: what an error message says was found.
const char* kind_name(const YamlNode& node);

}  // namespace jim
