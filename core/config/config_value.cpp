#include "core/config/config.h"

namespace jim {

Result<Value> ConfigValue::evaluate(const Scope& scope) const {
  switch (kind) {
    case Kind::scalar:
      return scalar.is_constant() ? scalar.constant() : scalar.evaluate(scope);
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
