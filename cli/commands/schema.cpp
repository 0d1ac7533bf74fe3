#include "core/config/schema.h"

#include "cli/commands/commands.h"
#include "cli/tell.h"
#include "cli/workspace.h"
#include "core/value/json.h"

namespace jim {

int run_schema(Context& context) {
  Diagnostics found;
  std::vector<std::shared_ptr<const Manifest>> manifests;
  std::map<std::string, const ResourceType*> types;
  for (const std::string& name : built_in_names()) {
    auto manifest = built_in_manifest(name, found);
    if (!manifest) continue;
    for (const TypeSpec& spec : manifest->types) types[spec.type.name] = &spec.type;
    manifests.push_back(std::move(manifest));
  }
  tell(context.terminal, DiskFiles(), found);
  context.terminal.out(to_json(config_schema(types), {.indent = 2}) + "\n");
  return status_of(found);
}

}  // namespace jim
