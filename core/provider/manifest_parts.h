#pragma once

#include <string>

#include "core/config/yaml.h"
#include "core/provider/manifest.h"
#include "core/provider/manifest_reader.h"

// The pieces of load_manifest, one file each. For core/provider/manifest*.cpp alone.

namespace jim {

/// manifest_account.cpp: config, auth, limits, errors, pagination.
std::vector<ConfigKey> read_config_keys(const YamlNode* node, Diagnostics& diagnostics);
std::vector<AuthSpec> read_auth(const YamlNode* node, Diagnostics& diagnostics);
std::vector<LimitSpec> read_limits(const YamlNode* node, Diagnostics& diagnostics);
ErrorSpec read_errors(const YamlNode* node, Diagnostics& diagnostics);
PaginationSpec read_pagination(const YamlNode& node, const std::string& what,
                               Diagnostics& diagnostics);

/// manifest_request.cpp: a request's keys inside a section that may have others too.
RequestSpec read_request(Section& section, const Extract& default_object);
std::vector<StepSpec> read_steps(const YamlNode& node, const std::string& what,
                                 const Extract& default_object, Diagnostics& diagnostics);
std::vector<NamedTemplate> read_named(const YamlNode* node, const std::string& what,
                                      Diagnostics& diagnostics);

/// What a manifest sets for all its types.
struct TypeDefaults {
  std::string provider = {};
  std::string attributes_in = {};  ///< where attributes are read from inside `it`: `attributes`
  std::string object = {};         ///< where a reply holds the object: `${body.data}`
  SourceLocation object_where = {};
};

/// manifest_type.cpp
TypeSpec read_type(const std::string& name, const YamlNode::Entry& entry,
                   const TypeDefaults& defaults, Diagnostics& diagnostics);
/// manifest_attribute.cpp
void read_attributes(const YamlNode& node, const std::string& what, const TypeDefaults& defaults,
                     TypeSpec& spec, Diagnostics& diagnostics);

/// manifest_names.cpp: every name in every expression means something where it stands.
void check_names(const Manifest& manifest, Diagnostics& diagnostics);

/// manifest_making.cpp: what making an object needs is sent: a mark that no request carries never
/// gets onto an object, and a required attribute that none carries has no effect.
void check_making(const TypeSpec& spec, Diagnostics& diagnostics);

}  // namespace jim
