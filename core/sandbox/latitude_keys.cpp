#include "core/base/digest.h"
#include "core/sandbox/latitude.h"

/// SSH keys and user data: each is reachable by itself and below its project.
namespace jim::sandbox::latitude {
namespace {

// The last parameter is the object; a project before it must be the object's own.
Object* find(Collection& collection, const Request& request) {
  Object* object = collection.find(request.parameters.back());
  if (object == nullptr) return nullptr;
  const bool below_project = request.parameters.size() == 2;
  return below_project && object->data["project"] != request.parameters[0] ? nullptr : object;
}

std::vector<std::string> list_keys(World& world, const Request& request) {
  auto keys = filter_keys(world, request, {});
  if (!request.parameters.empty()) keys.push_back("project:" + request.parameters[0]);
  return keys;
}

std::string project_of(World& world, const Request& request) {
  const bool below_project = !request.parameters.empty();
  return project_id(world, below_project ? request.parameters[0]
                                         : text_of(attributes(request), "project", "proj_sandbox"));
}

std::string fingerprint(const std::string& public_key) {
  std::string bytes = public_key;
  const std::size_t begin = public_key.find(' ');
  if (begin != std::string::npos) {
    const std::size_t end = public_key.find(' ', begin + 1);
    base64_decode(public_key.substr(begin + 1, end - begin - 1), bytes);
  }
  const std::string digits = md5_hex(bytes);
  std::string result;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    if (i > 0) result += ':';
    result += digits.substr(i, 2);
  }
  return result;
}

Json render_key(World& world, const Object& key, std::int64_t&) {
  static const Json kUser = {{"id", "user_Sandbox3zWpZbXkvKKinQ1n"},
                             {"first_name", "Sandbox"},
                             {"last_name", "Owner"},
                             {"email", "owner@sandbox.example"},
                             {"created_at", "2026-01-01T00:00:00.000Z"},
                             {"updated_at", "2026-01-01T00:00:00.000Z"},
                             {"role",
                              {{"id", "role_Sandbox4VyV9MYdZqdhoE1"},
                               {"name", "owner"},
                               {"created_at", "2026-01-01T00:00:00.000Z"},
                               {"updated_at", "2026-01-01T00:00:00.000Z"}}}};
  return {{"id", key.id},
          {"type", "ssh_keys"},
          {"attributes",
           {{"tags", tag_list(world, member(key.data, "tags"))},
            {"name", key.data["name"]},
            {"public_key", key.data["public_key"]},
            {"fingerprint", fingerprint(key.data["public_key"])},
            {"created_at", date_text(key.data["created"])},
            {"updated_at", date_text(key.data["updated"])},
            {"project", project_summary(world, key.data["project"])},
            {"user", kUser}}}};
}

Reply list_ssh_keys(World& world, const Request& request) {
  return page(world, request, world.ssh_keys, list_keys(world, request), render_key);
}

Reply get_ssh_key(World& world, const Request& request) {
  const Object* key = find(world.ssh_keys, request);
  return key == nullptr ? not_found() : data(200, text(world, *key, render_key));
}

Reply create_ssh_key(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  const std::string name = text_of(wanted, "name");
  const std::string public_key = text_of(wanted, "public_key");
  if (name.empty()) return invalid(422, "is missing", "/data/attributes/name");
  if (public_key.empty()) return invalid(422, "is missing", "/data/attributes/public_key");
  const std::string project = project_of(world, request);
  if (project.empty()) return not_found();
  if (const Object* other = world.ssh_keys.first("name:" + name);
      other != nullptr && other->data["project"] == project) {
    return invalid(422, "Name has already been taken", "/data/attributes/name");
  }
  const std::uint64_t number = world.store.next_number();
  const Object& key = world.store.add(world.ssh_keys, number, new_id("ssh_", number),
                                      {{"name", name},
                                       {"public_key", public_key},
                                       {"project", project},
                                       {"tags", Json::array()},
                                       {"created", world.now()},
                                       {"updated", world.now()}});
  return data(201, text(world, key, render_key));
}

Reply update_ssh_key(World& world, const Request& request) {
  Object* key = find(world.ssh_keys, request);
  if (key == nullptr) return not_found();
  const Json& wanted = attributes(request);
  if (const std::string name = text_of(wanted, "name"); !name.empty()) key->data["name"] = name;
  if (const Json& tags = member(wanted, "tags"); tags.is_array()) {
    TagIds ids = read_tags(world, tags);
    if (ids.failure) return *std::move(ids.failure);
    key->data["tags"] = std::move(ids.ids);
  }
  key->data["updated"] = world.now();
  world.store.changed(world.ssh_keys, *key);
  return data(200, text(world, *key, render_key));
}

Reply delete_ssh_key(World& world, const Request& request) {
  Object* key = find(world.ssh_keys, request);
  if (key == nullptr) return not_found();
  world.store.remove(world.ssh_keys, *key);
  return {.status = 200, .body = R"({"meta":{}})"};  // recorded: 200, not 204
}

Json render_user_data(World& world, const Object& user_data, std::int64_t&) {
  return {{"id", user_data.id},
          {"type", "user_data"},
          {"attributes",
           {{"description", user_data.data["description"]},
            {"content", user_data.data["content"]},
            {"project", project_summary(world, user_data.data["project"])},
            {"created_at", date_text(user_data.data["created"])},
            {"updated_at", date_text(user_data.data["updated"])}}}};
}

// decoded_content comes only to those who ask for it.
Reply show_user_data(World& world, const Request& request, int status, const Object& user_data) {
  if (request.query_value("extra_fields[user_data]") != "decoded_content") {
    return data(status, text(world, user_data, render_user_data));
  }
  std::int64_t until = 0;
  Json shown = render_user_data(world, user_data, until);
  std::string decoded;
  base64_decode(text_of(user_data.data, "content"), decoded);
  shown["attributes"]["decoded_content"] = decoded;
  return data(status, shown.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Reply list_user_data(World& world, const Request& request) {
  return page(world, request, world.user_data, list_keys(world, request), render_user_data);
}

Reply get_user_data(World& world, const Request& request) {
  const Object* found = find(world.user_data, request);
  return found == nullptr ? not_found() : show_user_data(world, request, 200, *found);
}

Reply create_user_data(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  for (const char* field : {"description", "content"}) {
    if (text_of(wanted, field).empty()) {
      return invalid(422, "is missing", std::string("/data/attributes/") + field);
    }
  }
  std::string decoded;
  if (!base64_decode(text_of(wanted, "content"), decoded)) {
    return invalid(422, "Content must be base64 encoded", "/data/attributes/content");
  }
  const std::string project = project_of(world, request);
  if (project.empty()) return not_found();
  const std::uint64_t number = world.store.next_number();
  const Object& made = world.store.add(world.user_data, number, new_id("ud_", number),
                                       {{"description", wanted["description"]},
                                        {"content", wanted["content"]},
                                        {"project", project},
                                        {"created", world.now()},
                                        {"updated", world.now()}});
  return show_user_data(world, request, 201, made);
}

Reply update_user_data(World& world, const Request& request) {
  Object* found = find(world.user_data, request);
  if (found == nullptr) return not_found();
  const Json& wanted = attributes(request);
  for (const char* field : {"description", "content"}) {
    if (const Json& value = member(wanted, field); value.is_string()) found->data[field] = value;
  }
  found->data["updated"] = world.now();
  world.store.changed(world.user_data, *found);
  return show_user_data(world, request, 200, *found);
}

Reply delete_user_data(World& world, const Request& request) {
  Object* found = find(world.user_data, request);
  if (found == nullptr) return not_found();
  world.store.remove(world.user_data, *found);
  return no_content();
}

}  // namespace

void add_key_routes(Router& router) {
  for (const std::string base : {"/ssh_keys", "/projects/{project_id}/ssh_keys"}) {
    router.add("GET", base, list_ssh_keys);
    router.add("POST", base, create_ssh_key);
    router.add("GET", base + "/{ssh_key_id}", get_ssh_key);
    router.add("PATCH", base + "/{ssh_key_id}", update_ssh_key);
    router.add("DELETE", base + "/{ssh_key_id}", delete_ssh_key);
  }
  for (const std::string base : {"/user_data", "/projects/{project_id}/user_data"}) {
    router.add("GET", base, list_user_data);
    router.add("POST", base, create_user_data);
    router.add("GET", base + "/{user_data_id}", get_user_data);
    router.add("PATCH", base + "/{user_data_id}", update_user_data);
    router.add("DELETE", base + "/{user_data_id}", delete_user_data);
  }
}

}  // namespace jim::sandbox::latitude
