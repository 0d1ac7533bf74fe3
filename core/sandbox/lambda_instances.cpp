#include <algorithm>
#include <limits>

#include "core/sandbox/lambda.h"

namespace jim::sandbox::lambda {
namespace {

constexpr double kTerminate = 60;  // seconds
constexpr double kRestart = 90;

// 198.51.100.0/24 is too small for many instances; 198.18.0.0/15 is for tests as well.
std::string address(std::uint64_t number, const char* network) {
  return network + std::to_string(number / 256 % 256) + '.' + std::to_string(number % 256);
}

Json actions(const std::string& status) {
  Json action = {{"available", status == "active"}};
  if (status != "active") {
    const bool booting = status == "booting";
    action["reason_code"] = booting ? "vm-has-not-launched" : "vm-is-terminating";
    action["reason_description"] =
        booting ? "Instance has not launched yet." : "Instance is terminating.";
  }
  Json all = Json::object();
  for (const char* name : {"migrate", "rebuild", "restart", "cold_reboot", "terminate"})
    all[name] = action;
  if (status == "booting" || status == "unhealthy") all["terminate"] = {{"available", true}};
  return all;
}

Json render(World& world, const Object& instance, std::int64_t& until) {
  const Json& kept = instance.data;
  const std::string status = instance_status(world, instance, until);
  const std::uint64_t number = kept["number"];
  Json mounts = Json::array();
  Json names = Json::array();
  for (const Json& mount : kept["mounts"]) {
    const Object* filesystem = world.filesystems.find(text_of(mount, "file_system_id"));
    if (filesystem == nullptr) continue;
    names.push_back(filesystem->data["name"]);
    mounts.push_back(mount);
  }
  Json shown = {{"id", instance.id},
                {"status", status},
                {"ssh_key_names", kept["ssh_key_names"]},
                {"file_system_names", names},
                {"region", region(text_of(kept, "region"))},
                {"instance_type", type_summary(*find_type(text_of(kept, "type")))},
                {"hostname", kept["hostname"]},
                {"actions", actions(status)},
                {"private_ip", address(number, "10.19.")}};
  for (const char* name : {"name", "tags"}) {
    if (const Json& value = member(kept, name); !value.is_null()) shown[name] = value;
  }
  if (!mounts.empty()) shown["file_system_mounts"] = mounts;
  if (!kept["rulesets"].empty()) {
    for (const Json& id : kept["rulesets"]) shown["firewall_rulesets"].push_back({{"id", id}});
  }
  if (status != "booting") {
    shown["ip"] = address(number, "198.18.");
    shown["jupyter_token"] = hex_text(number ^ 0x5a5a);
    shown["jupyter_url"] = "https://jupyter-" + instance.id.substr(0, 12) +
                           ".sandbox.example/?token=" + shown["jupyter_token"].get<std::string>();
  }
  return shown;
}

Reply instance_not_found() {
  return error(404, "global/object-does-not-exist", "Specified instance does not exist.");
}

Reply list(World& world, const Request&) {
  std::string text = "[";
  world.instances.all().each([&](const Object& instance) {
    if (text.size() > 1) text += ',';
    text += instance_text(world, instance);
  });
  return data_text(text + ']');
}

Reply get(World& world, const Request& request) {
  const Object* instance = world.instances.find(request.parameters[0]);
  return instance == nullptr ? instance_not_found() : data_text(instance_text(world, *instance));
}

Reply rename(World& world, const Request& request) {
  Object* instance = world.instances.find(request.parameters[0]);
  if (instance == nullptr) return instance_not_found();
  const Json& name = member(request.json, "name");
  if (!name.is_string() || name.get_ref<const std::string&>().size() > 64) {
    return invalid("Name must be a string of at most 64 characters.");
  }
  instance->data["name"] = name;
  world.store.changed(world.instances, *instance);
  return data_text(instance_text(world, *instance));
}

// The instances that `instance_ids` names, or a refusal.
struct Named {
  std::vector<Object*> instances = {};
  std::optional<Reply> failure = {};
};

Named named(World& world, const Request& request) {
  Named result;
  const Json& ids = member(request.json, "instance_ids");
  if (!ids.is_array() || ids.empty()) {
    result.failure = invalid("instance_ids must be a list of at least one id.");
    return result;
  }
  for (const Json& id : ids) {
    Object* instance = id.is_string() ? world.instances.find(id.get<std::string>()) : nullptr;
    if (instance == nullptr) {
      result.failure = instance_not_found();
      return result;
    }
    result.instances.push_back(instance);
  }
  return result;
}

Reply terminate(World& world, const Request& request) {
  Named these = named(world, request);
  if (these.failure) return *std::move(these.failure);
  std::string text = R"({"terminated_instances":[)";
  for (Object* instance : these.instances) {
    if (!instance->data.contains("ended_at")) {
      const std::int64_t end = world.due(kTerminate);
      instance->data["ended_at"] = end;
      instance->data.erase("status");
      world.forget_at(end, instance->id);
      world.store.changed(world.instances, *instance);
    }
    std::int64_t until = 0;
    Json shown = render(world, *instance, until);
    shown["status"] = "terminating";
    text += (text.back() == '[' ? "" : ",") + shown.dump();
  }
  return data_text(text + "]}");
}

Reply restart(World& world, const Request& request) {
  Named these = named(world, request);
  if (these.failure) return *std::move(these.failure);
  for (const Object* instance : these.instances) {
    std::int64_t until = 0;
    if (instance_status(world, *instance, until) != "active") {
      return error(409, "global/conflict",
                   "The request conflicts with the current state of the resource.");
    }
  }
  std::string text = R"({"restarted_instances":[)";
  for (Object* instance : these.instances) {
    instance->data["ready_at"] = world.due(kRestart);
    world.store.changed(world.instances, *instance);
    text += (text.back() == '[' ? "" : ",") + instance_text(world, *instance);
  }
  return data_text(text + "]}");
}

}  // namespace

std::string instance_status(World& world, const Object& instance, std::int64_t& until) {
  const Json& kept = instance.data;
  const std::int64_t now = world.now();
  if (const Json& end = member(kept, "ended_at"); end.is_number()) {
    until = std::min(until, end.get<std::int64_t>());
    return now < end.get<std::int64_t>() ? "terminating" : "terminated";
  }
  if (const Json& forced = member(kept, "status"); forced.is_string()) return forced;
  const std::int64_t ready = kept["ready_at"];
  if (now < ready) {
    until = std::min(until, ready);
    return "booting";
  }
  return kept["fails"] == true ? "unhealthy" : "active";
}

const std::string& instance_text(World& world, const Object& instance) {
  if (instance.text_until <= world.now() || instance.text_epoch != world.epoch) {
    instance.text_until = std::numeric_limits<std::int64_t>::max();
    instance.text = render(world, instance, instance.text_until)
                        .dump(-1, ' ', false, Json::error_handler_t::replace);
    instance.text_epoch = world.epoch;
  }
  return instance.text;
}

void add_instance_routes(Router& router) {
  router.add("GET", "/instances", list);
  router.add("GET", "/instances/{id}", get);
  router.add("POST", "/instances/{id}", rename);
  router.add("POST", "/instance-operations/terminate", terminate);
  router.add("POST", "/instance-operations/restart", restart);
}

}  // namespace jim::sandbox::lambda
