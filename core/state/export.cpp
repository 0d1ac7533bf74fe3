#include "core/state/export.h"

#include <algorithm>

#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::string_view kFormat = "jim-state/1";

Diagnostic not_a_state(std::string why) {
  return {.code = ErrorCode::io,
          .message = "this is no exported state: " + std::move(why),
          .hint = "'jim state pull' writes one"};
}

std::string text_of(const Value& value, std::string_view name) {
  const Value* found = value.get(name);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

}  // namespace

std::string export_state(const State& state, bool with_key) {
  ValueList records;
  records.reserve(state.records.size());
  for (const Record& record : state.records) records.push_back(record_to_value(record));
  ValueMap map;
  map.set("format", kFormat);
  map.set("project", state.head.project);
  map.set("lineage", state.head.lineage);
  map.set("serial", state.head.serial);
  if (with_key) map.set("fingerprint_key", state.head.fingerprint_key);
  map.set("resources", std::move(records));
  map.set("outputs", state.outputs);
  JsonStyle style = stored_style(state.head.fingerprint_key);
  style.indent = 2;
  return to_json(Value(std::move(map)), style) + "\n";
}

Result<State> import_state(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return not_a_state(value.error().message);
  const std::string format = text_of(*value, "format");
  if (format != kFormat)
    return not_a_state(format.empty() ? "it does not say its format"
                                      : "its format is '" + format + "', and this version knows '" +
                                            std::string(kFormat) + "'");
  const Value* records = value->get("resources");
  const Value* outputs = value->get("outputs");
  const Value* serial = value->get("serial");
  if (records == nullptr || !records->is_list()) return not_a_state("'resources' is missing");
  if (outputs == nullptr || !outputs->is_map()) return not_a_state("'outputs' is missing");
  if (serial == nullptr || !serial->is_integer()) return not_a_state("'serial' is missing");
  State state;
  state.head = {.project = text_of(*value, "project"),
                .lineage = text_of(*value, "lineage"),
                .fingerprint_key = text_of(*value, "fingerprint_key"),
                .serial = serial->as_integer()};
  state.outputs = outputs->as_map();
  for (const Value& one : records->as_list()) {
    auto record = record_from(one);
    if (!record) return record.error();
    state.records.push_back(std::move(*record));
  }
  std::sort(state.records.begin(), state.records.end(),
            [](const Record& a, const Record& b) { return a.address < b.address; });
  return state;
}

}  // namespace jim
