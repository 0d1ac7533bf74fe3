#include "core/state/record.h"

#include <fmt/format.h>

#include "core/state/fields.h"

namespace jim {

namespace {

constexpr std::int64_t kSchema = 1;

Value intent_to_value(const Intent& intent) {
  FieldWriter out;
  out.text("action", intent.action);
  out.text("mark", intent.mark);
  out.text("client_id", intent.client_id);
  out.text("fingerprint", intent.fingerprint);
  out.text("started", intent.started);
  out.map("fields", intent.fields);
  out.list("listed_before", intent.listed_before);
  return out.take();
}

std::string read_intent(const Value& value, Intent& intent) {
  FieldReader in(value);
  in.text("action", intent.action);
  in.text("mark", intent.mark);
  in.text("client_id", intent.client_id);
  in.text("fingerprint", intent.fingerprint);
  in.text("started", intent.started);
  in.map("fields", intent.fields);
  in.list("listed_before", intent.listed_before);
  return in.finish();
}

Diagnostic not_understood(const std::string& address, const std::string& why) {
  return {.code = ErrorCode::io,
          .message = address.empty()
                         ? fmt::format("a record of the state cannot be read: {}", why)
                         : fmt::format("the record of {} cannot be read: {}", address, why),
          .hint = "use the version of jim that wrote it, or a newer one"};
}

}  // namespace

Value record_to_value(const Record& record) {
  FieldWriter out;
  out.value("schema", kSchema);
  out.text("address", record.address.text());
  out.text("type", record.type);
  out.text("id", record.id);
  out.map("attributes", record.attributes);
  out.list("needs", record.needs);
  out.flag("half_made", record.half_made);
  out.flag("protect", record.protect);
  out.flag("keep", record.keep);
  out.flag("forgotten", record.forgotten);
  if (record.intent) out.value("intent", intent_to_value(*record.intent));
  out.text("created", record.created);
  out.text("updated", record.updated);
  out.list("deposed", record.deposed);
  return out.take();
}

Result<Record> record_from(const Value& value) {
  Record record;
  std::string address;
  std::int64_t schema = 0;
  FieldReader in(value);
  in.number("schema", schema);
  in.text("address", address);
  if (schema > kSchema)
    return not_understood(address, fmt::format("it has format {}, and this version of jim knows {}",
                                               schema, kSchema));
  in.text("type", record.type);
  in.text("id", record.id);
  in.map("attributes", record.attributes);
  in.list("needs", record.needs);
  in.flag("half_made", record.half_made);
  in.flag("protect", record.protect);
  in.flag("keep", record.keep);
  in.flag("forgotten", record.forgotten);
  std::string wrong;
  if (const Value* intent = in.child("intent"))
    wrong = read_intent(*intent, record.intent.emplace());
  in.text("created", record.created);
  in.text("updated", record.updated);
  in.list("deposed", record.deposed);
  if (wrong.empty()) wrong = in.finish();
  if (wrong.empty() && schema != kSchema) wrong = "it does not say its format";
  if (!wrong.empty()) return not_understood(address, wrong);
  auto parsed = parse_address(address);
  if (!parsed) return not_understood("", fmt::format("'{}' is no address", address));
  record.address = std::move(*parsed);
  return record;
}

}  // namespace jim
