#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/tell.h"
#include "cli/workspace.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

int run_provider_list(Context& context) {
  Diagnostics found;
  ValueList list;
  for (const std::string& name : built_in_names()) {
    const auto manifest = built_in_manifest(name, found);
    if (!manifest) continue;
    std::vector<std::string> types;
    ValueList type_values;
    for (const TypeSpec& spec : manifest->types) {
      types.push_back(spec.short_name());
      type_values.push_back(spec.type.name);
    }
    if (context.globals.format == Format::json) {
      ValueMap map;
      map.set("name", name);
      map.set("description", manifest->description);
      map.set("types", std::move(type_values));
      list.push_back(std::move(map));
    } else {
      context.terminal.out(name + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') +
                           join(types, ", ") + "\n");
    }
  }
  if (context.globals.format == Format::json)
    context.terminal.out(to_json(Value(std::move(list)), {.indent = 2}) + "\n");
  tell(context.terminal, DiskFiles(), found);
  return status_of(found);
}

int run_provider_check(Context& context, const std::string& file) {
  const DiskFiles files;
  const auto text = files.read(file);
  if (!text) {
    Diagnostic error = text.error();
    error.code = ErrorCode::invalid_config;
    return fail(context.terminal, error);
  }
  Diagnostics found;
  const auto manifest = load_manifest(*text, file, found);
  tell(context.terminal, files, found);
  if (context.globals.format == Format::json) {
    ValueMap map;
    map.set("valid", manifest.has_value());
    map.set("findings", findings_value(found));
    context.terminal.out(to_json(Value(std::move(map)), {.indent = 2}) + "\n");
  }
  if (!manifest) return std::max(1, status_of(found));
  if (context.globals.format == Format::json) return 0;
  context.terminal.out(escape_control(file) + " is valid: provider '" +
                       escape_control(manifest->provider) + "' with " +
                       counted(manifest->types.size(), "type") + "\n");
  return 0;
}

}  // namespace jim
