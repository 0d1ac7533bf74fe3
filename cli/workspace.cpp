#include "cli/workspace.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "core/config/file_scope.h"
#include "core/config/load.h"
#include "core/provider/embedded.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// Stands for a credential that the sandbox does not need to be true.
constexpr const char* kDummy = "sandbox";

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

bool has_errors(const Diagnostics& diagnostics, std::size_t from) {
  return std::any_of(diagnostics.begin() + static_cast<std::ptrdiff_t>(from), diagnostics.end(),
                     [](const Diagnostic& one) { return one.severity == Severity::error; });
}

}  // namespace

std::vector<std::string> built_in_names() {
  std::vector<std::string> names;
  for (const EmbeddedManifest& one : embedded_manifests()) names.emplace_back(one.name);
  return names;
}

std::shared_ptr<const Manifest> built_in_manifest(const std::string& name,
                                                  Diagnostics& diagnostics) {
  for (const EmbeddedManifest& one : embedded_manifests()) {
    if (one.name != name) continue;
    auto manifest = load_manifest(one.text, name + ".yaml", diagnostics);
    if (!manifest) return nullptr;
    return std::make_shared<const Manifest>(std::move(*manifest));
  }
  return nullptr;
}

Workspace::Workspace(const Globals& globals) : globals_(globals) {
  surroundings_.environment = environment();
}

bool Workspace::load_file(Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  std::vector<std::string> paths;
  if (!find_files(paths, diagnostics)) return false;
  config_ = load_config(files_, paths, diagnostics);
  if (!config_) return false;
  set_vars(diagnostics);
  use_planned_vars(diagnostics);
  return !has_errors(diagnostics, before);
}

bool Workspace::load(Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  load_file(diagnostics);
  if (!config_) return false;
  for (const ProviderBlock& block : config_->providers) add_account(block, diagnostics);
  // A type may be used without a block when the environment gives all that the account needs.
  for (const ResourceBlock& block : config_->resources) {
    const std::string provider = block.type.substr(0, block.type.find('.'));
    const std::vector<std::string> names = built_in_names();
    if (account(provider) == nullptr &&
        std::find(names.begin(), names.end(), provider) != names.end())
      add_account({.name = provider, .where = block.type_where}, diagnostics);
  }
  return !has_errors(diagnostics, before);
}

bool Workspace::expand(Diagnostics& diagnostics) {
  expansion_ = jim::expand(*config_, types_, files_, surroundings_, diagnostics);
  return expansion_.has_value();
}

bool Workspace::add_provider(const std::string& name, Diagnostics& diagnostics) {
  if (account(name) != nullptr) return true;
  const std::vector<std::string> names = built_in_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) return false;
  return add_account({.name = name, .where = config_->project_where}, diagnostics);
}

const Account* Workspace::account(const std::string& name) const {
  for (const Account& one : accounts_)
    if (one.name == name) return &one;
  return nullptr;
}

std::set<std::string> Workspace::used_types() const {
  std::set<std::string> used;
  for (const Desired& desired : expansion_->resources()) used.insert(desired.type->name);
  return used;
}

std::set<std::string> Workspace::secret_keys() const {
  std::set<std::string> keys;
  for (const auto& [name, type] : types_)
    for (const Attribute& attribute : type->attributes)
      if (attribute.secret) keys.insert(attribute.name);
  for (const Account& account : accounts_)
    for (const ConfigKey& key : account.manifest->config)
      if (key.secret) keys.insert(key.name);
  if (!config_) return keys;
  for (const ConfigAttribute& var : config_->vars)
    for (const auto& [word, value] : var.value.entries)
      if (word == "secret") keys.insert(var.name);
  add_sources(keys);
  return keys;
}

