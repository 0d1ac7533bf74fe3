#include <algorithm>

#include "cli/render/explain.h"
#include "cli/render/value_text.h"
#include "core/base/text.h"
#include "core/provider/settings.h"

namespace jim {

namespace {

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns > width(text) ? columns - width(text) : 0, ' ');
}

/// Indented rows of two columns, the second aligned.
std::string aligned(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t widest = 0;
  for (const auto& [left, right] : rows) widest = std::max(widest, width(left));
  std::string text;
  for (const auto& [left, right] : rows) text += "  " + padded(left, widest) + "  " + right + "\n";
  return text;
}

/// `required`, `set by the vendor`, ...: what a person must know to write it.
std::string attribute_note(const Attribute& attribute) {
  std::vector<std::string> notes;
  if (attribute.required) notes.emplace_back("required");
  if (attribute.computed && !attribute.optional_computed) notes.emplace_back("set by the vendor");
  if (attribute.optional_computed) notes.emplace_back("set by the vendor unless given");
  if (attribute.secret) notes.emplace_back("secret");
  if (attribute.default_value) notes.push_back("default " + value_text(*attribute.default_value));
  if ((!attribute.computed || attribute.optional_computed) && attribute.change != Risk::none)
    notes.push_back("change: " + std::string(risk_word(attribute.change)));
  return join(notes, ", ");
}

}  // namespace

std::string function_text(const Function& function) {
  return function.signature + "\n  " + function.summary + "\n  " + function.example + " gives " +
         function.result + "\n";
}

std::string functions_text() {
  std::size_t widest = 0;
  for (const Function& one : functions()) widest = std::max(widest, width(one.signature));
  std::string text;
  for (const Function& one : functions())
    text += padded(one.signature, widest) + "  " + one.summary + "\n";
  return text;
}

std::string type_text(const ResourceType& type) {
  std::string text = type.name + "\n";
  if (!type.description.empty()) text += "  " + type.description + "\n";
  if (type.adopt_only) text += "  jim cannot make one; it takes over one that exists.\n";
  std::size_t names = 0;
  std::size_t kinds = 0;
  for (const Attribute& one : type.attributes) {
    names = std::max(names, width(one.name));
    kinds = std::max(kinds, width(one.type.text()));
  }
  const auto section = [&](const char* title, auto belongs) {
    std::string rows;
    for (const Attribute& one : type.attributes)
      if (belongs(one))
        rows += "  " + padded(one.name, names) + "  " + padded(one.type.text(), kinds) + "  " +
                attribute_note(one) + "\n";
    if (!rows.empty()) text += std::string("\n") + title + "\n" + rows;
  };
  section("Required", [](const Attribute& one) { return one.required; });
  section("Optional", [](const Attribute& one) {
    return !one.required && (!one.computed || one.optional_computed);
  });
  section("Set by the vendor", [](const Attribute& one) {
    return one.computed && !one.optional_computed && !one.required;
  });
  text += "\nIts mark is ";
  text +=
      type.mark_field.empty()
          ? "nowhere: this vendor has no field for it, so jim knows the object by its id alone.\n"
          : "in " + type.mark_field + ".\n";
  return text;
}

std::string attribute_text(const ResourceType& type, const Attribute& attribute) {
  std::string text = type.name + "." + attribute.name + "  " + attribute.type.text() + "\n";
  if (!attribute.description.empty()) text += "  " + attribute.description + "\n";
  const std::string note = attribute_note(attribute);
  if (!note.empty()) text += "  " + note + "\n";
  if (!attribute.example.empty()) text += "  example: " + attribute.example + "\n";
  if (!attribute.allowed.empty()) {
    std::vector<std::string> words;
    for (const Value& one : attribute.allowed) words.push_back(bare_text(one));
    text += (attribute.allowed_open ? "  such as: " : "  one of: ") + join(words, ", ") + "\n";
  }
  return text;
}

std::string provider_text(const Manifest& manifest) {
  std::string text = manifest.provider + "\n";
  if (!manifest.description.empty()) text += "  " + manifest.description + "\n";
  if (!manifest.homepage.empty()) text += "  " + manifest.homepage + "\n";
  std::vector<std::pair<std::string, std::string>> settings;
  for (const ConfigKey& key : manifest.config) {
    std::string said = key.description;
    if (!key.env.empty()) said += " (else $" + join(key.env, ", $") + ")";
    if (key.required) said += ", required";
    settings.emplace_back(key.name, said);
  }
  if (!settings.empty()) text += "\nSettings\n" + aligned(settings);
  std::vector<std::pair<std::string, std::string>> common;
  for (const std::string& name : common_settings())
    if (manifest.config_key(name) == nullptr) common.emplace_back(name, common_setting_text(name));
  text += "\nSettings that every provider has\n" + aligned(common);
  std::vector<std::pair<std::string, std::string>> types;
  for (const TypeSpec& spec : manifest.types)
    types.emplace_back(spec.type.name, spec.type.description);
  return text + "\nTypes\n" + aligned(types);
}

}  // namespace jim
