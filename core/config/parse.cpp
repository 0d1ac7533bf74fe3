#include "core/config/parse.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/config/config_parser.h"

namespace jim {

namespace detail {

namespace {

const std::vector<std::string> kTopLevel = {"project",   "vars",    "providers", "state",
                                            "resources", "outputs", "include"};
/// Names that expressions use for something else.
const std::vector<std::string> kTaken = {"var",  "env", "each", "index", "path", "true", "false",
                                         "null", "for", "in",   "if",    "it",   "self"};

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kLongestProject = 32;
constexpr std::size_t kLongestName = 64;

bool is_in(char c, std::string_view some) { return some.find(c) != std::string_view::npos; }

bool is_project(const std::string& name) {
  return !name.empty() && name.size() <= kLongestProject && is_in(name[0], kLower) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_in(c, kLower) || is_in(c, "0123456789-"); });
}

bool is_name(const std::string& name) {
  if (name.empty() || name.size() > kLongestName || is_in(name[0], "0123456789-")) return false;
  // Expressions read no dash that ends a name or follows another.
  if (name.back() == '-' || name.find("--") != std::string::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_in(c, kLower) || is_in(c, kUpper) || is_in(c, "0123456789_-");
  });
}

}  // namespace

Config ConfigParser::run(const YamlNode& root) {
  for (const YamlNode::Entry& entry : root.entries) top_level(entry);
  if (root.find("project") == nullptr)
    fail(root.where, "'project' is missing", "add a line such as 'project: my-project'");
  return std::move(config_);
}

ConfigValue ConfigParser::value(const YamlNode& node) {
  ConfigValue made = {.where = node.where};
  switch (node.kind) {
    case YamlNode::Kind::list:
      made.kind = ConfigValue::Kind::list;
      made.items.reserve(node.items.size());
      for (const YamlNode& item : node.items) made.items.push_back(value(item));
      return made;
    case YamlNode::Kind::map:
      made.kind = ConfigValue::Kind::map;
      made.entries.reserve(node.entries.size());
      for (const YamlNode::Entry& entry : node.entries) {
        made.entries.emplace_back(entry.key, value(entry.value));
        made.key_places.push_back(entry.where);
      }
      return made;
    case YamlNode::Kind::scalar:
      break;
  }
  if (!node.scalar.is_string() || node.text.find("${") == std::string::npos) {
    made.scalar = Template(node.scalar);
    return made;
  }
  auto parsed = Template::parse(node.text, node.text_where);
  if (!parsed) diagnostics_.push_back(parsed.error());
  made.scalar = parsed ? std::move(*parsed) : Template(Value::unknown());
  return made;
}

void ConfigParser::fail(const SourceLocation& where, const std::string& message,
                        const std::string& hint) {
  diagnostics_.push_back(
      {.code = ErrorCode::invalid_config, .message = message, .hint = hint, .where = where});
}

void ConfigParser::top_level(const YamlNode::Entry& entry) {
  const std::string& key = entry.key;
  if (key == "project") return project(entry.value);
  if (key == "vars") return vars(entry.value);
  if (key == "providers") return providers(entry.value);
  if (key == "resources") return resources(entry.value);
  if (key == "outputs") return outputs(entry.value);
  if (key == "include") return;
  if (key == "state") {
    config_.state = value(entry.value);
    return;
  }
  if (key == "budget" || key == "policies")
    return fail(entry.where, fmt::format("'{}' is not available in this version", key),
                "take it away; a later version will read it");
  const auto near = did_you_mean(key, kTopLevel);
  fail(entry.where, fmt::format("unknown key '{}'", escape_control(key)),
       near ? fmt::format("did you mean '{}'?", *near) : "known here: " + join(kTopLevel, ", "));
}

void ConfigParser::project(const YamlNode& node) {
  config_.project_where = node.where;
  if (node.kind != YamlNode::Kind::scalar || node.text.empty())
    return fail(node.where, fmt::format("'project' takes a name, not {}", kind_name(node)),
                "such as 'project: my-project'");
  if (!is_project(node.text))
    return fail(node.where,
                fmt::format("'{}' cannot be a project's name", escape_control(node.text)),
                fmt::format("up to {} lower-case letters, digits and '-', a letter first",
                            kLongestProject));
  config_.project = node.text;
}

bool ConfigParser::is_section(const YamlNode& node, const std::string& name,
                              const std::string& holds) {
  if (node.kind == YamlNode::Kind::map) return true;
  if (node.kind == YamlNode::Kind::scalar && node.scalar.is_null()) return false;
  fail(node.where, fmt::format("'{}' takes a map of {}, not {}", name, holds, kind_name(node)),
       name + ": { name: ... }");
  return false;
}

bool ConfigParser::check_name(const YamlNode::Entry& entry, const std::string& what,
                              bool in_expressions) {
  const std::string& name = entry.key;
  if (!is_name(name)) {
    fail(entry.where, fmt::format("'{}' cannot be the name of {}", escape_control(name), what),
         "letters, digits, '_' and single '-' between them, a letter first");
    return false;
  }
  if (!in_expressions || std::find(kTaken.begin(), kTaken.end(), name) == kTaken.end()) return true;
  fail(entry.where, fmt::format("'{}' cannot be the name of {}: expressions use it", name, what),
       "choose another name");
  return false;
}

void ConfigParser::vars(const YamlNode& node) {
  if (!is_section(node, "vars", "names to values")) return;
  for (const YamlNode::Entry& entry : node.entries)
    if (check_name(entry, "a variable", false))
      config_.vars.push_back(
          {.name = entry.key, .name_where = entry.where, .value = value(entry.value)});
}

void ConfigParser::providers(const YamlNode& node) {
  if (!is_section(node, "providers", "names to settings")) return;
  for (const YamlNode::Entry& entry : node.entries)
    if (check_name(entry, "a provider", false)) provider(entry);
}

void ConfigParser::provider(const YamlNode::Entry& entry) {
  ProviderBlock block = {.name = entry.key, .where = entry.where};
  const bool empty = entry.value.kind == YamlNode::Kind::scalar && entry.value.scalar.is_null();
  if (entry.value.kind != YamlNode::Kind::map && !empty)
    return fail(entry.value.where,
                fmt::format("provider '{}' takes a map of settings, not {}", entry.key,
                            kind_name(entry.value)),
                entry.key + ": {}");
  for (const YamlNode::Entry& setting : entry.value.entries) {
    if (setting.key != "manifest") {
      block.settings.push_back(
          {.name = setting.key, .name_where = setting.where, .value = value(setting.value)});
    } else if (setting.value.kind == YamlNode::Kind::scalar && setting.value.scalar.is_string()) {
      block.manifest = setting.value.text;
    } else {
      fail(setting.value.where, "'manifest' takes the path of a YAML file",
           fmt::format("manifest: ./{}.yaml", entry.key));
    }
  }
  config_.providers.push_back(std::move(block));
}

void ConfigParser::outputs(const YamlNode& node) {
  if (!is_section(node, "outputs", "names to values")) return;
  for (const YamlNode::Entry& entry : node.entries)
    if (check_name(entry, "an output", false))
      config_.outputs.push_back(
          {.name = entry.key, .where = entry.where, .value = value(entry.value)});
}

}  // namespace detail

Config parse_config(const YamlNode& root, Diagnostics& diagnostics) {
  return detail::ConfigParser(diagnostics).run(root);
}

ConfigValue parse_value(const YamlNode& node, Diagnostics& diagnostics) {
  return detail::ConfigParser(diagnostics).value(node);
}

}  // namespace jim
