#include "core/state/history.h"

#include <fmt/format.h>

#include "core/state/fields.h"

namespace jim {

namespace {

constexpr std::int64_t kSchema = 1;

/// The store says whose it is.
Diagnostic not_understood(const std::string& why) {
  return {.code = ErrorCode::io,
          .message = why,
          .hint = "use the version of jim that wrote it, or a newer one"};
}

}  // namespace

Diagnostic unreadable_history(const std::string& place, const std::string& what,
                              const std::string& why) {
  return {.code = ErrorCode::io,
          .message =
              fmt::format("{} in the history of the state {} cannot be read: {}", what, place, why),
          .hint = "the state itself is whole: plan and apply do not need its history"};
}

Value run_to_value(const Run& run) {
  FieldWriter out;
  out.value("schema", kSchema);
  out.value("number", run.number);
  out.text("command", run.command);
  out.text("who", run.who);
  out.text("version", run.version);
  out.text("started", run.started);
  out.text("ended", run.ended);
  if (!run.ended.empty()) out.value("status", std::int64_t{run.status});
  ValueMap counts;
  for (const auto& [word, count] : run.counts) counts.set(word, count);
  out.map("counts", counts);
  out.text("unreadable", run.unreadable);
  return out.take();
}

Result<Run> run_from(const Value& value) {
  Run run;
  std::int64_t schema = 0;
  std::int64_t status = -1;
  ValueMap counts;
  FieldReader in(value);
  in.number("schema", schema);
  in.number("number", run.number);
  in.text("command", run.command);
  in.text("who", run.who);
  in.text("version", run.version);
  in.text("started", run.started);
  in.text("ended", run.ended);
  in.number("status", status);
  in.map("counts", counts);
  in.text("unreadable", run.unreadable);
  std::string wrong = in.finish();
  if (schema > kSchema)
    wrong = fmt::format("its format is {}, this version knows {}", schema, kSchema);
  for (const auto& [word, count] : counts) {
    if (!count.is_integer())
      wrong = "its counts are malformed";
    else
      run.counts[word] = count.as_integer();
  }
  if (!wrong.empty()) return not_understood(wrong);
  run.status = static_cast<int>(status);
  return run;
}

Value step_to_value(const RunStep& step) {
  FieldWriter out;
  out.value("schema", kSchema);
  out.value("number", step.number);
  out.text("address", step.address.text());
  out.text("type", step.type);
  out.text("action", step.action);
  out.text("outcome", step.outcome);
  out.list("ids", step.ids);
  out.list("requests", step.requests);
  out.text("started", step.started);
  if (step.took > Duration::zero()) out.value("took_ms", std::int64_t{step.took.count()});
  out.text("error", step.error);
  out.map("before", step.before);
  out.map("after", step.after);
  return out.take();
}

Result<RunStep> step_from(const Value& value) {
  RunStep step;
  std::string address;
  std::int64_t schema = 0;
  std::int64_t took = 0;
  FieldReader in(value);
  in.number("schema", schema);
  in.number("number", step.number);
  in.text("address", address);
  in.text("type", step.type);
  in.text("action", step.action);
  in.text("outcome", step.outcome);
  in.list("ids", step.ids);
  in.list("requests", step.requests);
  in.text("started", step.started);
  in.number("took_ms", took);
  in.text("error", step.error);
  in.map("before", step.before);
  in.map("after", step.after);
  std::string wrong = in.finish();
  if (schema > kSchema)
    wrong = fmt::format("its format is {}, this version knows {}", schema, kSchema);
  auto parsed = parse_address(address);
  if (wrong.empty() && !parsed) wrong = fmt::format("'{}' is no address", address);
  if (!wrong.empty()) return not_understood(wrong);
  step.address = std::move(*parsed);
  step.took = Duration(took);
  return step;
}

}  // namespace jim
