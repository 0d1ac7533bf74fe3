#include "core/config/parse.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"

namespace jim {

namespace {

const std::vector<std::string> kTopLevel = {"project", "vars",    "providers", "state",
                                            "resources", "outputs", "include"};
/// Names that expressions use for something else.
const std::vector<std::string> kTaken = {"var",  "env",  "each", "index", "path",
                                         "true", "false", "null", "for",   "in",
                                         "if",   "it",   "self"};

const char* kind_of(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::list) return "a list";
  if (node.kind == YamlNode::Kind::map) return "a map";
  return kind_name(node.scalar.kind());
}

class Parser {
 public:
  explicit Parser(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Config run(const YamlNode& root) {
    for (const YamlNode::Entry& entry : root.entries) top_level(entry);
    if (root.find("project") == nullptr)
      fail(root.where, "'project' is missing", "add a line such as 'project: my-project'");
    return std::move(config_);
  }

  ConfigValue value(const YamlNode& node) {
    ConfigValue made = {.where = node.where};
    switch (node.kind) {
      case YamlNode::Kind::list:
        made.kind = ConfigValue::Kind::list;
        made.items.reserve(node.items.size());
        for (const YamlNode& item : node.items) made.items.push_back(value(item));
        break;
      case YamlNode::Kind::map:
        made.kind = ConfigValue::Kind::map;
        made.entries.reserve(node.entries.size());
        for (const YamlNode::Entry& entry : node.entries) {
          made.entries.emplace_back(entry.key, value(entry.value));
          made.key_places.push_back(entry.where);
        }
        break;
      case YamlNode::Kind::scalar:
        if (!node.scalar.is_string() || node.text.find("${") == std::string::npos) {
          made.scalar = Template(node.scalar);
          break;
        }
        if (auto parsed = Template::parse(node.text, node.text_where)) {
          made.scalar = std::move(*parsed);
        } else {
          diagnostics_.push_back(parsed.error());
        }
        break;
    }
    return made;
  }

 private:
  void fail(const SourceLocation& where, const std::string& message, const std::string& hint = {}) {
    diagnostics_.push_back({.code = ErrorCode::invalid_config,
                            .message = message,
                            .hint = hint,
                            .where = where});
  }

  void top_level(const YamlNode::Entry& entry) {
    if (entry.key == "project") return project(entry.value);
    if (entry.key == "vars") return vars(entry.value);
    if (entry.key == "providers") return providers(entry.value);
    if (entry.key == "state") {
      config_.state = value(entry.value);
      return;
    }
    if (entry.key == "resources") return resources(entry.value);
    if (entry.key == "outputs") return outputs(entry.value);
    if (entry.key == "include") return;
    if (entry.key == "budget" || entry.key == "policies")
      return fail(entry.where, "'" + entry.key + "' is not available in this version",
                  "take it away; a later version will read it");
    const auto near = did_you_mean(entry.key, kTopLevel);
    fail(entry.where, "unknown key '" + escape_control(entry.key) + "'",
         near ? "did you mean '" + *near + "'?" : "known here: " + join(kTopLevel, ", "));
  }

  void project(const YamlNode& node) {
    config_.project_where = node.where;
    if (node.kind != YamlNode::Kind::scalar || node.text.empty())
      return fail(node.where, std::string("'project' takes a name, not ") + kind_of(node),
                  "such as 'project: my-project'");
    const std::string& name = node.text;
    const bool good = name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                          std::string::npos;
    if (!good)
      return fail(node.where, "'" + escape_control(name) + "' cannot be a project's name",
                  "up to 32 lower-case letters, digits and '-', a letter first");
    config_.project = name;
  }

  /// Whether `node` is a map (an empty value counts as an empty one).
  bool is_section(const YamlNode& node, const char* name, const char* holds) {
    if (node.kind == YamlNode::Kind::map) return true;
    if (node.kind == YamlNode::Kind::scalar && node.scalar.is_null()) return false;
    fail(node.where, std::string("'") + name + "' takes a map of " + holds + ", not " + kind_of(node),
         std::string(name) + ": { name: ... }");
    return false;
  }

  bool check_name(const YamlNode::Entry& entry, const char* what, bool taken_matters) {
    const std::string& name = entry.key;
    const bool good =
        !name.empty() && name.size() <= 64 &&
        ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z') ||
         name[0] == '_') &&
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
            std::string::npos;
    if (!good) {
      fail(entry.where, "'" + escape_control(name) + "' cannot be the name of " + what,
           "letters, digits, '_' and '-', a letter first");
      return false;
    }
    if (taken_matters && std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end()) {
      fail(entry.where, "'" + name + "' cannot be the name of " + what + ": expressions use it",
           "choose another name");
      return false;
    }
    return true;
  }

  void vars(const YamlNode& node) {
    if (!is_section(node, "vars", "names to values")) return;
    for (const YamlNode::Entry& entry : node.entries)
      if (check_name(entry, "a variable", false))
        config_.vars.push_back({.name = entry.key,
                                .name_where = entry.where,
                                .value = value(entry.value)});
  }

