#include "cli/render/explain.h"
#include "core/provider/settings.h"

namespace jim {

namespace {

void set_text(ValueMap& map, const char* name, const std::string& text) {
  if (!text.empty()) map.set(name, text);
}

Value texts(const std::vector<std::string>& words) { return ValueList(words.begin(), words.end()); }

}  // namespace

Value function_value(const Function& function) {
  ValueMap map;
  map.set("name", function.name);
  map.set("signature", function.signature);
  map.set("summary", function.summary);
  map.set("example", function.example);
  map.set("result", function.result);
  return map;
}

Value attribute_value(const Attribute& attribute) {
  ValueMap map;
  map.set("name", attribute.name);
  map.set("type", attribute.type.text());
  set_text(map, "description", attribute.description);
  set_text(map, "example", attribute.example);
  map.set("required", attribute.required);
  map.set("computed", attribute.computed);
  map.set("settable", !attribute.computed || attribute.optional_computed);
  map.set("secret", attribute.secret);
  if (attribute.default_value && !attribute.secret) map.set("default", *attribute.default_value);
  if (!attribute.allowed.empty()) {
    map.set("allowed", attribute.allowed);
    map.set("allowed_open", attribute.allowed_open);
  }
  if (!attribute.computed || attribute.optional_computed)
    map.set("change", risk_word(attribute.change));
  return map;
}

Value type_value(const ResourceType& type) {
  ValueMap map;
  map.set("type", type.name);
  set_text(map, "description", type.description);
  map.set("adopt_only", type.adopt_only);
  map.set("costs_money", type.costs_money);
  map.set("create_before_destroy", type.create_before_destroy);
  set_text(map, "mark", type.mark_field);
  map.set("identity", texts(type.identity));
  ValueList attributes;
  for (const Attribute& one : type.attributes) attributes.push_back(attribute_value(one));
  map.set("attributes", std::move(attributes));
  return map;
}

Value provider_value(const Manifest& manifest) {
  ValueMap map;
  map.set("provider", manifest.provider);
  set_text(map, "description", manifest.description);
  set_text(map, "homepage", manifest.homepage);
  ValueList settings;
  for (const ConfigKey& key : manifest.config) {
    ValueMap one;
    one.set("name", key.name);
    set_text(one, "description", key.description);
    one.set("environment", texts(key.env));
    one.set("required", key.required);
    one.set("secret", key.secret);
    if (key.default_value && !key.secret) one.set("default", *key.default_value);
    settings.push_back(std::move(one));
  }
  for (const std::string& name : common_settings()) {
    if (manifest.config_key(name) != nullptr) continue;
    ValueMap one;
    one.set("name", name);
    one.set("description", common_setting_text(name));
    settings.push_back(std::move(one));
  }
  map.set("settings", std::move(settings));
  ValueList types;
  for (const TypeSpec& spec : manifest.types) types.push_back(spec.type.name);
  map.set("types", std::move(types));
  return map;
}

}  // namespace jim
