#include "cli/session.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

int run_validate(Context& context) {
  Session session(context);
  if (!session.open_file(Session::Vendors::not_asked)) return session.status();
  const std::size_t resources = session.workspace().expansion().resources().size();
  const std::size_t providers = session.workspace().accounts().size();
  if (context.globals.format == Format::json) {
    ValueMap map;
    map.set("valid", true);
    map.set("resources", static_cast<std::int64_t>(resources));
    context.terminal.out(to_json(Value(std::move(map))) + "\n");
  } else {
    context.terminal.out(join(session.workspace().config().files, ", ") +
                         " is valid: " + counted(resources, "resource") + ", " +
                         counted(providers, "provider") + "\n");
  }
  return 0;
}

}  // namespace jim
