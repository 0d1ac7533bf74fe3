#include <array>

#include "core/sandbox/latitude.h"

/// What is done to a server as a whole: installing it, its power, its lock.
namespace jim::sandbox::latitude {
namespace {

// Seconds that the vendor takes.
constexpr double kErase = 60;
constexpr double kDeploy = 420;
constexpr double kPower = 15;
constexpr double kReboot = 120;

constexpr std::array kInstallation = {"operating_system", "raid", "disk_layout",       "user_data",
                                      "ssh_keys",         "ipxe", "persistent_netboot"};

Json deploy_config(const Object& server) {
  Json shown = Json::object();
  for (const char* name : {"operating_system", "hostname", "raid", "disk_layout", "user_data",
                           "ssh_keys", "persistent_netboot"}) {
    if (const Json& value = member(server.data, name); !value.is_null()) shown[name] = value;
  }
  return {{"id", server.id}, {"attributes", shown}};
}

Reply get_deploy_config(World& world, const Request& request) {
  const Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) return not_found();
  return {.status = 200, .body = Json{{"data", deploy_config(*server)}}.dump()};
}

// It takes effect with the next reinstall, so the status does not change.
Reply update_deploy_config(World& world, const Request& request) {
  Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) return not_found();
  const Json& wanted = member(request.json, "attributes");  // documented without `data`
  keep_installation(server->data, wanted.is_object() ? wanted : attributes(request));
  world.store.changed(world.servers, *server);
  return {.status = 200, .body = Json{{"data", deploy_config(*server)}}.dump()};
}

Reply reinstall(World& world, const Request& request) {
  Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) {
    return error(404, "REINSTALL_SERVER_NOT_FOUND", "Reinstall Server Not Found",
                 "Sorry, we're unable to reinstall");
  }
  if (server->data["locked"] == true) return locked();
  const Json& wanted = attributes(request);
  if (auto refused = installation_refused(world, wanted, server->data["project"])) {
    return *std::move(refused);
  }
  keep_installation(server->data, wanted);
  if (const std::string hostname = text_of(wanted, "hostname"); !hostname.empty()) {
    server->data["hostname"] = hostname;
  }
  server->data.erase("status");
  server->data["power"] = "on";
  server->data["fails"] = world.machine.fails;
  server->data["erased_at"] = world.due(kErase);
  server->data["ready_at"] = world.due(kErase + kDeploy);
  world.store.changed(world.servers, *server);
  return {.status = 201};
}

Reply act(World& world, const Request& request) {
  Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) return not_found();
  const std::string action = text_of(attributes(request), "action");
  std::int64_t until = 0;
  const std::string status = server_status(world, *server, until);
  if (status == "deploying" || status == "disk_erasing") {
    return error(422, "SERVER_BEING_PROVISIONED", "Server Being Provisioned",
                 "The server is being provisioned");
  }
  server->data.erase("status");
  std::string doing;
  if (action == "power_on" || action == "power_off") {
    const std::string power = action.substr(6);
    doing = "Powering " + power + " device";
    if (status != power) server->data["powered_at"] = world.due(kPower);
    server->data["power"] = power;
  } else if (action == "reboot") {
    doing = "Rebooting device";
    server->data["power"] = "on";
    server->data["off_until"] = world.due(kReboot);
  } else {
    return invalid(422, "is not a valid option", "/data/attributes/action");
  }
  world.store.changed(world.servers, *server);
  const Json shown = {{"id", new_id("act_", world.store.next_number())},
                      {"type", "actions"},
                      {"attributes", {{"status", doing}}}};
  return data(201, shown.dump());
}

Reply set_lock(World& world, const Request& request, bool to) {
  Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) return not_found();
  server->data["locked"] = to;
  world.store.changed(world.servers, *server);
  return data(200, text(world, *server, render_server));
}

Reply lock(World& world, const Request& request) { return set_lock(world, request, true); }
Reply unlock(World& world, const Request& request) { return set_lock(world, request, false); }

}  // namespace

Reply locked() {
  return error(423, "SERVER_LOCKED_ERROR", "Locked Server",
               "Server is locked and cannot be updated or deleted");
}

std::optional<Reply> installation_refused(World& world, const Json& wanted,
                                          const std::string& project) {
  if (const std::string system = text_of(wanted, "operating_system");
      !system.empty() && find_system(system) == nullptr) {
    return invalid(422, "is not a valid option", "/data/attributes/operating_system");
  }
  Json missing = Json::array();
  for (const Json& id : member(wanted, "ssh_keys")) {
    const Object* key = id.is_string() ? world.ssh_keys.find(id.get<std::string>()) : nullptr;
    if (key == nullptr) missing.push_back(id);
  }
  // HTTP 400 with an inner status of 422, as the description's example has it.
  if (!missing.empty()) {
    return invalid(400, "The following SSH Keys were not found in project '" + project +
                            "': " + missing.dump() + ".");
  }
  if (const std::string id = text_of(wanted, "user_data");
      !id.empty() && world.user_data.find(id) == nullptr) {
    return invalid(400, "The user data '" + id + "' was not found in project '" + project + "'.");
  }
  return std::nullopt;
}

void keep_installation(Json& server, const Json& wanted) {
  for (const char* name : kInstallation) {
    if (const Json& value = member(wanted, name); !value.is_null()) server[name] = value;
  }
}

void add_server_action_routes(Router& router) {
  router.add("GET", "/servers/{server_id}/deploy_config", get_deploy_config);
  router.add("PATCH", "/servers/{server_id}/deploy_config", update_deploy_config);
  router.add("POST", "/servers/{server_id}/reinstall", reinstall);
  router.add("POST", "/servers/{server_id}/actions", act);
  router.add("POST", "/servers/{server_id}/lock", lock);
  router.add("POST", "/servers/{server_id}/unlock", unlock);
}

}  // namespace jim::sandbox::latitude
