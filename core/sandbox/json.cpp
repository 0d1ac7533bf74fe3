#include "core/sandbox/json.h"

namespace jim::sandbox {

Json from_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean:
      return value.as_bool();
    case Value::Kind::integer:
      return value.as_integer();
    case Value::Kind::number:
      return value.as_number();
    case Value::Kind::string:
      return value.as_string();
    case Value::Kind::list: {
      Json list = Json::array();
      for (const Value& entry : value.as_list()) list.push_back(from_value(entry));
      return list;
    }
    case Value::Kind::map: {
      Json map = Json::object();
      for (const auto& [key, entry] : value.as_map()) map[key] = from_value(entry);
      return map;
    }
    case Value::Kind::null:
    case Value::Kind::unknown:
      break;
  }
  return nullptr;
}

const Json& member(const Json& object, std::string_view key) {
  static const Json kNull = nullptr;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string text_of(const Json& object, std::string_view key, std::string_view otherwise) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string(otherwise);
}

}  // namespace jim::sandbox
