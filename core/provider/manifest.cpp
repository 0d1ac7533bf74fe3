#include "core/provider/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/provider/manifest_parts.h"

namespace jim {

std::vector<Reference> RequestSpec::references() const {
  std::vector<Reference> references;
  const auto collect = [&](const Template& source) {
    const auto more = source.references();
    references.insert(references.end(), more.begin(), more.end());
  };
  for (const Template& piece : path) collect(piece);
  for (const NamedTemplate& parameter : query) collect(parameter.value);
  for (const NamedTemplate& header : headers) collect(header.value);
  body.collect_references(references);
  for (const auto& [pointer, value] : json_patch) value.collect_references(references);
  return references;
}

bool RequestSpec::mentions(std::string_view root) const {
  const auto all = references();
  return std::any_of(all.begin(), all.end(),
                     [&](const Reference& reference) { return reference.root == root; });
}

std::string TypeSpec::short_name() const { return type.name.substr(type.name.find('.') + 1); }

bool TypeSpec::marks_whole() const {
  const auto takes_all = [](const RequestSpec& request) {
    const auto all = request.references();
    return std::any_of(all.begin(), all.end(), [](const Reference& reference) {
      const bool one_part = !reference.steps.empty() && reference.steps.front() != "text";
      return reference.root == "mark" && !one_part;
    });
  };
  const auto step_takes_all = [&](const StepSpec& step) {
    return takes_all(step.request) || (step.otherwise && takes_all(*step.otherwise));
  };
  return (create && takes_all(create->request)) ||
         std::any_of(steps.begin(), steps.end(), step_takes_all) ||
         std::any_of(mark.write.begin(), mark.write.end(), step_takes_all);
}

const StepSpec* TypeSpec::retry() const {
  if (!ready || ready->retry.empty()) return nullptr;
  const auto step = std::find_if(update.begin(), update.end(),
                                 [&](const StepSpec& one) { return one.name == ready->retry; });
  return step == update.end() ? nullptr : &*step;
}

Duration TypeSpec::stall() const { return ready ? ready->stall : ReadySpec().stall; }

const ConfigKey* Manifest::config_key(std::string_view name) const {
  for (const ConfigKey& key : config) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

const TypeSpec* Manifest::find(std::string_view type_name) const {
  for (const TypeSpec& spec : types) {
    if (spec.type.name == type_name) return &spec;
  }
  return nullptr;
}

std::optional<Manifest> load_manifest(std::string_view text, const std::string& file,
                                      Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  YamlNode root;
  if (!read_yaml(text, file, root, diagnostics)) return std::nullopt;

  if (root.kind == YamlNode::Kind::scalar && root.scalar.is_null()) {
    diagnostics.push_back({.code = ErrorCode::invalid_config,
                           .message = "manifest must be a map, not null",
                           .where = root.where});
    return std::nullopt;
  }

  Manifest manifest;
  Section section(root, "manifest", diagnostics);
  section.require("provider");
  manifest.provider = section.text("provider");
  manifest.description = section.text("description");
  manifest.homepage = section.text("homepage");
  manifest.config = read_config_keys(section.find("config"), diagnostics);
  section.require("base_url");
  manifest.base_url = section.expression("base_url").value_or(Template());
  manifest.headers = read_named(section.find("headers"), "headers", diagnostics);
  manifest.auth = read_auth(section.find("auth"), diagnostics);
  if (const YamlNode* pages = section.find("pagination")) {
    manifest.pagination = read_pagination(*pages, "pagination", diagnostics);
  }
  manifest.limits = read_limits(section.find("limits"), diagnostics);
  manifest.errors = read_errors(section.find("errors"), diagnostics);

  TypeDefaults defaults;
  defaults.provider = manifest.provider;
  defaults.attributes_in = section.text("attributes_in");
  defaults.object = section.text("object");
  if (const YamlNode* object = section.find("object")) {
    defaults.object_where = object->where;
    read_extract(*object, diagnostics);  // a mistake in it is reported once, here
  }
  if (const YamlNode* resources = section.require("resources")) {
    Section all(*resources, "resources", diagnostics);
    for (const YamlNode::Entry& entry : resources->entries) {
      manifest.types.push_back(read_type(entry.key, entry, defaults, diagnostics));
    }
  }
  section.finish();
  std::sort(manifest.types.begin(), manifest.types.end(),
            [](const TypeSpec& a, const TypeSpec& b) { return a.type.name < b.type.name; });
  if (diagnostics.size() == before) check_names(manifest, diagnostics);
  if (diagnostics.size() == before)
    for (const TypeSpec& spec : manifest.types) check_making(spec, diagnostics);
  if (diagnostics.size() != before) return std::nullopt;
  return manifest;
}

}  // namespace jim
