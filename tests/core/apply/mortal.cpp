#include "tests/core/apply/mortal.h"

#include <algorithm>

namespace jim {

Intent MortalVendor::intent_for(const CreateRequest& request) const {
  Intent intent = {.action = "create", .fingerprint = request.fingerprint};
  if (marking_ != Marking::never) intent.mark = request.mark.text();
  for (const auto& [name, value] : request.attributes)
    if (request.type->attribute(name)->readable) intent.fields.set(name, value);
  if (marking_ == Marking::at_create) {
    intent.listed_before = request.beside;
    return intent;
  }
  for (const auto& [id, object] : inner_.objects)
    if (object.type == request.type->name) intent.listed_before.push_back(id);
  return intent;
}

Task<Result<Object>> MortalVendor::create(const CreateRequest& request, Journal& journal) {
  const Intent intent = intent_for(request);
  if (auto noted = co_await journal.note_intent(intent); !noted) co_return noted.error();
  if (auto alive = co_await before(); !alive) co_return alive.error();
  const std::string id = "new-" + std::to_string(inner_.objects.size()) + "-" +
                         std::to_string(inner_.log.size()) + "-" + std::to_string(++made);
  ValueMap attributes = request.attributes;
  attributes.erase("user_data");
  if (request.type->name == "fake.machine") attributes.set("ip", "10.0.0." + id);
  Object& object = inner_.put(request.type->name, id, attributes,
                              marking_ == Marking::at_create ? request.mark.text() : "");
  object.readiness = Readiness::pending;
  if (auto alive = co_await after(); !alive) co_return alive.error();
  if (auto kept = co_await journal.record_id(id); !kept) co_return kept.error();
  co_return co_await finish(id, request.mark);
}

Task<Result<Object>> MortalVendor::finish(const std::string& id, const Mark& mark) {
  if (marking_ == Marking::afterwards && inner_.find(id)->mark != mark.text()) {
    if (auto alive = co_await before(); !alive) co_return alive.error();
    inner_.find(id)->mark = mark.text();
    if (auto alive = co_await after(); !alive) co_return alive.error();
  }
  if (auto alive = co_await before(); !alive) co_return alive.error();
  inner_.find(id)->readiness = Readiness::ready;
  if (auto alive = co_await after(); !alive) co_return alive.error();
  co_return *inner_.find(id);
}

Task<Result<Object>> MortalVendor::update(const UpdateRequest& request, Journal&) {
  if (auto alive = co_await before(); !alive) co_return alive.error();
  for (const std::string& name : request.changed) {
    const Value* value = request.attributes.find(name);
    if (name != "user_data")
      inner_.find(request.id)->attributes.set(name, value == nullptr ? Value() : *value);
    if (auto alive = co_await after(); !alive) co_return alive.error();
  }
  co_return co_await finish(request.id, request.mark);
}

Task<Result<void>> MortalVendor::remove(const ResourceType& type, const std::string& id, Journal&,
                                        std::optional<Duration>) {
  if (auto alive = co_await before(); !alive) co_return alive.error();
  const auto uses = [&](const auto& entry) {
    const Value* key = entry.second.attributes.find("key");
    return key != nullptr && *key == Value(id);
  };
  if (const auto user = std::find_if(inner_.objects.begin(), inner_.objects.end(), uses);
      user != inner_.objects.end())
    co_return Diagnostic{.code = ErrorCode::conflict,
                         .message = type.name + " " + id + " is in use by " + user->first};
  inner_.objects.erase(id);
  co_return co_await after();
}

Task<Result<void>> MortalVendor::set_mark(const ResourceType&, const std::string& id,
                                          const Mark& mark) {
  if (auto alive = co_await before(); !alive) co_return alive.error();
  if (Object* object = inner_.find(id)) object->mark = mark.project.empty() ? "" : mark.text();
  co_return co_await after();
}

}  // namespace jim