void Workspace::add_sources(std::set<std::string>& keys) const {
  std::vector<const ConfigAttribute*> written;
  for (const ConfigAttribute& var : config_->vars) written.push_back(&var);
  for (const ProviderBlock& block : config_->providers)
    for (const ConfigAttribute& setting : block.settings) written.push_back(&setting);
  for (const ResourceBlock& block : config_->resources)
    for (const ConfigAttribute& attribute : block.attributes) written.push_back(&attribute);
  for (std::size_t before = 0; before != keys.size();) {
    before = keys.size();
    for (const ConfigAttribute* one : written) {
      if (!keys.contains(one->name)) continue;
      std::vector<Reference> references;
      one->value.collect_references(references);
      for (const Reference& reference : references)
        if (reference.root == "var" && !reference.steps.empty())
          keys.insert(reference.steps.front());
    }
  }
}

bool Workspace::check_state(Diagnostics& diagnostics) const {
  return jim::state_settings(*config_, files_, surroundings_, KeyUse::looked_at, diagnostics)
      .has_value();
}

std::optional<StoreSettings> Workspace::state_settings(Diagnostics& diagnostics) const {
  auto settings = jim::state_settings(*config_, files_, surroundings_, KeyUse::read, diagnostics);
  if (settings && !globals_.state.empty()) {
    settings->url = globals_.state;
    settings->where = {};
  }
  return settings;
}

std::string Workspace::below_root(const std::string& path) const {
  if (path.starts_with("/") || config_->root.empty() || config_->root == ".") return path;
  return config_->root + "/" + path;
}

bool Workspace::find_files(std::vector<std::string>& paths, Diagnostics& diagnostics) const {
  paths = globals_.files;
  if (!paths.empty()) return true;
  if (files_.exists("jim.yaml")) {
    paths = {"jim.yaml"};
    return true;
  }
  std::error_code error;
  const auto here = std::filesystem::current_path(error);
  const auto found = find_config(files_, here.string());
  if (!found) {
    diagnostics.push_back(found.error());
    return false;
  }
  const auto relative = std::filesystem::relative(*found, here, error);
  paths = {error ? *found : relative.string()};
  return true;
}

void Workspace::set_vars(Diagnostics& diagnostics) {
  for (const std::string& given : globals_.vars) {
    const auto equals = given.find('=');
    const std::string name = given.substr(0, equals);
    std::vector<std::string> known;
    for (const ConfigAttribute& var : config_->vars) known.push_back(var.name);
    if (equals == std::string::npos || name.empty()) {
      // What is no name may be a value, and that a secret.
      const bool named = std::find(known.begin(), known.end(), given) != known.end();
      diagnostics.push_back(
          {.code = ErrorCode::invalid_config,
           .message = (named ? "--var '" + given + "'" : "a --var") + " is not NAME=VALUE",
           .hint = "for example: --var servers=3"});
      continue;
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto near = did_you_mean(name, known);
      diagnostics.push_back(
          {.code = ErrorCode::invalid_config,
           .message =
               "--var sets '" + escape_control(name) + "', which 'vars' of the file does not have",
           .hint = near ? "did you mean '" + *near + "'?" : "add it there with a default"});
      continue;
    }
    // A number, a boolean, a list or a map as JSON; anything else is text.
    const std::string text = given.substr(equals + 1);
    auto value = parse_json(text);
    surroundings_.vars.set(name, value ? std::move(*value) : Value(text));
  }
}

void Workspace::use_planned_vars(Diagnostics& diagnostics) {
  for (const auto& [name, value] : planned_vars_) {
    if (surroundings_.vars.contains(name)) continue;
    if (!is_fingerprint(value)) {
      surroundings_.vars.set(name, value);
      continue;
    }
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = "the plan was made with --var " + escape_control(name) +
                                      ", a secret, which no plan holds",
                           .hint = "give it again: --var " + escape_control(name) + "=..."});
  }
}

ValueMap Workspace::given_vars() const {
  Diagnostics told;  // what is wrong with variables is said by expand()
  const FileScope scope(*config_, files_, surroundings_, told);
  ValueMap given;
  for (const auto& [name, value] : surroundings_.vars)
    if (const Value* converted = scope.lookup("var")->get(name)) given.set(name, *converted);
  return given;
}

