#include "tests/core/config/check.h"

#include <fmt/format.h>

#include <stdexcept>

#include "core/value/json.h"

namespace jim {

namespace {

AttributeType type_of(const std::string& text) { return *parse_attribute_type(text); }

ResourceType machine() {
  return {.name = "test.machine",
          .provider = "test",
          .attributes = {{.name = "hostname", .type = type_of("string")},
                         {.name = "image", .type = type_of("string"), .default_value = "debian"},
                         {.name = "ip", .type = type_of("string"), .computed = true},
                         {.name = "labels", .type = type_of("map(string)")},
                         {.name = "password", .type = type_of("string"), .secret = true},
                         {.name = "plan",
                          .type = type_of("string"),
                          .example = "small",
                          .required = true,
                          .allowed = {"small", "large"}},
                         {.name = "size", .type = type_of("integer")},
                         {.name = "spot", .type = type_of("boolean")},
                         {.name = "tags", .type = type_of("list(string)")},
                         {.name = "zone",
                          .type = type_of("string"),
                          .computed = true,
                          .optional_computed = true}}};
}

ResourceType key() {
  return {.name = "test.key",
          .provider = "test",
          .attributes = {{.name = "name", .type = type_of("string"), .required = true}}};
}

/// JSON, with "?" for what is unknown and "(sensitive)" for what is secret.
Value plain(const Value& value) {
  if (value.is_secret()) return "(sensitive)";
  if (value.is_unknown()) return "?";
  if (value.is_list()) {
    ValueList items;
    for (const Value& item : value.as_list()) items.push_back(plain(item));
    return items;
  }
  if (!value.is_map()) return value;
  std::vector<ValueMap::Entry> entries;
  for (const auto& [name, entry] : value.as_map()) entries.emplace_back(name, plain(entry));
  return ValueMap::from_entries(std::move(entries));
}

}  // namespace

const std::map<std::string, const ResourceType*>& test_types() {
  static const ResourceType kMachine = machine();
  static const ResourceType kKey = key();
  static const std::map<std::string, const ResourceType*> kTypes = {{"test.machine", &kMachine},
                                                                    {"test.key", &kKey}};
  return kTypes;
}

std::string shown(const Diagnostics& diagnostics) {
  std::string all;
  for (const Diagnostic& one : diagnostics) {
    const SourceLocation& where = one.where;
    all += fmt::format("{}:{}:{}: {}", where.file, where.line, where.column, one.message);
    all += one.hint.empty() ? "\n" : " | " + one.hint + "\n";
  }
  return all;
}

Checked::Checked(std::map<std::string, std::string> files, const std::vector<std::string>& paths,
                 Surroundings surroundings)
    : files_(std::move(files)), surroundings_(std::move(surroundings)) {
  config_ = load_config(files_, paths, diagnostics_);
  if (config_) expansion_ = expand(*config_, test_types(), files_, surroundings_, diagnostics_);
}

Checked::Checked(const std::string& text, Surroundings surroundings)
    : Checked(std::map<std::string, std::string>{{"jim.yaml", "project: p\n" + text},
                                                 {"hello.txt", "hello"}},
              {"jim.yaml"}, std::move(surroundings)) {}

std::string Checked::text() const {
  if (!diagnostics_.empty()) return shown(diagnostics_);
  std::string all;
  for (const Desired& one : expansion_->resources())
    all += fmt::format("{} {} {}\n", one.address.text(), one.type->name,
                       to_json(plain(one.attributes)));
  return all;
}

const Desired& Checked::resource(const std::string& address) const {
  for (const Desired& one : expansion_->resources())
    if (one.address.text() == address) return one;
  throw std::out_of_range(address);
}

std::string check(const std::string& text, Surroundings surroundings) {
  return Checked(text, std::move(surroundings)).text();
}

}  // namespace jim
