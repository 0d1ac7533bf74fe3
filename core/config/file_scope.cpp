#include "core/config/file_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/config/reserved.h"
#include "core/graph/graph.h"
#include "core/value/json.h"

namespace jim {

namespace {

const std::vector<std::string> kDeclares = {"type", "default", "description", "secret"};

const ConfigValue* entry_of(const ConfigValue& map, std::string_view name) {
  for (const auto& [key, entry] : map.entries)
    if (key == name) return &entry;
  return nullptr;
}

std::optional<AttributeType> type_in(const ConfigValue& declaration) {
  const ConfigValue* word = entry_of(declaration, "type");
  const bool is_text = word != nullptr && word->kind == ConfigValue::Kind::scalar &&
                       word->is_constant() && word->scalar.constant().is_string();
  if (!is_text) return std::nullopt;
  return parse_attribute_type(word->scalar.constant().as_string());
}

/// A variable is a plain value, or a map that declares one: it holds nothing but the words for
/// that, or names a type.
bool is_declaration(const ConfigValue& value) {
  if (value.kind != ConfigValue::Kind::map || value.entries.empty()) return false;
  const bool only_words =
      std::all_of(value.entries.begin(), value.entries.end(), [](const auto& entry) {
        return std::find(kDeclares.begin(), kDeclares.end(), entry.first) != kDeclares.end();
      });
  return only_words || type_in(value);
}

/// Adds the mistake, unless it was found before: each provider's settings and the resources see the
/// same variables.
void add_once(Diagnostics& diagnostics, Diagnostic found) {
  const bool known =
      std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& other) {
        return other.where == found.where && other.message == found.message;
      });
  if (!known) diagnostics.push_back(std::move(found));
}

void fail(Diagnostics& diagnostics, const SourceLocation& where, const std::string& message,
          const std::string& hint = {}) {
  add_once(diagnostics,
           {.code = ErrorCode::invalid_config, .message = message, .hint = hint, .where = where});
}

/// What a variable's place in the file says of it.
struct Declared {
  const ConfigValue* source = nullptr;  ///< its value or default; nullptr: it has none
  AttributeType type = {};
  bool secret = false;
};

Declared read_declaration(const ConfigAttribute& variable, Diagnostics& diagnostics) {
  const ConfigValue& value = variable.value;
  if (!is_declaration(value)) return {.source = &value};
  Declared declared = {.source = entry_of(value, "default")};
  for (std::size_t i = 0; i < value.entries.size(); ++i) {
    const std::string& key = value.entries[i].first;
    if (std::find(kDeclares.begin(), kDeclares.end(), key) != kDeclares.end()) continue;
    const auto near = did_you_mean(key, kDeclares);
    fail(diagnostics, value.key_places[i],
         fmt::format("variable '{}' has an unknown key '{}'", variable.name, escape_control(key)),
         near ? fmt::format("did you mean '{}'?", *near) : "known here: " + join(kDeclares, ", "));
  }
  if (const ConfigValue* word = entry_of(value, "type")) {
    const auto type = type_in(value);
    if (type) declared.type = *type;
    if (!type)
      fail(diagnostics, word->where,
           fmt::format("variable '{}' has a type that does not exist", variable.name),
           "such as string, integer, boolean, list(string) or map(any)");
  }
  if (const ConfigValue* word = entry_of(value, "secret")) {
    const Value flag = word->is_constant() ? word->scalar.constant() : Value::unknown();
    declared.secret = flag == Value(true);
    if (!flag.is_bool())
      fail(diagnostics, word->where,
           fmt::format("variable '{}': 'secret' takes true or false, not {}", variable.name,
                       flag.is_unknown() ? "an expression" : kind_name(flag.kind())),
           boolean_hint(flag));
  }
  return declared;
}

/// What a variable uses of the others.
struct Uses {
  std::vector<std::size_t> numbers = {};  ///< those that it names
  bool all = false;  ///< which ones is not known from the file, or it names one that is not there
};

/// What is given from outside uses nothing.
std::vector<Uses> uses_of(const std::vector<ConfigAttribute>& vars,
                          const Surroundings& surroundings) {
  std::map<std::string_view, std::size_t> numbers;
  for (std::size_t i = 0; i < vars.size(); ++i) numbers.emplace(vars[i].name, i);
  std::vector<Uses> uses(vars.size());
  for (std::size_t i = 0; i < vars.size(); ++i) {
    if (surroundings.vars.contains(vars[i].name)) continue;
    std::vector<Reference> references;
    vars[i].value.collect_references(references);
    for (const Reference& reference : references) {
      if (reference.root != "var") continue;
      const auto used =
          reference.steps.empty() ? numbers.end() : numbers.find(reference.steps.front());
      if (used == numbers.end())
        uses[i].all = true;
      else
        uses[i].numbers.push_back(used->second);
    }
  }
  return uses;
}

struct VariableOrder {
  std::vector<std::size_t> order = {};     ///< each comes after those that it uses
  std::vector<std::size_t> circular = {};  ///< these use each other in a circle, which was told
};

