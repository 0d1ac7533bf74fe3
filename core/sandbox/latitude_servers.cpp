#include <algorithm>

#include "core/sandbox/latitude.h"

namespace jim::sandbox::latitude {
namespace {

// How long the vendor takes, in seconds: a deployment some minutes, erasing the disks before a
// reinstall one more.
constexpr double kDeploy = 420;

std::string two_digits(std::uint64_t number) {
  return std::string(number < 10 ? "0" : "") + std::to_string(number);
}

// 198.18.0.0/15 is set aside for tests.
std::string ipv4(std::uint64_t number) {
  const std::uint64_t host = number % 131072;
  return "198." + std::to_string(18 + host / 65536) + '.' + std::to_string(host / 256 % 256) + '.' +
         std::to_string(host % 256);
}

Json specs(const Plan& plan) {
  return {
      {"cpu", std::string(plan.cpus > 1 ? "2 x " : "") + plan.cpu + " CPU @ " +
                  Json(plan.clock).dump() + "GHz (" + std::to_string(plan.cores) + " cores)"},
      {"disk", std::to_string(plan.drives) + " X " + plan.drive_size + " " + plan.drive_type},
      {"ram", std::to_string(plan.memory_gb) + " GB"},
      {"nic", "2 X " + std::string(plan.nic)},
      {"gpu", plan.gpus > 0 ? Json(std::to_string(plan.gpus) + " X " + plan.gpu) : Json(nullptr)}};
}

// What a created server's reply holds: less than a read does. (recorded 2025-05)
Reply created(World& world, const Object& server) {
  std::int64_t until = 0;
  Json shown = render_server(world, server, until);
  Json& all = shown["attributes"];
  Json few = Json::object();
  for (const char* name :
       {"hostname", "label", "role", "status", "primary_ipv4", "specs", "plan"}) {
    few[name] = all[name];
  }
  all = std::move(few);
  return data(201, shown.dump());
}

std::optional<Reply> refused(World& world, const Json& wanted, const std::string& project) {
  for (const char* field : {"project", "plan", "site", "operating_system", "hostname"}) {
    if (text_of(wanted, field).empty()) {
      return invalid(422, "is missing", std::string("/data/attributes/") + field);
    }
  }
  const auto unknown = [](const char* field) {
    return invalid(422, "is not a valid option", std::string("/data/attributes/") + field);
  };
  if (project.empty()) return not_found();
  if (find_plan(text_of(wanted, "plan")) == nullptr) return unknown("plan");
  if (find_site(text_of(wanted, "site")) == nullptr) return unknown("site");
  return installation_refused(world, wanted, project);
}

Reply create(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  const std::string named = text_of(wanted, "project");
  const std::string project = named.empty() ? named : project_id(world, named);
  if (auto refusal = refused(world, wanted, project)) return *std::move(refusal);
  const std::string plan = text_of(wanted, "plan");
  const std::string site = text_of(wanted, "site");
  if (stock_left(world, plan, site) == 0) return out_of_stock();

  const std::uint64_t number = world.store.next_number();
  Json data = {{"project", project},
               {"plan", plan},
               {"site", site},
               {"hostname", wanted["hostname"]},
               {"label", "SB" + two_digits(number / 10000 % 100) + 'S' +
                             std::to_string(100000 + number % 10000)},
               {"billing", text_of(wanted, "billing", "hourly")},
               {"tags", Json::array()},
               {"locked", false},
               {"created", world.now()},
               {"ready_at", world.due(kDeploy)},
               {"fails", world.machine.fails},
               {"power", "on"},
               {"number", number}};
  keep_installation(data, wanted);
  return created(world,
                 world.store.add(world.servers, number, new_id("sv_", number), std::move(data)));
}

Reply list(World& world, const Request& request) {
  auto keys = filter_keys(world, request, {"hostname", "label", "plan"});
  if (const auto region = request.query_value("filter[region]"); !region.empty()) {
    keys.push_back("site:" + std::string(region));
  }
  Test test = {};
  if (const std::string status(request.query_value("filter[status]")); !status.empty()) {
    test = [&world, status](const Object& server) {
      std::int64_t until = 0;
      return server_status(world, server, until) == status;
    };
  }
  return page(world, request, world.servers, keys, render_server, test);
}

Reply get(World& world, const Request& request) {
  const Object* server = world.servers.find(request.parameters[0]);
  return server == nullptr ? not_found() : data(200, text(world, *server, render_server));
}

Reply update(World& world, const Request& request) {
  Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) return not_found();
  if (server->data["locked"] == true) return locked();
  const Json& wanted = attributes(request);
  if (const Json& hostname = member(wanted, "hostname"); hostname.is_string()) {
    if (hostname.get_ref<const std::string&>().empty())
      return invalid(422, "must be filled", "/data/attributes/hostname");
    server->data["hostname"] = hostname;
  }
  if (const Json& billing = member(wanted, "billing"); billing.is_string()) {
    server->data["billing"] = billing;
  }
  if (const std::string name = text_of(wanted, "project"); !name.empty()) {
    const std::string project = project_id(world, name);
    if (project.empty()) return not_found();
    server->data["project"] = project;
  }
  if (const Json& tags = member(wanted, "tags"); tags.is_array()) {
    TagIds ids = read_tags(world, tags);
    if (ids.failure) return *std::move(ids.failure);
    server->data["tags"] = std::move(ids.ids);
  }
  world.store.changed(world.servers, *server);
  return data(200, text(world, *server, render_server));
}

Reply remove(World& world, const Request& request) {
  Object* server = world.servers.find(request.parameters[0]);
  if (server == nullptr) return not_found();
  if (server->data["locked"] == true) return locked();
  std::vector<Object*> assignments;
  world.assignments.under("server:" + server->id).each([&](Object& object) {
    assignments.push_back(&object);
  });
  for (Object* assignment : assignments) world.store.remove(world.assignments, *assignment);
  if (!assignments.empty()) ++world.epoch;  // networks show how many servers they have
  world.store.remove(world.servers, *server);
  return no_content();
}

}  // namespace

