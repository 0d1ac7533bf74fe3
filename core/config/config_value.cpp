#include "core/config/config.h"
#include "core/value/limits.h"

namespace jim {

Result<Value> ConfigValue::evaluate(const Scope& scope) const {
  if (kind == Kind::scalar && scalar.is_constant()) return scalar.constant();
  Effort* effort = scope.effort();
  if (effort != nullptr && effort->told) return Value::unknown();
  auto value = assemble(scope);
  if (effort == nullptr) return value;
  const std::size_t size = value ? weight(*value, detail::kMaxValues) : 0;
  effort->spent += size;
  effort->told = effort->told || effort->exhausted();
  if (!value) return value;
  if (size <= detail::kMaxValues && !effort->exhausted()) return value;
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = size > detail::kMaxValues
                     ? "the lists and maps in the value hold too many values, or each other "
                       "too deep"
                     : "the expressions of the file walk through too many values "
                       "together",
      .hint = "make the lists or texts in it smaller",
      .where = where};
}

Result<Value> ConfigValue::assemble(const Scope& scope) const {
  switch (kind) {
    case Kind::scalar:
      return scalar.evaluate(scope);
    case Kind::list: {
      ValueList list;
      list.reserve(items.size());
      for (const ConfigValue& item : items) {
        auto value = item.evaluate(scope);
        if (!value) return value.error();
        list.push_back(std::move(*value));
      }
      return Value(std::move(list));
    }
    case Kind::map: {
      ValueMap map;
      for (const auto& [name, entry] : entries) {
        auto value = entry.evaluate(scope);
        if (!value) return value.error();
        map.set(name, std::move(*value));
      }
      return Value(std::move(map));
    }
  }
  return Value();
}

void ConfigValue::collect_references(std::vector<Reference>& out) const {
  if (kind == Kind::scalar && !scalar.is_constant())
    for (Reference& reference : scalar.references()) out.push_back(std::move(reference));
  for (const ConfigValue& item : items) item.collect_references(out);
  for (const auto& [name, entry] : entries) entry.collect_references(out);
}

bool ConfigValue::is_constant() const {
  if (kind == Kind::scalar) return scalar.is_constant();
  for (const ConfigValue& item : items)
    if (!item.is_constant()) return false;
  for (const auto& [name, entry] : entries)
    if (!entry.is_constant()) return false;
  return true;
}

}  // namespace jim