VariableOrder order_of(const std::vector<ConfigAttribute>& vars, const std::vector<Uses>& uses,
                       Diagnostics& diagnostics) {
  std::vector<std::vector<std::size_t>> needs;
  needs.reserve(uses.size());
  for (const Uses& one : uses) needs.push_back(one.numbers);
  VariableOrder result;
  while (true) {
    Order sorted = order_by_need(needs);
    if (sorted.cycle.empty()) {
      result.order = std::move(sorted.order);
      return result;
    }
    std::vector<std::string> names;
    for (const std::size_t i : sorted.cycle) names.push_back(vars[i].name);
    names.push_back(names.front());
    const ConfigAttribute& first = vars[sorted.cycle.front()];
    fail(diagnostics, first.name_where,
         names.size() == 2
             ? fmt::format("variable '{}' uses itself", first.name)
             : fmt::format("these variables use each other in a circle: {}", join(names, " -> ")),
         "give one of them a value of its own");
    for (const std::size_t i : sorted.cycle) needs[i].clear();
    result.circular.insert(result.circular.end(), sorted.cycle.begin(), sorted.cycle.end());
  }
}

}  // namespace

FileScope::FileScope(const Config& config, const Files& files, const Surroundings& surroundings,
                     Diagnostics& diagnostics)
    : root_(config.root), files_(files) {
  std::vector<ValueMap::Entry> env;
  for (const auto& [name, text] : surroundings.environment)
    env.emplace_back(name, Value(text).as_secret());
  env_ = ValueMap::from_entries(std::move(env));
  std::vector<std::string> known;
  known.reserve(config.vars.size());
  for (const ConfigAttribute& variable : config.vars) known.push_back(variable.name);
  const std::vector<Uses> uses = uses_of(config.vars, surroundings);
  const VariableOrder order = order_of(config.vars, uses, diagnostics);
  std::vector<std::optional<Value>> values(config.vars.size());
  for (const std::size_t i : order.circular) values[i] = Value::unknown();
  const auto entry = [&](std::vector<ValueMap::Entry>& entries, std::size_t i) {
    if (values[i]) entries.emplace_back(known[i], *values[i]);
  };
  const auto see_all = [&] {
    std::vector<ValueMap::Entry> entries;
    for (std::size_t i = 0; i < values.size(); ++i) entry(entries, i);
    var_ = ValueMap::from_entries(std::move(entries));
  };
  for (const std::size_t i : order.order) {
    // Each sees those that it uses: to make a map of all for each one takes minutes when there are
    // many.
    std::vector<ValueMap::Entry> entries;
    for (const std::size_t used : uses[i].numbers) entry(entries, used);
    var_ = ValueMap::from_entries(std::move(entries));
    if (uses[i].all) see_all();
    // After a mistake it is unknown, so that nothing more is said where it is used.
    values[i] = value_of(config.vars[i], surroundings, diagnostics).value_or(Value::unknown());
  }
  see_all();
  for (const auto& [name, value] : surroundings.vars) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = did_you_mean(name, known);
    fail(diagnostics, {},
         fmt::format("--var {}: the file has no such variable", escape_control(name)),
         near            ? fmt::format("did you mean '{}'?", *near)
         : known.empty() ? "declare it under 'vars'"
                         : "the file's variables: " + join(known, ", "));
  }
}

std::optional<Value> FileScope::value_of(const ConfigAttribute& variable,
                                         const Surroundings& surroundings,
                                         Diagnostics& diagnostics) const {
  const Declared declared = read_declaration(variable, diagnostics);
  Value value;
  SourceLocation where = {};
  if (const Value* given = surroundings.vars.find(variable.name)) {
    value = *given;
  } else if (declared.source == nullptr) {
    fail(diagnostics, variable.name_where, fmt::format("variable '{}' has no value", variable.name),
         fmt::format("give it with --var {}=..., or add a 'default'", variable.name));
    return std::nullopt;
  } else {
    auto evaluated = declared.source->evaluate(*this);
    if (!evaluated) {
      add_once(diagnostics, evaluated.error());
      return std::nullopt;
    }
    value = std::move(*evaluated);
    where = declared.source->where;
  }
  const auto converted = convert(value, declared.type);
  if (converted) return converted->as_secret(declared.secret);
  const bool whole = declared.type.kind == AttributeType::Kind::integer;
  const std::string wanted = whole ? "a whole number" : declared.type.text();
  const bool shown = value.is_number() && !declared.secret && !value.is_secret();
  const std::string found = shown ? to_json(value) : kind_name(value.kind());
  fail(diagnostics, where,
       fmt::format("variable '{}' takes {}, not {}", variable.name, wanted, found),
       declared.type.kind == AttributeType::Kind::boolean ? boolean_hint(value) : "");
  return std::nullopt;
}

const Value* FileScope::lookup(std::string_view name) const {
  if (name == "var") return &var_;
  if (name == "env") return &env_;
  return nullptr;
}

std::vector<std::string> FileScope::names() const { return {"var", "env"}; }

Result<std::string> FileScope::read_file(const std::string& path) const {
  if (path.starts_with("/dev/") || path.starts_with("/proc/self/fd/"))
    return Diagnostic{.code = ErrorCode::io,
                      .message = "cannot read " + path + ": it is no regular file"};
  const bool whole = path.empty() || path[0] == '/' || root_.empty() || root_ == ".";
  auto text = files_.read(whole ? path : root_ + "/" + path);
  if (text) return text;
  Diagnostic error = text.error();
  if (error.hint.empty()) error.hint = "paths start at the folder of the file";
  return error;
}

}  // namespace jim
