#include "core/state/fields.h"

#include <fmt/format.h>

namespace jim {

void FieldWriter::text(const char* name, const std::string& value) {
  if (!value.empty()) entries_.emplace_back(name, value);
}

void FieldWriter::list(const char* name, const std::vector<std::string>& value) {
  if (!value.empty()) entries_.emplace_back(name, Value(ValueList(value.begin(), value.end())));
}

void FieldWriter::flag(const char* name, bool value) {
  if (value) entries_.emplace_back(name, true);
}

void FieldWriter::map(const char* name, const ValueMap& value) {
  if (!value.empty()) entries_.emplace_back(name, value);
}

void FieldWriter::value(const char* name, Value value) {
  entries_.emplace_back(name, std::move(value));
}

Value FieldWriter::take() { return Value(ValueMap::from_entries(std::move(entries_))); }

FieldReader::FieldReader(const Value& value) : value_(value) {
  if (!value.is_map()) wrong_ = "it is no map";
}

void FieldReader::text(std::string_view name, std::string& out) {
  if (const Value* found = take(name, Value::Kind::string)) out = found->as_string();
}

void FieldReader::flag(std::string_view name, bool& out) {
  if (const Value* found = take(name, Value::Kind::boolean)) out = found->as_bool();
}

void FieldReader::number(std::string_view name, std::int64_t& out) {
  if (const Value* found = take(name, Value::Kind::integer)) out = found->as_integer();
}

void FieldReader::map(std::string_view name, ValueMap& out) {
  if (const Value* found = take(name, Value::Kind::map)) out = found->as_map();
}

void FieldReader::list(std::string_view name, std::vector<std::string>& out) {
  const Value* found = take(name, Value::Kind::list);
  if (found == nullptr) return;
  for (const Value& item : found->as_list()) {
    if (!item.is_string()) return fail(name);
    out.push_back(item.as_string());
  }
}

const Value* FieldReader::child(std::string_view name) { return take(name, Value::Kind::map); }

std::string FieldReader::finish() {
  if (wrong_.empty() && seen_ != value_.as_map().size())
    wrong_ = "it has a field that this version of jim does not know";
  return wrong_;
}

const Value* FieldReader::take(std::string_view name, Value::Kind kind) {
  if (!wrong_.empty()) return nullptr;
  const Value* found = value_.get(name);
  if (found == nullptr) return nullptr;
  ++seen_;
  if (found->kind() == kind) return found;
  fail(name);
  return nullptr;
}

void FieldReader::fail(std::string_view name) {
  wrong_ = fmt::format("its field '{}' is malformed", name);
}

}  // namespace jim
