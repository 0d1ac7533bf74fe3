#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/provider/manifest_parts.h"

namespace jim {
namespace {

/// Names that a resource in the user's file uses for other things.
const std::vector<std::string> kReserved = {"type", "count",  "for_each", "if",  "needs", "protect",
                                            "keep", "ignore", "timeouts", "was", "id"};

Risk read_risk(Section& section, bool computed) {
  const YamlNode* node = section.find("change");
  if (node == nullptr) return computed ? Risk::none : Risk::replace;
  const auto risk = parse_risk(node->text);
  if (!risk) {
    report_unknown_word(section, *node, "change",
                        {"in-place", "reboot", "reinstall", "replace", "release", "bill"});
  }
  return risk.value_or(Risk::replace);
}

/// A value of the manifest that must be of the attribute's type.
std::optional<Value> typed(Section& section, const YamlNode& node, const Attribute& attribute,
                           const char* key) {
  auto value = convert(to_value(node), attribute.type);
  if (!value) {
    section.error(node.where,
                  fmt::format("{}.{} is no {}", section.what(), key, attribute.type.text()));
  }
  return value;
}

void read_constraints(Section& section, Attribute& attribute) {
  if (const YamlNode* node = section.find("default")) {
    attribute.default_value = typed(section, *node, attribute, "default");
  }
  if (const YamlNode* node = section.find("allowed")) {
    if (node->kind != YamlNode::Kind::list) {
      section.error(node->where, section.what() + ".allowed must be a list");
    }
    for (const YamlNode& item : node->items) {
      if (auto value = typed(section, item, attribute, "allowed")) {
        attribute.allowed.push_back(*std::move(value));
      }
    }
  }
  attribute.allowed_open = section.flag("allowed_open");
  if (attribute.allowed_open && attribute.allowed.empty()) {
    section.error(section.where(), section.what() + " has 'allowed_open', but no 'allowed'");
  }
  if (attribute.required && attribute.computed) {
    section.error(section.where(), section.what() + " is both required and computed");
  }
  if (attribute.required && attribute.default_value) {
    section.error(section.where(), section.what() + " is required and yet has a default");
  }
}

void read_attribute(const YamlNode::Entry& entry, const std::string& what,
                    const TypeDefaults& defaults, TypeSpec& spec, Diagnostics& diagnostics) {
  Section section(entry.value, what + "." + entry.key, diagnostics);
  Attribute attribute;
  attribute.name = entry.key;
  if (std::find(kReserved.begin(), kReserved.end(), entry.key) != kReserved.end()) {
    section.error(entry.where,
                  fmt::format("{}: '{}' means something else in the user's file", what, entry.key));
  }
  attribute.description = section.text("description");
  attribute.example = section.text("example");
  const YamlNode* type = section.find("type");
  const auto parsed = parse_attribute_type(type == nullptr ? "string" : type->text);
  if (!parsed) {
    section.error(
        type->where,
        fmt::format("{}.type: '{}' is no type", section.what(), escape_control(type->text)),
        "any, string, integer, number, boolean, list(T) or map(T)");
  }
  attribute.type = parsed.value_or(AttributeType{});
  attribute.required = section.flag("required");
  attribute.optional_computed = section.flag("optional_computed");
  attribute.computed = section.flag("computed") || attribute.optional_computed;
  attribute.secret = section.flag("secret");
  attribute.unordered = section.flag("unordered");
  attribute.ignore_case = section.flag("ignore_case");
  attribute.trim = section.flag("trim");
  attribute.partial = section.flag("partial");
  attribute.readable = section.flag("readable", true);
  const bool settable = !attribute.computed || attribute.optional_computed;
  attribute.change = read_risk(section, !settable);
  read_constraints(section, attribute);

  AttributeSpec mapping;
  if (const YamlNode* read = section.find("read")) {
    mapping.read = read_extract(*read, diagnostics);
  } else if (attribute.readable) {
    const std::string text = defaults.attributes_in.empty()
                                 ? fmt::format("${{it.{}}}", entry.key)
                                 : fmt::format("${{it.{}.{}}}", defaults.attributes_in, entry.key);
    if (auto path = Template::parse(text, entry.where)) {
      mapping.read = Extract(*std::move(path), text);
    } else {
      diagnostics.push_back(path.error());
    }
  }
  const YamlNode* send = section.find("send");
  if (send != nullptr && send->scalar.is_bool()) {
    if (send->scalar.as_bool()) mapping.send = entry.key;
  } else {
    mapping.send = section.text("send", settable ? entry.key : "");
  }
  section.finish();
  spec.attributes.emplace(entry.key, std::move(mapping));
  spec.type.attributes.push_back(std::move(attribute));
}

}  // namespace

void read_attributes(const YamlNode& node, const std::string& what, const TypeDefaults& defaults,
                     TypeSpec& spec, Diagnostics& diagnostics) {
  Section section(node, what, diagnostics);
  for (const YamlNode::Entry& entry : node.entries) {
    read_attribute(entry, what, defaults, spec, diagnostics);
  }
  std::sort(spec.type.attributes.begin(), spec.type.attributes.end(),
            [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
}

}  // namespace jim
