#include <fmt/format.h>

#include "core/base/text.h"
#include "core/config/config_parser.h"
#include "core/config/reserved.h"

namespace jim::detail {

namespace {

bool is_text(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar && node.scalar.is_string();
}

std::vector<const YamlNode*> one_or_more(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::list) return {&node};
  std::vector<const YamlNode*> items;
  for (const YamlNode& item : node.items) items.push_back(&item);
  return items;
}

}  // namespace

void ConfigParser::resources(const YamlNode& node) {
  if (!is_section(node, "resources", "names to resources")) return;
  config_.resources.reserve(node.entries.size());
  for (const YamlNode::Entry& entry : node.entries)
    if (check_name(entry, "a resource", true)) resource(entry);
}

void ConfigParser::resource(const YamlNode::Entry& entry) {
  ResourceBlock block = {.name = entry.key, .where = entry.where};
  if (entry.value.kind != YamlNode::Kind::map) {
    fail(entry.value.where,
         fmt::format("resource '{}' takes a map with a 'type', not {}", entry.key,
                     kind_name(entry.value)),
         entry.key + ": { type: PROVIDER.TYPE, ... }");
    block.broken = true;
  } else if (entry.value.find("type") == nullptr) {
    fail(entry.where, fmt::format("resource '{}' has no 'type'", entry.key),
         "such as 'type: latitude.server'; 'jim explain' lists all types");
    block.broken = true;
  }
  for (const YamlNode::Entry& one : entry.value.entries) reserved_or_attribute(block, one);
  if (block.count && block.for_each) {
    fail(block.for_each->where,
         fmt::format("resource '{}' has both 'count' and 'for_each'", entry.key),
         "keep one of them");
    block.broken = true;
  }
  config_.resources.push_back(std::move(block));
}

void ConfigParser::reserved_or_attribute(ResourceBlock& block, const YamlNode::Entry& entry) {
  const std::string& key = entry.key;
  const YamlNode& node = entry.value;
  if (key == "type") return type(block, node);
  if (key == "was") return was(block, node);
  if (key == "timeouts") return timeouts(block, node);
  if (key == "create_before_destroy") return create_before_destroy(block, node);
  if (key == "needs") return names(node, key, "resource names", block.needs, block.needs_where);
  if (key == "ignore") return names(node, key, "attribute names", block.ignore, block.ignore_where);
  if (key == "count")
    block.count = shape(block, node);
  else if (key == "for_each")
    block.for_each = shape(block, node);
  else if (key == "if")
    block.condition = shape(block, node);
  else if (key == "protect")
    block.protect = shape(block, node);
  else if (key == "keep")
    block.keep = shape(block, node);
  else
    block.attributes.push_back({.name = key, .name_where = entry.where, .value = value(node)});
}

std::optional<ConfigValue> ConfigParser::shape(ResourceBlock& block, const YamlNode& node) {
  const std::size_t before = diagnostics_.size();
  ConfigValue made = value(node);
  if (diagnostics_.size() != before) block.broken = true;
  return made;
}

void ConfigParser::type(ResourceBlock& block, const YamlNode& node) {
  block.type_where = node.where;
  if (is_text(node)) {
    block.type = node.text;
    return;
  }
  block.broken = true;
  fail(node.where,
       fmt::format("'type' takes a name such as latitude.server, not {}", kind_name(node)));
}

void ConfigParser::was(ResourceBlock& block, const YamlNode& node) {
  if (!is_text(node))
    return fail(node.where,
                fmt::format("'was' takes the resource's old name, not {}", kind_name(node)));
  block.was = node.text;
  block.was_where = node.where;
}

void ConfigParser::create_before_destroy(ResourceBlock& block, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar || !node.scalar.is_bool())
    return fail(node.where,
                fmt::format("'create_before_destroy' takes true or false, not {}", kind_name(node)),
                boolean_hint(node.scalar));
  block.create_before_destroy = node.scalar.as_bool();
}

void ConfigParser::names(const YamlNode& node, const std::string& key, const std::string& holds,
                         std::vector<std::string>& out, std::vector<SourceLocation>& places) {
  for (const YamlNode* item : one_or_more(node)) {
    if (!is_text(*item)) {
      fail(item->where,
           fmt::format("'{}' takes a list of {}, not {}", key, holds, kind_name(*item)),
           key + ": [name]");
      continue;
    }
    out.push_back(item->text);
    places.push_back(item->where);
  }
}

void ConfigParser::timeouts(ResourceBlock& block, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::map)
    return fail(node.where, fmt::format("'timeouts' takes a map, not {}", kind_name(node)),
                "timeouts: { create: 30m }");
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string& text = entry.value.text;
    if (entry.key != "create" && entry.key != "update" && entry.key != "delete") {
      fail(entry.where, fmt::format("unknown timeout '{}'", escape_control(entry.key)),
           "known here: create, update, delete");
      continue;
    }
    const auto time = parse_duration(text);
    if (time && *time > Duration::zero())
      block.timeouts[entry.key] = *time;
    else if (entry.value.kind == YamlNode::Kind::scalar)
      fail(entry.value.where, fmt::format("'{}' is no duration", escape_control(text)),
           "such as 90s, 20m or 1h30m");
    else
      fail(entry.value.where,
           fmt::format("a timeout takes a duration, not {}", kind_name(entry.value)),
           "such as 90s, 20m or 1h30m");
  }
}

}  // namespace jim::detail
