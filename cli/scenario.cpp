#include "cli/scenario.h"

#include "core/config/yaml.h"

namespace jim {

Result<Value> read_scenario(const Files& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) return text.error();
  YamlNode root;
  Diagnostics found;
  if (!read_yaml(*text, path, root, found)) return found.front();
  return to_value(root);
}

}  // namespace jim
