#include <algorithm>

#include "core/base/text.h"
#include "core/sandbox/latitude.h"

namespace jim::sandbox::latitude {
namespace {

constexpr const char* kJson =
    "application/json; charset=utf-8";  // recorded: unlike all other routes

std::string slug_of(const std::string& name) {
  std::string slug = lower(name);
  std::replace(slug.begin(), slug.end(), ' ', '-');
  return slug;
}

Json render(World&, const Object& tag, std::int64_t&) {
  return {{"id", tag.id},
          {"type", "tags"},
          {"attributes",
           {{"name", tag.data["name"]},
            {"slug", tag.data["slug"]},
            {"description", tag.data["description"]},
            {"color", tag.data["color"]},
            {"team", team()}}}};
}

Reply taken(const char* code, const char* detail) {
  const Json entry = {
      {"code", code}, {"detail", detail}, {"source", {{"pointer", "/data/attributes/name"}}}};
  return {.status = 422, .body = Json{{"errors", Json::array({entry})}}.dump(), .type = kJson};
}

// A refusal when another tag than `own` has the name.
std::optional<Reply> name_refused(World& world, const std::string& name, const Object* own) {
  if (const Object* other = world.tags.first("name:" + name); other && other != own) {
    return taken("NAME_ALREADY_TAKEN", "is already taken");
  }
  if (const Object* other = world.tags.first("slug:" + slug_of(name)); other && other != own) {
    return taken("NAME_TOO_SIMILAR", "is too similar to an existing tag name");
  }
  return std::nullopt;
}

Reply list(World& world, const Request&) {
  // No pages: the description names no parameter, and the recorded replies hold all.
  std::string body = R"({"data":[)";
  world.tags.all().each([&](const Object& tag) {
    if (body.back() != '[') body += ',';
    body += text(world, tag, render);
  });
  return {.status = 200, .body = body + R"(],"meta":{}})", .type = kJson};
}

Reply with_type(Reply reply) {
  reply.type = kJson;
  return reply;
}

Reply create(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  const std::string name = text_of(wanted, "name");
  if (name.empty()) return with_type(invalid(422, "is missing", "/data/attributes/name"));
  if (auto refused = name_refused(world, name, nullptr)) return *std::move(refused);
  const std::uint64_t number = world.store.next_number();
  const Object& tag = world.store.add(world.tags, number,
                                      "tag_" + opaque_text(number, 11) + opaque_text(~number, 16),
                                      {{"name", name},
                                       {"slug", slug_of(name)},
                                       {"description", text_of(wanted, "description")},
                                       {"color", text_of(wanted, "color", "#ffffff")}});
  return with_type(data(201, text(world, tag, render)));
}

Reply update(World& world, const Request& request) {
  Object* tag = world.tags.find(request.parameters[0]);
  if (tag == nullptr) return with_type(not_found());
  const Json& wanted = attributes(request);
  if (const std::string name = text_of(wanted, "name"); !name.empty()) {
    if (auto refused = name_refused(world, name, tag)) return *std::move(refused);
    tag->data["name"] = name;
    tag->data["slug"] = slug_of(name);
  }
  for (const char* field : {"description", "color"}) {
    if (const Json& value = member(wanted, field); value.is_string()) tag->data[field] = value;
  }
  world.store.changed(world.tags, *tag);
  ++world.epoch;
  return with_type(data(200, text(world, *tag, render)));
}

Reply remove(World& world, const Request& request) {
  Object* tag = world.tags.find(request.parameters[0]);
  if (tag == nullptr) return with_type(not_found());
  const std::string id = tag->id;
  for (Collection* collection :
       {&world.servers, &world.virtual_networks, &world.ssh_keys, &world.projects}) {
    std::vector<Object*> bearers;
    collection->under("tag:" + id).each([&](Object& object) { bearers.push_back(&object); });
    for (Object* bearer : bearers) {
      Json& ids = bearer->data["tags"];
      ids.erase(std::remove(ids.begin(), ids.end(), Json(id)), ids.end());
      world.store.changed(*collection, *bearer);
    }
  }
  world.store.remove(world.tags, *tag);
  return no_content();
}

}  // namespace

Json tag_list(World& world, const Json& ids) {
  Json list = Json::array();
  for (const Json& id : ids) {
    const Object* tag = world.tags.find(id.get_ref<const std::string&>());
    if (tag == nullptr) continue;
    list.push_back({{"id", tag->id},
                    {"name", tag->data["name"]},
                    {"description", tag->data["description"]},
                    {"color", tag->data["color"]}});
  }
  return list;
}

TagIds read_tags(World& world, const Json& tags) {
  TagIds result;
  for (const Json& tag : tags) {
    const std::string id = tag.is_string() ? tag.get<std::string>() : std::string();
    if (id.empty()) continue;  // recorded: [""] takes all tags off
    if (world.tags.find(id) == nullptr) {
      result.failure = invalid(422, "The tag '" + id + "' does not exist", "/data/attributes/tags");
      return result;
    }
    if (std::find(result.ids.begin(), result.ids.end(), tag) == result.ids.end()) {
      result.ids.push_back(id);
    }
  }
  return result;
}

void add_tag_routes(Router& router) {
  router.add("GET", "/tags", list);
  router.add("POST", "/tags", create);
  router.add("PATCH", "/tags/{tag_id}", update);
  router.add("DELETE", "/tags/{tag_id}", remove);
}

}  // namespace jim::sandbox::latitude