std::string server_status(World& world, const Object& server, std::int64_t& until) {
  const Json& data = server.data;
  if (const Json& forced = member(data, "status"); forced.is_string()) return forced;
  const std::int64_t now = world.now();
  const auto before = [&](const char* moment) {
    const Json& time = member(data, moment);
    if (!time.is_number() || now >= time.get<std::int64_t>()) return false;
    until = std::min(until, time.get<std::int64_t>());
    return true;
  };
  if (before("erased_at")) return "disk_erasing";
  if (before("ready_at")) return "deploying";
  if (data["fails"] == true) return "failed_deployment";
  if (before("off_until")) return "off";
  if (before("powered_at")) return data["power"] == "on" ? "off" : "on";
  return data["power"];
}

Json render_server(World& world, const Object& server, std::int64_t& until) {
  const Json& kept = server.data;
  const Plan* plan = find_plan(text_of(kept, "plan"));
  const Site* site = find_site(text_of(kept, "site"));
  const System* system = find_system(text_of(kept, "operating_system"));
  const std::uint64_t number = kept["number"];
  Json shown = {{"tags", tag_list(world, kept["tags"])},
                {"hostname", kept["hostname"]},
                {"label", kept["label"]},
                {"role", "Bare Metal"},
                {"status", server_status(world, server, until)},
                {"primary_ipv4", ipv4(number)},
                {"ipmi_status", "Normal"},
                {"created_at", date_text(kept["created"])},
                {"scheduled_deletion_at", nullptr},
                {"locked", kept["locked"]},
                {"rescue_allowed", true},
                {"team", team()},
                {"project", project_summary(world, kept["project"])}};
  if (plan != nullptr) {
    shown["price"] = plan->hour;
    shown["plan"] = plan_summary(*plan, kept["billing"]);
    shown["specs"] = specs(*plan);
  }
  if (site != nullptr) {
    shown["site"] = site->slug;
    shown["region"] = region_summary(*site);
  }
  if (system != nullptr) {
    shown["operating_system"] = {
        {"name", system->name},
        {"slug", system->slug},
        {"version", system->version},
        {"features",
         {{"raid", system->raid},
          {"rescue", system->raid},
          {"ssh_keys", system->raid},
          {"user_data", system->raid}}},
        {"distro",
         {{"name", system->distro}, {"slug", system->distro}, {"series", system->series}}}};
  }
  return {{"id", server.id}, {"type", "servers"}, {"attributes", std::move(shown)}};
}

Json server_summary(World& world, const Object& server) {
  std::int64_t until = 0;
  return {{"id", server.id},
          {"hostname", server.data["hostname"]},
          {"label", server.data["label"]},
          {"locked", server.data["locked"]},
          {"status", server_status(world, server, until)}};
}

void add_server_routes(Router& router) {
  router.add("GET", "/servers", list);
  router.add("POST", "/servers", create);
  router.add("GET", "/servers/{server_id}", get);
  router.add("PATCH", "/servers/{server_id}", update);
  router.add("DELETE", "/servers/{server_id}", remove);
}

}  // namespace jim::sandbox::latitude
