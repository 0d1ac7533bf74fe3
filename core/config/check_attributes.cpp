#include "core/config/check_attributes.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/config/reserved.h"
#include "core/value/json.h"

namespace jim {

namespace {

std::vector<std::string> attribute_names(const ResourceType& type) {
  std::vector<std::string> names;
  for (const Attribute& attribute : type.attributes)
    if (!attribute.computed || attribute.optional_computed) names.push_back(attribute.name);
  return names;
}

std::vector<std::string> key_names(const ResourceType& type) {
  std::vector<std::string> names = attribute_names(type);
  for (const ReservedKey& key : kReservedKeys) names.emplace_back(key.name);
  return names;
}

/// What jim has for a key that Terraform's resources have; nullptr: nothing.
const char* habit_of_terraform(const std::string& key) {
  if (key == "depends_on") return "'needs' names what must be there before";
  if (key == "lifecycle" || key == "prevent_destroy")
    return "'protect: true' forbids to delete or replace, 'ignore' names what may differ";
  if (key == "ignore_changes") return "'ignore' names what may differ";
  return nullptr;
}

Diagnostic wrong(const std::string& message, const std::string& hint, const SourceLocation& where) {
  return {.code = ErrorCode::invalid_config, .message = message, .hint = hint, .where = where};
}

}  // namespace

void check_names(const ResourceBlock& block, const ResourceType& type, Diagnostics& diagnostics) {
  for (const ConfigAttribute& written : block.attributes) {
    const Attribute* attribute = type.attribute(written.name);
    if (attribute == nullptr) {
      const auto near = did_you_mean(written.name, key_names(type));
      const char* habit = habit_of_terraform(written.name);
      diagnostics.push_back(wrong(block.name + ": " + type.name + " has no attribute '" +
                                      escape_control(written.name) + "'",
                                  habit != nullptr ? habit
                                  : near           ? "did you mean '" + *near + "'?"
                                         : "'jim explain " + type.name + "' lists them all",
                                  written.name_where));
    } else if (attribute->computed && !attribute->optional_computed) {
      diagnostics.push_back(
          wrong(block.name + ": '" + written.name + "' is set by the vendor, not by the file",
                "take it away; use it elsewhere as ${" + block.name + "." + written.name + "}",
                written.name_where));
    }
  }
  for (const Attribute& attribute : type.attributes) {
    if (!attribute.required || attribute.default_value) continue;
    const bool set =
        std::any_of(block.attributes.begin(), block.attributes.end(),
                    [&](const ConfigAttribute& written) { return written.name == attribute.name; });
    if (set) continue;
    diagnostics.push_back(wrong(
        block.name + ": '" + attribute.name + "' is missing, and every " + type.name + " needs one",
        attribute.example.empty()
            ? "'jim explain " + type.name + "." + attribute.name + "' says what goes there"
            : "such as '" + attribute.name + ": " + attribute.example + "'",
        block.where));
  }
  for (std::size_t i = 0; i < block.ignore.size(); ++i) {
    if (type.attribute(block.ignore[i]) != nullptr) continue;
    const auto near = did_you_mean(block.ignore[i], attribute_names(type));
    diagnostics.push_back(
        wrong(block.name + ": 'ignore' names '" + escape_control(block.ignore[i]) + "', which " +
                  type.name + " does not have",
              near ? "did you mean '" + *near + "'?" : "", block.ignore_where[i]));
  }
}

namespace {

Diagnostic wrong_type(const std::string& resource, const Attribute& attribute, const Value& value,
                      const SourceLocation& where) {
  std::string found = kind_name(value.promised_kind());
  const bool shown = !attribute.secret && !value.has_secret() && !value.is_map() &&
                     !value.is_list() && !value.is_null() && !value.is_unknown();
  if (value.is_list() && attribute.type.kind == AttributeType::Kind::list)
    for (const Value& item : value.as_list())
      if (!convert(Value(ValueList{item}), attribute.type)) {
        found += std::string(" that holds ") + kind_name(item.promised_kind());
        break;
      }
  if (shown) found += " (" + escape_control(to_json(value)) + ")";
  std::string hint =
      attribute.type.kind == AttributeType::Kind::boolean ? boolean_hint(value) : std::string();
  if (attribute.type.kind == AttributeType::Kind::list && !value.is_null() &&
      convert(Value(ValueList{value}), attribute.type))
    hint = "put it into a list: '" + attribute.name + ": [...]'";
  if (hint.empty() && !attribute.example.empty())
    hint = "such as '" + attribute.name + ": " + attribute.example + "'";
  return wrong(
      resource + ": '" + attribute.name + "' takes " + attribute.type.text() + ", not " + found,
      hint, where);
}

/// The likely value, and all of them.
std::string known_values(const Attribute& attribute, const Value& value, const char* all) {
  std::vector<std::string> words;
  for (const Value& word : attribute.allowed)
    words.push_back(word.is_string() ? word.as_string() : to_json(word));
  const auto near = value.is_string() ? did_you_mean(value.as_string(), words) : std::nullopt;
  return (near ? "did you mean '" + *near + "'? " : "") + all + join(words, ", ");
}

}  // namespace

std::optional<Diagnostic> doubt(const std::string& resource, const Attribute& attribute,
                                const Value& value, const SourceLocation& where) {
  if (!attribute.allowed_open || !is_beyond_allowed(attribute, value)) return std::nullopt;
  Diagnostic warning = wrong(
      resource + ": jim knows of no '" + attribute.name + "' " + escape_control(to_json(value)),
      known_values(attribute, value, "known: "), where);
  warning.severity = Severity::warning;
  return warning;
}

Diagnostic mistake_in(const Attribute& attribute, Diagnostic error) {
  if (!attribute.secret) return error;
  const std::size_t first = error.message.find('"');
  const std::size_t last = error.message.rfind('"');
  if (first != last) error.message.replace(first, last + 1 - first, "(sensitive)");
  return error;
}

bool is_text(const Value& value) {
  if (value.is_string()) return find_bad_utf8(value.as_string()) == std::string::npos;
  if (value.is_list()) return std::all_of(value.as_list().begin(), value.as_list().end(), is_text);
  return !value.is_map() ||
         std::all_of(value.as_map().begin(), value.as_map().end(), [](const auto& entry) {
           return find_bad_utf8(entry.first) == std::string::npos && is_text(entry.second);
         });
}

Diagnostic not_text(const std::string& what, const SourceLocation& where) {
  return wrong(what + " holds bytes that are not UTF-8 text",
               "leave it in base64, where the vendor takes that: base64encode(), filebase64()",
               where);
}

Result<Value> check_value(const std::string& resource, const Attribute& attribute,
                          const Value& value, const SourceLocation& where) {
  auto converted = convert(value, attribute.type);
  if (!converted) return wrong_type(resource, attribute, value, where);
  if (converted->is_null() && attribute.default_value) converted = *attribute.default_value;
  if (converted->is_null() && attribute.required)
    return wrong(
        resource + ": '" + attribute.name + "' is null, and every resource of this type needs one",
        "give it a value", where);
  if (!attribute.allowed_open && is_beyond_allowed(attribute, *converted))
    return wrong(
        resource + ": '" + attribute.name + "' cannot be " + escape_control(to_json(*converted)),
        known_values(attribute, *converted, "allowed: "), where);
  if (!is_text(*converted)) return not_text(resource + ": '" + attribute.name + "'", where);
  return attribute.secret ? converted->as_secret() : *converted;
}

}  // namespace jim
