#include "core/config/file_scope.h"

#include <algorithm>

#include "core/base/text.h"

namespace jim {

FileScope::FileScope(const Config& config, const Files& files, const Surroundings& surroundings,
                     Diagnostics& diagnostics)
    : root_(config.root), files_(files) {
  ValueMap env;
  for (const auto& [name, text] : surroundings.environment)
    env.set(name, Value(text).as_secret());
  env_ = Value(std::move(env));
  var_ = Value(ValueMap());
  std::vector<std::string> known;
  for (const ConfigAttribute& variable : config.vars) {
    known.push_back(variable.name);
    declare(variable, surroundings, diagnostics);
  }
  for (const auto& [name, value] : surroundings.vars) {
    if (var_.get(name) != nullptr) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = did_you_mean(name, known);
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = "--var " + escape_control(name) +
                                      ": the file has no such variable",
                           .hint = near            ? "did you mean '" + *near + "'?"
                                   : known.empty() ? "declare it under 'vars'"
                                                   : "the file's variables: " + join(known, ", ")});
  }
}

namespace {

/// A variable may be a plain value or a map that declares it.
bool is_declaration(const ConfigValue& value) {
  if (value.kind != ConfigValue::Kind::map || value.entries.empty()) return false;
  for (const auto& [name, entry] : value.entries)
    if (name != "type" && name != "default" && name != "description" && name != "secret")
      return false;
  return true;
}

const ConfigValue* entry_of(const ConfigValue& map, std::string_view name) {
  for (const auto& [key, entry] : map.entries)
    if (key == name) return &entry;
  return nullptr;
}

}  // namespace

void FileScope::declare(const ConfigAttribute& variable, const Surroundings& surroundings,
                        Diagnostics& diagnostics) {
  const auto fail = [&](const SourceLocation& where, const std::string& message,
                        const std::string& hint) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = message,
                           .hint = hint,
                           .where = where});
  };
  const ConfigValue* source = &variable.value;
  AttributeType type;
  bool secret = false;
  if (is_declaration(variable.value)) {
    source = entry_of(variable.value, "default");
    if (const ConfigValue* word = entry_of(variable.value, "type")) {
      const Value text = word->scalar.constant();
      const auto parsed = text.is_string() ? parse_attribute_type(text.as_string()) : std::nullopt;
      if (!parsed) {
        fail(word->where, "variable '" + variable.name + "' has a type that does not exist",
             "such as string, integer, boolean, list(string) or map(any)");
      } else {
        type = *parsed;
      }
    }
    if (const ConfigValue* flag = entry_of(variable.value, "secret"))
      secret = flag->scalar.constant() == Value(true);
  }
  Value value;
  SourceLocation where = variable.value.where;
  if (const Value* given = surroundings.vars.find(variable.name)) {
    value = *given;
    where = {};
  } else if (source == nullptr) {
    fail(variable.name_where, "variable '" + variable.name + "' has no value",
         "give it with --var " + variable.name + "=..., or add a 'default'");
    return;
  } else {
    auto evaluated = source->evaluate(*this);
    if (!evaluated) {
      diagnostics.push_back(evaluated.error());
      return;
    }
    value = std::move(*evaluated);
  }
  auto converted = convert(value, type);
  if (!converted) {
    fail(where, "variable '" + variable.name + "' takes " + type.text() + ", not " +
                    kind_name(value.kind()),
         "");
    return;
  }
  ValueMap all = var_.as_map();
  all.set(variable.name, secret ? converted->as_secret() : *converted);
  var_ = Value(std::move(all));
}

const Value* FileScope::lookup(std::string_view name) const {
  if (name == "var") return &var_;
  if (name == "env") return &env_;
  return nullptr;
}

std::vector<std::string> FileScope::names() const { return {"var", "env"}; }

Result<std::string> FileScope::read_file(const std::string& path) const {
  if (path.empty() || path[0] == '/') return files_.read(path);
  return files_.read(root_.empty() || root_ == "." ? path : root_ + "/" + path);
}

}  // namespace jim
