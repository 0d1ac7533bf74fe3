#include "core/provider/identify.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace jim {
namespace {

bool contains_all(const ValueMap& have, const ValueMap& want) {
  return std::all_of(want.begin(), want.end(), [&](const ValueMap::Entry& entry) {
    const Value* there = have.find(entry.first);
    return there != nullptr && *there == entry.second;
  });
}

bool same_elements(const ValueList& a, const ValueList& b) {
  return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin());
}

bool fits(const Attribute& attribute, const Value& want, const Value& have) {
  if (attribute.unordered && want.is_list() && have.is_list()) {
    return same_elements(want.as_list(), have.as_list());
  }
  if (attribute.partial && want.is_map() && have.is_map()) {
    return contains_all(have.as_map(), want.as_map());
  }
  return same_text(attribute, want, have);
}

bool stood_before(const Intent& intent, const Object& object) {
  return std::find(intent.listed_before.begin(), intent.listed_before.end(), object.id) !=
         intent.listed_before.end();
}

}  // namespace

bool resembles(const ResourceType& type, const ValueMap& fields, const Object& object) {
  // What the API does not show yet speaks neither way.
  return std::all_of(fields.begin(), fields.end(), [&](const ValueMap::Entry& field) {
    const Attribute* attribute = type.attribute(field.first);
    const Value* have = object.attributes.find(field.first);
    if (attribute == nullptr || have == nullptr || have->is_null()) return true;
    return fits(*attribute, field.second, *have);
  });
}

bool carries_mark(const ResourceType& type, const Intent& intent, const Object& object) {
  return !type.marked_at_create || intent.mark.empty() || object.mark == intent.mark;
}

Result<std::optional<std::size_t>> identify(const ResourceType& type, const Intent& intent,
                                            const std::vector<Object>& objects,
                                            const std::function<bool(const Object&)>& free) {
  std::vector<std::size_t> found;
  const auto collect = [&](const auto& is_it) {
    for (std::size_t i = 0; i < objects.size(); ++i) {
      if (is_it(objects[i]) && (!free || free(objects[i]))) found.push_back(i);
    }
  };
  if (!intent.client_id.empty()) {
    collect([&](const Object& object) {
      return object.id == intent.client_id && carries_mark(type, intent, object);
    });
  } else {
    if (!intent.mark.empty()) {
      collect([&](const Object& object) {
        return object.mark == intent.mark && !stood_before(intent, object);
      });
    }
    if (found.empty() && !type.marked_at_create) {
      collect([&](const Object& object) {
        return object.mark.empty() && !stood_before(intent, object) &&
               resembles(type, intent.fields, object);
      });
    }
  }
  if (found.empty()) return std::optional<std::size_t>();
  if (found.size() == 1) return std::optional<std::size_t>(found.front());
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (const std::size_t index : found) ids.push_back(escape_control(objects[index].id));
  return Diagnostic{
      .code = ErrorCode::ambiguous,
      .message = fmt::format("{}: {} objects fit the request that was sent: {}", type.name,
                             ids.size(), join(ids, ", ")),
      .hint = "look which of them is wanted and take it over by 'jim adopt', delete the others"};
}

}  // namespace jim
