#include "tests/fakes/fake_provider.h"

#include <algorithm>
#include <utility>

namespace jim {

namespace {

Attribute attribute(const std::string& name, Risk change) {
  return {.name = name, .type = {.kind = AttributeType::Kind::string}, .change = change};
}

std::string text(const ValueMap& attributes, const char* name) {
  const Value* value = attributes.find(name);
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

}  // namespace

FakeProvider::FakeProvider(EventLoop& loop) : loop_(loop) {
  ResourceType key = {.name = "fake.key", .provider = "fake", .identity = {"name"}};
  key.attributes = {attribute("name", Risk::in_place)};
  ResourceType machine = {.name = "fake.machine", .provider = "fake", .identity = {"name"}};
  Attribute user_data = attribute("user_data", Risk::reinstall);
  user_data.readable = false;
  user_data.secret = true;
  Attribute ip = attribute("ip", Risk::none);
  ip.computed = true;
  machine.attributes = {attribute("image", Risk::reinstall), ip,
                        attribute("key", Risk::in_place),    attribute("name", Risk::in_place),
                        attribute("size", Risk::replace),    user_data};
  machine.expected_create = std::chrono::minutes(9);
  types_ = {key, machine};
}

const ResourceType& FakeProvider::type(const std::string& type_name) const {
  return *std::find_if(types_.begin(), types_.end(),
                       [&](const ResourceType& one) { return one.name == type_name; });
}

ResourceType& FakeProvider::type(const std::string& type_name) {
  return const_cast<ResourceType&>(std::as_const(*this).type(type_name));
}

Object& FakeProvider::put(const std::string& type_name, const std::string& id, ValueMap attributes,
                          const std::string& mark) {
  Object& object = objects[id];
  object = {.type = type_name, .id = id, .attributes = std::move(attributes), .mark = mark};
  return object;
}

Object* FakeProvider::find(const std::string& id) {
  const auto found = objects.find(id);
  return found == objects.end() ? nullptr : &found->second;
}

Result<void> FakeProvider::begin(const std::string& line) {
  log.push_back(line);
  return before ? before(line) : Result<void>();
}

std::string FakeProvider::parent_of(const ResourceType&) const { return {}; }

Task<Result<Listing>> FakeProvider::list(const ResourceType& type,
                                         const std::vector<std::string>&) {
  if (auto ok = begin("list " + type.name); !ok) co_return ok.error();
  Listing listing = {.pages = 1};
  for (const auto& [id, object] : objects)
    if (object.type == type.name && !hidden_.contains(id)) listing.objects.push_back(object);
  co_return listing;
}

Task<Result<Object>> FakeProvider::read(const ResourceType& type, const std::string& id) {
  if (auto ok = begin("read " + type.name + " " + id); !ok) co_return ok.error();
  if (const Object* object = find(id)) co_return *object;
  co_return Diagnostic{.code = ErrorCode::not_found, .message = "fake: no " + id};
}

Task<Result<Object>> FakeProvider::create(const CreateRequest& request, Journal& journal) {
  const std::string line = "create " + request.type->name + " " + text(request.attributes, "name");
  const Intent intent = {.action = "create",
                         .mark = request.mark.text(),
                         .fingerprint = request.fingerprint,
                         .listed_before = request.beside};
  if (auto noted = co_await journal.note_intent(intent); !noted) co_return noted.error();
  if (auto ok = begin(line); !ok) co_return ok.error();
  const std::string id = "id-" + std::to_string(next_++);
  ValueMap attributes = request.attributes;
  attributes.erase("user_data");
  if (request.type->name == "fake.machine") attributes.set("ip", "10.0.0." + id.substr(3));
  put(request.type->name, id, attributes, request.mark.text());
  if (after_effect)
    if (auto ok = after_effect(line); !ok) co_return ok.error();
  if (auto kept = co_await journal.record_id(id); !kept) co_return kept.error();
  if (before_ready)
    if (auto ok = before_ready(line); !ok) co_return ok.error();
  co_await loop_.sleep(takes);
  co_return *find(id);
}

Task<Result<Object>> FakeProvider::update(const UpdateRequest& request, Journal&) {
  std::string line = "update " + request.type->name + " " + request.id;
  for (const std::string& name : request.changed) line += " " + name;
  if (auto ok = begin(line); !ok) co_return ok.error();
  Object* object = find(request.id);
  if (object == nullptr)
    co_return Diagnostic{.code = ErrorCode::not_found, .message = "fake: no " + request.id};
  for (const auto& [name, value] : request.attributes)
    if (name != "user_data") object->attributes.set(name, value);
  object->readiness = Readiness::ready;
  co_await loop_.sleep(takes);
  co_return *object;
}

Task<Result<void>> FakeProvider::remove(const ResourceType& type, const std::string& id, Journal&,
                                        std::optional<Duration>) {
  if (auto ok = begin("remove " + type.name + " " + id); !ok) co_return ok.error();
  co_await loop_.sleep(takes);
  objects.erase(id);
  co_return Result<void>();
}

Task<Result<void>> FakeProvider::set_mark(const ResourceType& type, const std::string& id,
                                          const Mark& mark) {
  if (auto ok = begin("mark " + type.name + " " + id); !ok) co_return ok.error();
  if (Object* object = find(id)) object->mark = mark.project.empty() ? "" : mark.text();
  co_return Result<void>();
}

}  // namespace jim
