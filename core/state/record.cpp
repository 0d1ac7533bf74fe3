#include "core/state/record.h"

#include <fmt/format.h>

namespace jim {

namespace {

constexpr std::int64_t kSchema = 1;

Value texts(const std::vector<std::string>& items) {
  return Value(ValueList(items.begin(), items.end()));
}

/// Writes only what is not the default: most records are short.
class Writer {
 public:
  void text(const char* name, const std::string& value) {
    if (!value.empty()) entries_.emplace_back(name, value);
  }
  void list(const char* name, const std::vector<std::string>& value) {
    if (!value.empty()) entries_.emplace_back(name, texts(value));
  }
  void flag(const char* name, bool value) {
    if (value) entries_.emplace_back(name, true);
  }
  void map(const char* name, const ValueMap& value) {
    if (!value.empty()) entries_.emplace_back(name, value);
  }
  void value(const char* name, Value value) { entries_.emplace_back(name, std::move(value)); }
  Value take() { return Value(ValueMap::from_entries(std::move(entries_))); }

 private:
  std::vector<ValueMap::Entry> entries_ = {};
};

/// Reads fields of a map and remembers the first that is not what it should be, or that nobody
/// asked for.
class Reader {
 public:
  explicit Reader(const Value& value) : value_(value) {
    if (!value.is_map()) wrong_ = "it is no map";
  }
  void text(std::string_view name, std::string& out) {
    if (const Value* found = take(name, Value::Kind::string)) out = found->as_string();
  }
  void flag(std::string_view name, bool& out) {
    if (const Value* found = take(name, Value::Kind::boolean)) out = found->as_bool();
  }
  void number(std::string_view name, std::int64_t& out) {
    if (const Value* found = take(name, Value::Kind::integer)) out = found->as_integer();
  }
  void map(std::string_view name, ValueMap& out) {
    if (const Value* found = take(name, Value::Kind::map)) out = found->as_map();
  }
  void list(std::string_view name, std::vector<std::string>& out) {
    const Value* found = take(name, Value::Kind::list);
    if (found == nullptr) return;
    for (const Value& item : found->as_list()) {
      if (!item.is_string()) return fail(name);
      out.push_back(item.as_string());
    }
  }
  const Value* child(std::string_view name) { return take(name, Value::Kind::map); }
  /// Empty when everything was understood.
  std::string finish() {
    if (wrong_.empty() && seen_ != value_.as_map().size())
      wrong_ = "it has a field that this version of jim does not know";
    return wrong_;
  }

 private:
  const Value* take(std::string_view name, Value::Kind kind) {
    if (!wrong_.empty()) return nullptr;
    const Value* found = value_.get(name);
    if (found == nullptr) return nullptr;
    ++seen_;
    if (found->kind() == kind) return found;
    fail(name);
    return nullptr;
  }
  void fail(std::string_view name) { wrong_ = fmt::format("its field '{}' is malformed", name); }

  const Value& value_;
  std::size_t seen_ = 0;
  std::string wrong_ = {};
};

Value intent_to_value(const Intent& intent) {
  Writer out;
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
  Reader in(value);
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
  Writer out;
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
  Reader in(value);
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
