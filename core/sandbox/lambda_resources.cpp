#include <cctype>

#include "core/base/digest.h"
#include "core/sandbox/lambda.h"

/// SSH keys and filesystems.
namespace jim::sandbox::lambda {
namespace {

Json key_json(const Object& key) {
  return {{"id", key.id}, {"name", key.data["name"]}, {"public_key", key.data["public_key"]}};
}

Reply list_keys(World& world, const Request&) {
  Json all = Json::array();
  world.lambda_keys.all().each([&](const Object& key) { all.push_back(key_json(key)); });
  return data(all);
}

Reply create_key(World& world, const Request& request) {
  const std::string name = text_of(request.json, "name");
  if (name.empty() || name.size() > 64) return invalid("Name must have 1 to 64 characters.");
  if (world.lambda_keys.first("name:" + name) != nullptr) {
    return invalid("An SSH key with the name '" + name + "' already exists.");
  }
  const std::uint64_t number = world.store.next_number();
  std::string public_key = text_of(request.json, "public_key");
  const bool generate = public_key.empty();
  if (generate) public_key = "ssh-ed25519 " + base64_encode(hex_text(number)) + " sandbox";
  const Object& key = world.store.add(world.lambda_keys, number, hex_text(number),
                                      {{"name", name}, {"public_key", public_key}});
  Json shown = key_json(key);
  // The sandbox makes no real key pair: a text of the right form, which opens nothing.
  if (generate) {
    shown["private_key"] = "-----BEGIN OPENSSH PRIVATE KEY-----\n" +
                           base64_encode(hex_text(~number)) +
                           "\n-----END OPENSSH PRIVATE KEY-----\n";
  }
  return data(shown);
}

Reply delete_key(World& world, const Request& request) {
  Object* key = world.lambda_keys.find(request.parameters[0]);
  if (key == nullptr) return not_found();
  world.store.remove(world.lambda_keys, *key);
  return data(Json::object());
}

bool in_use(World& world, const Object& filesystem) {
  return world.instances.under("filesystem:" + filesystem.id).size() > 0;
}

Json filesystem_json(World& world, const Object& filesystem) {
  const Json& kept = filesystem.data;
  return {{"id", filesystem.id},
          {"name", kept["name"]},
          {"mount_point", "/lambda/nfs/" + kept["name"].get<std::string>()},
          {"created", date_text(kept["created"])},
          {"created_by",
           {{"id", hex_text(0)}, {"email", "owner@sandbox.example"}, {"status", "active"}}},
          {"is_in_use", in_use(world, filesystem)},
          {"region", region(text_of(kept, "region"))},
          {"bytes_used", 0}};
}

Reply list_filesystems(World& world, const Request&) {
  Json all = Json::array();
  world.filesystems.all().each(
      [&](const Object& filesystem) { all.push_back(filesystem_json(world, filesystem)); });
  return data(all);
}

bool good_name(const std::string& name) {
  if (name.empty() || name.size() > 60 || !std::isalpha(static_cast<unsigned char>(name[0])))
    return false;
  for (const char letter : name) {
    if (!std::isalnum(static_cast<unsigned char>(letter)) && letter != '-') return false;
  }
  return true;
}

Reply create_filesystem(World& world, const Request& request) {
  const std::string name = text_of(request.json, "name");
  const std::string place = text_of(request.json, "region");
  if (!good_name(name)) return invalid("Name is invalid.");
  if (region(place).is_null()) return invalid("Region '" + place + "' does not exist.");
  if (world.filesystems.first("name:" + name) != nullptr) {
    return error(400, "global/duplicate",
                 "A filesystem with the name '" + name + "' already exists.");
  }
  const std::uint64_t number = world.store.next_number();
  const Object& filesystem =
      world.store.add(world.filesystems, number, hex_text(number),
                      {{"name", name}, {"region", place}, {"created", world.now()}});
  return data(filesystem_json(world, filesystem));
}

Reply delete_filesystem(World& world, const Request& request) {
  Object* filesystem = world.filesystems.find(request.parameters[0]);
  if (filesystem == nullptr) {
    return error(404, "global/object-does-not-exist", "Filesystem was not found.");
  }
  if (in_use(world, *filesystem)) {
    return error(400, "filesystems/filesystem-in-use",
                 "Filesystem is in use by one or more instances.");
  }
  const std::string id = filesystem->id;
  world.store.remove(world.filesystems, *filesystem);
  return data({{"deleted_ids", Json::array({id})}});
}

}  // namespace

void add_resource_routes(Router& router) {
  router.add("GET", "/ssh-keys", list_keys);
  router.add("POST", "/ssh-keys", create_key);
  router.add("DELETE", "/ssh-keys/{id}", delete_key);
  router.add("GET", "/file-systems", list_filesystems);
  router.add("POST", "/filesystems", create_filesystem);
  router.add("DELETE", "/filesystems/{id}", delete_filesystem);
}

}  // namespace jim::sandbox::lambda
