#include <fmt/format.h>

#include "core/config/yaml.h"

namespace jim {

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

const char* kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::list:
      return kind_name(Value::Kind::list);
    case YamlNode::Kind::map:
      return kind_name(Value::Kind::map);
    case YamlNode::Kind::scalar:
      break;
  }
  return kind_name(node.scalar.kind());
}

Value to_value(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) return node.scalar;
  if (node.kind == YamlNode::Kind::list) {
    ValueList items;
    items.reserve(node.items.size());
    for (const YamlNode& item : node.items) items.push_back(to_value(item));
    return items;
  }
  std::vector<ValueMap::Entry> entries;
  entries.reserve(node.entries.size());
  for (const YamlNode::Entry& entry : node.entries)
    entries.emplace_back(entry.key, to_value(entry.value));
  return ValueMap::from_entries(std::move(entries));
}

Result<Value> decode_yaml(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Value();
  YamlNode root;
  Diagnostics found;
  if (read_yaml(text, "", root, found)) return to_value(root);
  const Diagnostic& first = found.front();
  return Diagnostic{.code = ErrorCode::invalid_config,
                    .message = fmt::format("line {}, column {}: {}", first.where.line,
                                           first.where.column, first.message),
                    .hint = first.hint};
}

}  // namespace jim
