#include <algorithm>

#include "core/sandbox/latitude.h"

namespace jim::sandbox::latitude {
namespace {

constexpr double kConnect = 20;  // seconds
constexpr int kFirstVid = 2000;

std::size_t assigned(World& world, const Object& network) {
  return world.assignments.under("network:" + network.id).size();
}

Json render_network(World& world, const Object& network, std::int64_t&) {
  const Json& kept = network.data;
  Json shown = {{"tags", tag_list(world, kept["tags"])},
                {"vid", std::stoi(kept["vid"].get<std::string>())},
                {"name", kept["name"]},
                {"description", kept["description"]},
                {"assignments_count", assigned(world, network)},
                {"created_at", date_text(kept["created"])},
                {"project", project_summary(world, kept["project"])}};
  if (const Site* site = find_site(text_of(kept, "site"))) shown["region"] = region_summary(*site);
  return {{"id", network.id}, {"type", "virtual_networks"}, {"attributes", shown}};
}

Reply list(World& world, const Request& request) {
  auto keys = filter_keys(world, request, {});
  if (const auto site = request.query_value("filter[location]"); !site.empty()) {
    keys.push_back("site:" + std::string(site));
  }
  return page(world, request, world.virtual_networks, keys, render_network);
}

Reply get(World& world, const Request& request) {
  const Object* network = world.virtual_networks.find(request.parameters[0]);
  return network == nullptr ? not_found() : data(200, text(world, *network, render_network));
}

Reply create(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  for (const char* field : {"description", "project"}) {
    if (text_of(wanted, field).empty()) {
      return invalid(422, "is missing", std::string("/data/attributes/") + field);
    }
  }
  const std::string site = text_of(wanted, "site", "NYC");
  if (find_site(site) == nullptr)
    return invalid(422, "is not a valid option", "/data/attributes/site");
  const std::string project = project_id(world, text_of(wanted, "project"));
  if (project.empty()) return not_found();
  const std::uint64_t number = world.store.next_number();
  const std::string vid = std::to_string(kFirstVid + number % 2000);
  const Object& network = world.store.add(world.virtual_networks, number, new_id("vlan_", number),
                                          {{"description", wanted["description"]},
                                           {"site", site},
                                           {"project", project},
                                           {"vid", vid},
                                           {"name", site + '-' + vid},
                                           {"tags", Json::array()},
                                           {"created", world.now()}});
  return data(201, text(world, network, render_network));
}

Reply update(World& world, const Request& request) {
  Object* network = world.virtual_networks.find(request.parameters[0]);
  if (network == nullptr) return not_found();
  const Json& wanted = attributes(request);
  if (const Json& value = member(wanted, "description"); value.is_string()) {
    network->data["description"] = value;
  }
  if (const Json& tags = member(wanted, "tags"); tags.is_array()) {
    TagIds ids = read_tags(world, tags);
    if (ids.failure) return *std::move(ids.failure);
    network->data["tags"] = std::move(ids.ids);
  }
  world.store.changed(world.virtual_networks, *network);
  return data(200, text(world, *network, render_network));
}

Reply remove(World& world, const Request& request) {
  Object* network = world.virtual_networks.find(request.parameters[0]);
  if (network == nullptr) return not_found();
  if (assigned(world, *network) > 0) {
    Reply reply =
        error(406, "VIRTUAL_NETWORK_DELETION_ERROR", "Virtual Network Deletion Restriction",
              "Please remove all assignments from this virtual network before deleting it");
    return reply;
  }
  world.store.remove(world.virtual_networks, *network);
  return no_content();
}

Json render_assignment(World& world, const Object& assignment, std::int64_t& until) {
  const Json& kept = assignment.data;
  until = 0;  // it shows the server, which changes by itself
  const bool connecting = world.now() < kept["connected_at"].get<std::int64_t>();
  Json shown = {{"virtual_network_id", kept["network"]},
                {"vid", std::stoi(kept["vid"].get<std::string>())},
                {"description", ""},
                {"status", connecting ? "connecting" : "connected"}};
  if (const Object* network = world.virtual_networks.find(text_of(kept, "network"))) {
    shown["description"] = network->data["description"];
  }
  if (const Object* server = world.servers.find(text_of(kept, "server"))) {
    shown["server"] = server_summary(world, *server);
  }
  return {{"id", assignment.id}, {"type", "virtual_network_assignment"}, {"attributes", shown}};
}

Reply list_assignments(World& world, const Request& request) {
  auto keys = filter_keys(world, request, {"server", "vid"});
  if (const auto network = request.query_value("filter[virtual_network_id]"); !network.empty()) {
    keys.push_back("network:" + std::string(network));
  }
  return page(world, request, world.assignments, keys, render_assignment);
}

void network_changed(Object* network) {
  if (network != nullptr) network->text_until = 0;
}

Reply assign(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  const Object* server = world.servers.find(text_of(wanted, "server_id"));
  Object* network = world.virtual_networks.find(text_of(wanted, "virtual_network_id"));
  if (server == nullptr || network == nullptr) return not_found();
  if (server->data["site"] != network->data["site"]) {
    return invalid(422, "Server and virtual network must be in the same site");
  }
  bool twice = false;
  world.assignments.under("server:" + server->id).each([&](const Object& other) {
    twice = twice || other.data["network"] == network->id;
  });
  if (twice) return invalid(422, "Server is already assigned to this virtual network");
  const std::uint64_t number = world.store.next_number();
  const Object& assignment = world.store.add(world.assignments, number, new_id("vnasg_", number),
                                             {{"server", server->id},
                                              {"network", network->id},
                                              {"vid", network->data["vid"]},
                                              {"connected_at", world.due(kConnect)}});
  network_changed(network);
  std::int64_t until = 0;
  Json shown = render_assignment(world, assignment, until);
  shown["attributes"].erase("server");  // as the description's example has it
  return data(201, shown.dump());
}

Reply unassign(World& world, const Request& request) {
  Object* assignment = world.assignments.find(request.parameters[0]);
  if (assignment == nullptr) return not_found();
  network_changed(world.virtual_networks.find(text_of(assignment->data, "network")));
  world.store.remove(world.assignments, *assignment);
  return no_content();
}

}  // namespace

void add_network_routes(Router& router) {
  // Before the routes with `{vlan_id}`, which would fit these too.
  router.add("GET", "/virtual_networks/assignments", list_assignments);
  router.add("POST", "/virtual_networks/assignments", assign);
  router.add("DELETE", "/virtual_networks/assignments/{assignment_id}", unassign);
  router.add("GET", "/virtual_networks", list);
  router.add("POST", "/virtual_networks", create);
  router.add("GET", "/virtual_networks/{vlan_id}", get);
  router.add("PATCH", "/virtual_networks/{vlan_id}", update);
  router.add("DELETE", "/virtual_networks/{vlan_id}", remove);
}

}  // namespace jim::sandbox::latitude
