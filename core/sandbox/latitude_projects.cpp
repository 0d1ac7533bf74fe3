#include "core/base/text.h"
#include "core/sandbox/latitude.h"

namespace jim::sandbox::latitude {
namespace {

Object& make(World& world, std::string id, const std::string& name, const Json& extra) {
  const std::uint64_t number = world.store.next_number();
  if (id.empty()) id = new_id("proj_", number);
  std::string slug = lower(name);
  for (char& letter : slug) {
    if (letter == ' ' || letter == '_') letter = '-';
  }
  Json data = {{"name", name},
               {"slug", slug},
               {"description", ""},
               {"environment", "Development"},
               {"provisioning_type", "on_demand"},
               {"tags", Json::array()},
               {"created", world.now()},
               {"updated", world.now()}};
  data.update(extra);
  return world.store.add(world.projects, number, std::move(id), std::move(data));
}

Json render(World& world, const Object& project, std::int64_t&) {
  Json summary = project_summary(world, project.id);
  summary.erase("id");
  summary.erase("stats");  // counts change with every server; kept texts do not
  summary["tags"] = tag_list(world, member(project.data, "tags"));
  summary["team"] = team();
  summary["created_at"] = date_text(project.data["created"]);
  summary["updated_at"] = date_text(project.data["updated"]);
  return {{"id", project.id}, {"type", "projects"}, {"attributes", summary}};
}

Reply list(World& world, const Request& request) {
  project_id(world, "proj_sandbox");
  return page(world, request, world.projects, filter_keys(world, request, {"name", "slug"}),
              render);
}

Reply create(World& world, const Request& request) {
  const Json& wanted = attributes(request);
  const std::string name = text_of(wanted, "name");
  if (name.empty()) return invalid(400, "is missing", "/data/attributes/name");
  Json extra = Json::object();
  for (const char* field : {"description", "environment", "provisioning_type"}) {
    if (wanted.contains(field)) extra[field] = wanted[field];
  }
  return data(201, text(world, make(world, {}, name, extra), render));
}

Reply update(World& world, const Request& request) {
  Object* project = world.projects.find(request.parameters[0]);
  if (project == nullptr) return not_found();
  const Json& wanted = attributes(request);
  for (const char* field : {"name", "description", "environment", "bandwidth_alert"}) {
    if (const Json& value = member(wanted, field); !value.is_null()) project->data[field] = value;
  }
  if (const Json& tags = member(wanted, "tags"); tags.is_array()) {
    TagIds ids = read_tags(world, tags);
    if (ids.failure) return *std::move(ids.failure);
    project->data["tags"] = std::move(ids.ids);
  }
  project->data["updated"] = world.now();
  world.store.changed(world.projects, *project);
  ++world.epoch;
  return data(200, text(world, *project, render));
}

Reply remove(World& world, const Request& request) {
  Object* project = world.projects.find(request.parameters[0]);
  if (project == nullptr) return not_found();
  if (world.servers.under("project:" + project->id).size() > 0) {
    return invalid(422, "The project still has servers");
  }
  world.store.remove(world.projects, *project);
  return no_content();
}

}  // namespace

Json team() {
  static const Json kTeam = {
      {"id", "team_Sandbox2AyGqJ9kPmXbT4RzWn"},
      {"name", "Sandbox"},
      {"slug", "sandbox"},
      {"description", nullptr},
      {"address", nullptr},
      {"currency",
       {{"id", "cur_87vRENkgNdPyk"}, {"code", "USD"}, {"name", "United States Dollar"}}},
      {"status", "verified"},
      {"feature_flags", Json::array({"firewall", "gpu_instances"})}};
  return kTeam;
}

std::string project_id(World& world, const std::string& name) {
  if (world.projects.find(name) != nullptr) return name;
  if (const Object* project = world.projects.first("slug:" + name)) return project->id;
  if (!name.starts_with("proj_")) return {};
  make(world, name, name == "proj_sandbox" ? "Sandbox" : name, Json::object());
  return name;
}

Json project_summary(World& world, const std::string& id) {
  const Object* project = world.projects.find(id);
  if (project == nullptr) return Json::object();
  const Json& from = project->data;
  return {
      {"id", id},
      {"name", from["name"]},
      {"slug", from["slug"]},
      {"description", from["description"]},
      {"billing_type", "Normal"},
      {"billing_method", "Normal"},
      {"bandwidth_alert", from.value("bandwidth_alert", false)},
      {"environment", from["environment"]},
      {"provisioning_type", from["provisioning_type"]},
      {"billing", {{"subscription_id", "sub_sandbox"}, {"type", "Normal"}, {"method", "Normal"}}}};
}

void add_project_routes(Router& router) {
  router.add("GET", "/projects", list);
  router.add("POST", "/projects", create);
  router.add("PATCH", "/projects/{project_id}", update);
  router.add("DELETE", "/projects/{project_id}", remove);
}

}  // namespace jim::sandbox::latitude
