#include "cli/scenario.h"

#include "core/base/text.h"
#include "core/config/yaml.h"

namespace jim {

Result<Value> read_scenario(const Files& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) {
    Diagnostic error = text.error();
    error.code = ErrorCode::invalid_config;
    return error;
  }
  YamlNode root;
  Diagnostics found;
  if (!read_yaml(*text, path, root, found)) return found.front();
  return to_value(root);
}

Diagnostic about_scenario(Diagnostic error, const std::string& path) {
  if (error.code == ErrorCode::invalid_config && error.where.line == 0 && !path.empty())
    error.message = escape_control(path) + ": " + error.message;
  return error;
}

}  // namespace jim
