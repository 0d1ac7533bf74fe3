#include "cli/session.h"
#include "cli/tell.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

int run_validate(Context& context) {
  Session session(context);
  const bool valid = session.open_file(Session::Vendors::not_asked);
  if (context.globals.format == Format::json) {
    ValueMap map;
    map.set("valid", valid);
    map.set("findings", findings_value(session.findings()));
    if (valid)
      map.set("resources",
              static_cast<std::int64_t>(session.workspace().expansion().resources().size()));
    context.terminal.out(to_json(Value(std::move(map)), {.indent = 2}) + "\n");
    return session.status();
  }
  if (!valid) return session.status();
  const Workspace& workspace = session.workspace();
  context.terminal.out(join(workspace.config().files, ", ") + " is valid: " +
                       counted(workspace.expansion().resources().size(), "resource") + ", " +
                       counted(workspace.accounts().size(), "provider") + "\n");
  return 0;
}

}  // namespace jim
