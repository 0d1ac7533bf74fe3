#include "cli/selection.h"

#include "core/plan/selection.h"

namespace jim {

bool check_selection(Session& session, const PlanOptions& options) {
  Diagnostics found;
  const Selection selection(options, session.workspace().config(), session.workspace().expansion(),
                            session.state(), found);
  if (found.empty()) return true;
  session.fail(found);
  return false;
}

}  // namespace jim