/// The sandbox needs no credentials, so a file that takes them from the environment works without
/// them.
void Workspace::add_dummies(const ProviderBlock& block) {
  std::vector<Reference> references;
  for (const ConfigAttribute& setting : block.settings)
    setting.value.collect_references(references);
  for (const Reference& reference : references)
    if (reference.root == "env" && !reference.steps.empty())
      surroundings_.environment.emplace(reference.steps.front(), kDummy);
}

std::shared_ptr<const Manifest> Workspace::find_manifest(const ProviderBlock& block,
                                                         Diagnostics& diagnostics) const {
  if (block.manifest.empty()) {
    const std::size_t before = diagnostics.size();
    auto manifest = built_in_manifest(block.name, diagnostics);
    if (manifest || diagnostics.size() > before) return manifest;
    const std::vector<std::string> names = built_in_names();
    const auto near = did_you_mean(block.name, names);
    diagnostics.push_back(
        {.code = ErrorCode::invalid_config,
         .message = "unknown provider '" + escape_control(block.name) + "'",
         .hint = near ? "did you mean '" + *near + "'?"
                      : "built in are " + join(names, ", ") +
                            "; one of your own is named by 'manifest: ./FILE.yaml'",
         .where = block.where});
    return nullptr;
  }
  const std::string path = below_root(block.manifest);
  const auto text = files_.read(path);
  if (!text) {
    Diagnostic error = text.error();
    error.code = ErrorCode::invalid_config;
    error.hint = "the manifest's path starts at the folder of the file";
    error.where = block.where;
    diagnostics.push_back(error);
    return nullptr;
  }
  auto manifest = load_manifest(*text, path, diagnostics);
  if (!manifest) return nullptr;
  return std::make_shared<const Manifest>(std::move(*manifest));
}

bool Workspace::add_account(const ProviderBlock& block, Diagnostics& diagnostics) {
  Account made = {.name = block.name, .manifest = find_manifest(block, diagnostics)};
  if (!made.manifest) return false;
  if (globals_.sandbox) add_dummies(block);
  for (const TypeSpec& spec : made.manifest->types) {
    ResourceType& type = owned_types_.emplace_back(spec.type);
    type.name = block.name + "." + spec.short_name();
    type.provider = block.name;
    types_[type.name] = &type;
  }
  std::vector<WrittenSetting> written;
  const auto settings = provider_settings(*config_, block, files_, surroundings_, diagnostics);
  if (settings) {
    for (const auto& [name, value] : *settings) {
      const auto setting =
          std::find_if(block.settings.begin(), block.settings.end(),
                       [&, key = &name](const ConfigAttribute& one) { return one.name == *key; });
      written.push_back(
          {name, value, setting == block.settings.end() ? block.where : setting->name_where});
    }
    const Environment environment = [this,
                                     &made](const std::string& name) -> std::optional<std::string> {
      const auto found = surroundings_.environment.find(name);
      if (globals_.sandbox) {
        // No true credential goes to the sandbox, and none has to be there.
        for (const ConfigKey& key : made.manifest->config)
          if (std::find(key.env.begin(), key.env.end(), name) != key.env.end() &&
              (key.secret || (key.required && found == surroundings_.environment.end())))
            return kDummy;
      }
      if (found != surroundings_.environment.end()) return found->second;
      for (const ConfigKey& key : made.manifest->config)
        if (offline_ && key.required && !key.env.empty() && key.env.front() == name) return kDummy;
      return std::nullopt;
    };
    made.settings = resolve_settings(*made.manifest, block.name, written, environment, block.where,
                                     diagnostics);
  }
  const bool complete = made.settings.has_value();
  accounts_.push_back(std::move(made));
  return complete;
}

}  // namespace jim
