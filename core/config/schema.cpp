#include "core/config/schema.h"

#include "core/config/reserved.h"

namespace jim {

namespace {

using Entries = std::vector<ValueMap::Entry>;

Value object(Entries entries) { return ValueMap::from_entries(std::move(entries)); }
Value reference(const std::string& name) { return object({{"$ref", "#/definitions/" + name}}); }

/// `schema`, or an expression in its place.
Value or_expression(Value schema) {
  return object({{"anyOf", ValueList{std::move(schema), reference("expression")}}});
}

Value schema_of(const AttributeType& type) {
  using Kind = AttributeType::Kind;
  const Value element = type.element ? schema_of(*type.element) : object({});
  switch (type.kind) {
    case Kind::any:
      return object({});
    case Kind::string:  // a number or boolean is taken as its text
      return object({{"type", ValueList{"string", "number", "boolean"}}});
    case Kind::integer:
      return or_expression(object({{"type", "integer"}}));
    case Kind::number:
      return or_expression(object({{"type", "number"}}));
    case Kind::boolean:
      return or_expression(object({{"type", "boolean"}}));
    case Kind::list:
      return or_expression(object({{"type", "array"}, {"items", element}}));
    case Kind::map:
      return or_expression(object({{"type", "object"}, {"additionalProperties", element}}));
  }
  return object({});
}

Value with(const Value& schema, Entries more) {
  Entries entries(schema.as_map().begin(), schema.as_map().end());
  for (ValueMap::Entry& entry : more) entries.push_back(std::move(entry));
  return object(std::move(entries));
}

Value attribute_schema(const Attribute& attribute) {
  const Value words = object({{"enum", ValueList(attribute.allowed)}});
  const Value plain = attribute.allowed.empty() ? schema_of(attribute.type)
                      : attribute.allowed_open
                          ? object({{"anyOf", ValueList{words, schema_of(attribute.type)}}})
                          : or_expression(words);
  Entries more;
  if (!attribute.description.empty()) more.emplace_back("description", attribute.description);
  if (!attribute.example.empty()) more.emplace_back("examples", ValueList{attribute.example});
  if (attribute.default_value && !attribute.secret)
    more.emplace_back("default", *attribute.default_value);
  return with(plain, std::move(more));
}

Value names_schema() {
  return object({{"type", ValueList{"string", "array"}}, {"items", object({{"type", "string"}})}});
}

Value reserved_schema(std::string_view key) {
  if (key == "type" || key == "was") return object({{"type", "string"}});
  if (key == "count") return or_expression(object({{"type", "integer"}, {"minimum", 0}}));
  if (key == "for_each") return object({{"type", ValueList{"string", "array", "object"}}});
  if (key == "needs" || key == "ignore") return names_schema();
  if (key == "timeouts") {
    const Value time = object({{"type", "string"}, {"examples", ValueList{"30m"}}});
    return object({{"type", "object"},
                   {"properties", object({{"create", time}, {"update", time}, {"delete", time}})},
                   {"additionalProperties", false}});
  }
  return or_expression(object({{"type", "boolean"}}));
}

Value type_schema(const ResourceType& type) {
  Entries properties;
  for (const ReservedKey& key : kReservedKeys)
    properties.emplace_back(
        key.name, with(reserved_schema(key.name), {{"description", Value(key.description)}}));
  ValueList required;
  for (const Attribute& attribute : type.attributes) {
    if (attribute.computed && !attribute.optional_computed) continue;
    properties.emplace_back(attribute.name, attribute_schema(attribute));
    if (attribute.required && !attribute.default_value) required.emplace_back(attribute.name);
  }
  Entries schema = {{"type", "object"},
                    {"properties", object(std::move(properties))},
                    {"additionalProperties", false}};
  if (!type.description.empty()) schema.emplace_back("description", type.description);
  if (!required.empty()) schema.emplace_back("required", std::move(required));
  return object(std::move(schema));
}

Value resource_schema(const std::map<std::string, const ResourceType*>& types) {
  ValueList names;
  ValueList choices;
  for (const auto& [name, type] : types) {
    names.emplace_back(name);
    const Value chosen = object({{"required", ValueList{"type"}},
                                 {"properties", object({{"type", object({{"const", name}})}})}});
    choices.push_back(object({{"if", chosen}, {"then", reference(name)}}));
  }
  ValueList word = {object({{"type", "string"}})};
  if (!names.empty()) word.insert(word.begin(), object({{"enum", std::move(names)}}));
  Entries schema = {{"type", "object"},
                    {"required", ValueList{"type"}},
                    {"properties", object({{"type", object({{"anyOf", std::move(word)}})}})}};
  if (!choices.empty()) schema.emplace_back("allOf", std::move(choices));
  return object(std::move(schema));
}

Value named(Value each) {
  return object({{"type", ValueList{"object", "null"}},
                 {"propertyNames", object({{"pattern", "^[A-Za-z_][A-Za-z0-9_-]{0,63}$"}})},
                 {"additionalProperties", std::move(each)}});
}

/// A path or URL, or a map with how to get in and seal.
Value state_schema() {
  const auto text = [](const char* says) {
    return object({{"type", "string"}, {"description", says}});
  };
  const auto flag = [](const char* says) {
    return object({{"type", "boolean"}, {"description", says}});
  };
  const Value key = object(
      {{"type", "object"},
       {"minProperties", 1},
       {"maxProperties", 1},
       {"additionalProperties", false},
       {"properties",
        object({{"passphrase", text("scrypt makes the key of it")},
                {"file", text("A file with 32 bytes, or their hexadecimal or base64 text")},
                {"command",
                 object({{"type", "array"},
                         {"description", "A program and its arguments that print it"}})}})}});
  const Value whole =
      object({{"type", "object"},
              {"additionalProperties", false},
              {"properties",
               object({{"url", text("A path, etcd://HOSTS/PREFIX, s3://BUCKET/KEY or https://...")},
                       {"key", key},
                       {"old_keys", object({{"type", "array"}, {"items", key}})},
                       {"encryption", object({{"enum", ValueList{"required", "optional"}}})},
                       {"ca_file", text("PEM file that the server is trusted by")},
                       {"cert_file", text("PEM file of the client's certificate")},
                       {"key_file", text("PEM file of its key")},
                       {"user", text("User name")},
                       {"password", text("Password or token")},
                       {"endpoint", text("s3: URL of another server than AWS")},
                       {"region", text("s3: region")},
                       {"profile", text("s3: profile of the shared credentials file")},
                       {"path_style", flag("s3: the bucket stands in the path")},
                       {"unconditional", flag("s3: also a server that ignores conditions")},
                       {"lock_url", text("https: where to lock")},
                       {"unlock_url", text("https: where to unlock")},
                       {"update_method", text("https: POST unless told")},
                       {"lock_method", text("https: LOCK unless told")},
                       {"unlock_method", text("https: UNLOCK unless told")}})}});
  return object({{"description", "Where state is kept"},
                 {"anyOf", ValueList{object({{"type", "string"}}), whole}}});
}

Value top_level() {
  const Value provider =
      object({{"type", ValueList{"object", "null"}},
              {"properties",
               object({{"manifest",
                        object({{"type", "string"},
                                {"description",
                                 "Path of a manifest of your own, from the file's folder"}})}})}});
  return object(
      {{"project", object({{"type", "string"},
                           {"pattern", "^[a-z][a-z0-9-]{0,31}$"},
                           {"description", "What all of this belongs to; part of every mark"}})},
       {"vars", named(object({{"description",
                               "A value, or a declaration with any of the keys "
                               "type, default, description, secret"}}))},
       {"providers", named(provider)},
       {"state", state_schema()},
       {"resources", named(reference("resource"))},
       {"outputs", named(object({}))},
       {"include",
        with(names_schema(),
             {{"description", "Files below this one; '*' may stand in the last part"}})}});
}

}  // namespace

Value config_schema(const std::map<std::string, const ResourceType*>& types) {
  Entries definitions = {{"expression", object({{"type", "string"}, {"pattern", R"(\$\{)"}})},
                         {"resource", resource_schema(types)}};
  for (const auto& [name, type] : types) definitions.emplace_back(name, type_schema(*type));
  return object({{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "jim.yaml"},
                 {"type", "object"},
                 {"required", ValueList{"project"}},
                 {"properties", top_level()},
                 {"additionalProperties", false},
                 {"definitions", object(std::move(definitions))}});
}

}  // namespace jim
