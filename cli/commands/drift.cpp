#include "cli/render/plan_text.h"
#include "cli/session.h"
#include "core/base/text.h"
#include "core/plan/plan_file.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr int kDriftPresent = 12;

/// The `drift` part of the plan's JSON, alone.
std::string drift_json(const Plan& plan, const std::string& key) {
  const Plan drift = {.project = plan.project, .lineage = plan.lineage, .drift = plan.drift};
  const auto whole = parse_json(plan_json(drift, key));
  const Value* list = whole ? whole->get("drift") : nullptr;
  ValueMap map;
  map.set("project", plan.project);
  map.set("drift", list != nullptr ? *list : Value(ValueList()));
  return to_json(Value(std::move(map)), {.indent = 2}) + "\n";
}

}  // namespace

int run_drift(Context& context, const DriftFlags& flags) {
  Session session(context);
  if (!session.open_file() || !session.open_state("drift", false) || !session.open_providers() ||
      !session.refresh(false))
    return session.status();
  const auto plan = session.plan({});
  if (!plan) return session.status();
  Terminal& terminal = context.terminal;
  switch (context.globals.format) {
    case Format::json:
      terminal.out_json(drift_json(*plan, session.key()));
      break;
    case Format::markdown:
      terminal.out(drift_markdown(*plan));
      break;
    case Format::text:
      terminal.out(plan->drift.empty()
                       ? "No drift.\n"
                       : std::string(trim(drift_text(*plan, Paint(terminal.out_look().colour)))) +
                             "\n");
      break;
  }
  return flags.detailed_exit_code && !plan->drift.empty() ? kDriftPresent : 0;
}

}  // namespace jim