  void providers(const YamlNode& node) {
    if (!is_section(node, "providers", "names to settings")) return;
    for (const YamlNode::Entry& entry : node.entries) {
      if (!check_name(entry, "a provider", false)) continue;
      ProviderBlock block = {.name = entry.key, .where = entry.where};
      const bool empty =
          entry.value.kind == YamlNode::Kind::scalar && entry.value.scalar.is_null();
      if (entry.value.kind != YamlNode::Kind::map && !empty) {
        fail(entry.value.where,
             "provider '" + entry.key + "' takes a map of settings, not " + kind_of(entry.value),
             entry.key + ": {}");
        continue;
      }
      for (const YamlNode::Entry& setting : entry.value.entries) {
        if (setting.key == "manifest") {
          if (setting.value.kind != YamlNode::Kind::scalar || !setting.value.scalar.is_string()) {
            fail(setting.value.where, "'manifest' takes the path of a YAML file",
                 "manifest: ./" + entry.key + ".yaml");
          } else {
            block.manifest = setting.value.text;
          }
          continue;
        }
        block.settings.push_back({.name = setting.key,
                                  .name_where = setting.where,
                                  .value = value(setting.value)});
      }
      config_.providers.push_back(std::move(block));
    }
  }

  void outputs(const YamlNode& node) {
    if (!is_section(node, "outputs", "names to values")) return;
    for (const YamlNode::Entry& entry : node.entries)
      if (check_name(entry, "an output", false))
        config_.outputs.push_back(
            {.name = entry.key, .where = entry.where, .value = value(entry.value)});
  }

  void resources(const YamlNode& node) {
    if (!is_section(node, "resources", "names to resources")) return;
    config_.resources.reserve(node.entries.size());
    for (const YamlNode::Entry& entry : node.entries) {
      if (!check_name(entry, "a resource", true)) continue;
      if (entry.value.kind != YamlNode::Kind::map) {
        fail(entry.value.where,
             "resource '" + entry.key + "' takes a map with a 'type', not " + kind_of(entry.value),
             entry.key + ": { type: PROVIDER.TYPE, ... }");
        continue;
      }
      resource(entry);
    }
  }

  void resource(const YamlNode::Entry& entry) {
    ResourceBlock block = {.name = entry.key, .where = entry.where};
    for (const YamlNode::Entry& one : entry.value.entries) reserved_or_attribute(block, one);
    if (entry.value.find("type") == nullptr)
      fail(entry.where, "resource '" + entry.key + "' has no 'type'",
           "such as 'type: latitude.server'; 'jim explain' lists all types");
    if (block.count && block.for_each)
      fail(block.for_each->where,
           "resource '" + entry.key + "' has both 'count' and 'for_each'", "keep one of them");
    config_.resources.push_back(std::move(block));
  }

  void reserved_or_attribute(ResourceBlock& block, const YamlNode::Entry& one) {
    const std::string& key = one.key;
    const YamlNode& node = one.value;
    if (key == "type") {
      block.type_where = node.where;
      if (node.kind != YamlNode::Kind::scalar || !node.scalar.is_string())
        return fail(node.where, std::string("'type' takes a name such as latitude.server, not ") +
                                    kind_of(node));
      block.type = node.text;
    } else if (key == "count") {
      block.count = value(node);
    } else if (key == "for_each") {
      block.for_each = value(node);
    } else if (key == "if") {
      block.condition = value(node);
    } else if (key == "protect") {
      block.protect = value(node);
    } else if (key == "keep") {
      block.keep = value(node);
    } else if (key == "needs") {
      names(node, "needs", "resource names", block.needs, block.needs_where);
    } else if (key == "ignore") {
      names(node, "ignore", "attribute names", block.ignore, block.ignore_where);
    } else if (key == "timeouts") {
      timeouts(block, node);
    } else if (key == "was") {
      if (node.kind != YamlNode::Kind::scalar || !node.scalar.is_string())
        return fail(node.where, "'was' takes the resource's old name");
      block.was = node.text;
    } else if (key == "create_before_destroy") {
      if (!node.scalar.is_bool())
        return fail(node.where, std::string("'create_before_destroy' takes true or false, not ") +
                                    kind_of(node));
      block.create_before_destroy = node.scalar.as_bool();
    } else {
      block.attributes.push_back(
          {.name = key, .name_where = one.where, .value = value(node)});
    }
  }

  void names(const YamlNode& node, const char* key, const char* holds,
             std::vector<std::string>& out, std::vector<SourceLocation>& places) {
    std::vector<const YamlNode*> items;
    if (node.kind == YamlNode::Kind::list) {
      for (const YamlNode& item : node.items) items.push_back(&item);
    } else {
      items.push_back(&node);
    }
    for (const YamlNode* item : items) {
      if (item->kind != YamlNode::Kind::scalar || !item->scalar.is_string()) {
        fail(item->where, std::string("'") + key + "' takes a list of " + holds + ", not " + kind_of(*item),
             std::string(key) + ": [name]");
        continue;
      }
      out.push_back(item->text);
      places.push_back(item->where);
    }
  }

  void timeouts(ResourceBlock& block, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::map)
      return fail(node.where, std::string("'timeouts' takes a map, not ") + kind_of(node),
                  "timeouts: { create: 30m }");
    for (const YamlNode::Entry& entry : node.entries) {
      if (entry.key != "create" && entry.key != "update" && entry.key != "delete") {
        fail(entry.where, "unknown timeout '" + escape_control(entry.key) + "'",
             "known here: create, update, delete");
        continue;
      }
      const auto time = parse_duration(entry.value.text);
      if (!time || *time <= Duration::zero()) {
        fail(entry.value.where, "'" + escape_control(entry.value.text) + "' is no duration",
             "such as 90s, 20m or 1h30m");
        continue;
      }
      block.timeouts[entry.key] = *time;
    }
  }

  Diagnostics& diagnostics_;
  Config config_ = {};
};

}  // namespace

Config parse_config(const YamlNode& root, Diagnostics& diagnostics) {
  return Parser(diagnostics).run(root);
}

ConfigValue parse_value(const YamlNode& node, Diagnostics& diagnostics) {
  return Parser(diagnostics).value(node);
}

}  // namespace jim
