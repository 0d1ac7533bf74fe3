#include "core/state/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::string_view kFormat = "jim-state/1";
/// No state is written so often; it must still be counted up.
constexpr std::int64_t kMostSerial = 1LL << 53;

Diagnostic not_a_state(const std::string& file, const std::string& why) {
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("{} is no exported state: {}", file, why),
          .hint = "'jim state pull' writes one"};
}

std::string text_of(const Value& value, std::string_view name) {
  const Value* found = value.get(name);
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

bool is_lineage(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

/// Notes which record has what, so that the next one with the same is told.
class OnlyOnce {
 public:
  /// Why the record must not stand in a state with those before it; empty when it may.
  std::string add(const Record& record, std::size_t index) {
    const std::string where =
        fmt::format("resources[{}], '{}'", index, escape_control(record.address.text()));
    const auto [same, is_new] = addresses_.emplace(record.address, index);
    if (!is_new)
      return fmt::format("{}, has the same address as resources[{}]", where, same->second);
    if (record.forgotten) return {};  // jim leaves its object alone; another may have taken it over
    std::vector<std::string> ids = record.deposed;
    if (!record.id.empty()) ids.push_back(record.id);
    for (const std::string& id : ids) {
      const auto [other, free] = owners_.emplace(std::pair(record.type, id), where);
      if (free) continue;
      return fmt::format("{}, has the {} {}, and so has {}", where, escape_control(record.type),
                         escape_control(id), other->second);
    }
    return {};
  }

 private:
  std::map<Address, std::size_t> addresses_ = {};
  std::map<std::pair<std::string, std::string>, std::string> owners_ = {};
};

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

Result<State> import_state(std::string_view text, const std::string& file) {
  const auto value = parse_json(text);
  if (!value) return not_a_state(file, value.error().message);
  const std::string format = text_of(*value, "format");
  if (format != kFormat)
    return not_a_state(file, format.empty()
                                 ? "it does not say its format"
                                 : "its format is '" + escape_control(format) +
                                       "', and this version knows '" + std::string(kFormat) + "'");
  const Value* records = value->get("resources");
  const Value* outputs = value->get("outputs");
  const Value* serial = value->get("serial");
  if (records == nullptr || !records->is_list()) return not_a_state(file, "'resources' is missing");
  if (outputs == nullptr || !outputs->is_map()) return not_a_state(file, "'outputs' is missing");
  if (serial == nullptr || !serial->is_integer()) return not_a_state(file, "'serial' is missing");
  if (serial->as_integer() < 0 || serial->as_integer() > kMostSerial)
    return not_a_state(file, fmt::format("its serial is {}", serial->as_integer()));
  if (text_of(*value, "project").empty()) return not_a_state(file, "it names no project");
  const std::string lineage = text_of(*value, "lineage");
  if (!is_lineage(lineage))
    return not_a_state(file, lineage.empty()
                                 ? "it has no lineage"
                                 : fmt::format("'{}' is no lineage", escape_control(lineage)));
  const std::string key = text_of(*value, "fingerprint_key");
  if (key.empty()) return not_a_state(file, "it has no fingerprint_key, which tells secrets apart");
  State state;
  OnlyOnce once;
  state.head = {.project = text_of(*value, "project"),
                .lineage = lineage,
                .fingerprint_key = key,
                .serial = serial->as_integer()};
  state.outputs = outputs->as_map();
  for (const Value& one : records->as_list()) {
    auto record = record_from(one);
    if (!record) return not_a_state(file, record.error().message);
    if (const std::string wrong = once.add(*record, state.records.size()); !wrong.empty())
      return not_a_state(file, wrong);
    state.records.push_back(std::move(*record));
  }
  std::sort(state.records.begin(), state.records.end(),
            [](const Record& a, const Record& b) { return a.address < b.address; });
  return state;
}

}  // namespace jim
