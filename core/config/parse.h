#pragma once

#include "core/base/result.h"
#include "core/config/config.h"
#include "core/config/yaml.h"

namespace jim {

/// Turns the merged file into a Config and adds every mistake of shape: unknown keys, wrong kinds,
/// bad names, expressions that do not parse.
Config parse_config(const YamlNode& root, Diagnostics& diagnostics);

/// Turns a node into templates.
ConfigValue parse_value(const YamlNode& node, Diagnostics& diagnostics);

}  // namespace jim
