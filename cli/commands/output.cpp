#include <algorithm>

#include "cli/render/report_text.h"
#include "cli/render/value_text.h"
#include "cli/session.h"
#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// How outputs that no apply has told come to be told.
std::string way_to_outputs(const State& state) {
  const bool unfinished =
      std::any_of(state.records.begin(), state.records.end(),
                  [](const Record& record) { return record.id.empty() || record.half_made; });
  return state.records.empty() || unfinished ? "'jim plan' shows what is still to be done"
                                             : "run 'jim apply': it tells the outputs anew";
}

/// Those of the file of which state has nothing.
void tell_of_untold(Session& session) {
  std::vector<std::string> untold;
  for (const OutputBlock& output : session.workspace().config().outputs)
    if (session.state().outputs.find(output.name) == nullptr) untold.push_back(output.name);
  if (!untold.empty())
    session.terminal().err("no apply has told " + join(untold, ", ") + " yet; " +
                           way_to_outputs(session.state()) + "\n");
}

}  // namespace

int run_output(Context& context, const std::string& name) {
  Session session(context);
  if (!session.open_state_alone("output")) return session.status();
  const ValueMap& outputs = session.state().outputs;
  const bool json = context.globals.format == Format::json;
  if (name.empty()) {
    if (json)
      context.terminal.out_json(to_json(without_secrets(Value(outputs)), {.indent = 2}) + "\n");
    else
      context.terminal.out(outputs_text(outputs));
    tell_of_untold(session);
    return 0;
  }
  const Value* value = outputs.find(name);
  std::vector<std::string> known;
  for (const auto& [one, unused] : outputs) known.push_back(one);
  for (const OutputBlock& output : session.workspace().config().outputs)
    known.push_back(output.name);
  const bool named = std::find(known.begin(), known.end(), name) != known.end();
  if (named && (value == nullptr || value->is_null()))
    return session.fail(Diagnostic{
        .code = ErrorCode::not_found,
        .message =
            "output '" + escape_control(name) + "' has no value: " +
            (value == nullptr ? "no apply has told it yet"
                              : "what it looks at was not made or is gone, or the vendor did "
                                "not say it"),
        .hint = value == nullptr ? way_to_outputs(session.state())
                                 : "'jim plan' shows what is still to be done"});
  if (value == nullptr) {
    const auto near = did_you_mean(name, known);
    return session.fail(Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = "there is no output '" + escape_control(name) + "'",
        .hint = near ? "did you mean '" + *near + "'?" : "outputs are those of the last apply"});
  }
  if (value->is_secret() || is_fingerprint(*value))
    return session.fail(Diagnostic{
        .code = ErrorCode::not_found,
        .message = "jim does not store secrets, so it cannot print '" + escape_control(name) + "'",
        .hint = "take it from where the file does: a variable, the environment, the vendor"});
  if (json)
    context.terminal.out_json(to_json(without_secrets(*value)) + "\n");
  else
    context.terminal.out(bare_text(*value) + "\n");
  return 0;
}

}  // namespace jim
