#include <algorithm>
#include <regex>

#include "core/sandbox/lambda.h"

namespace jim::sandbox::lambda {
namespace {

constexpr double kBoot = 180;         // seconds
constexpr int kBetweenLaunches = 12;  // stated in the description

Reply missing(std::string message) {
  return error(400, "global/object-does-not-exist", std::move(message),
               "Check the request, then try again.");
}

bool matches(const Json& value, const char* pattern, std::size_t most) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text.size() <= most && std::regex_match(text, std::regex(pattern));
}

std::optional<Reply> tags_refused(const Json& tags) {
  for (const Json& tag : tags) {
    if (!matches(member(tag, "key"), "[a-z][a-z0-9:-]+", 55)) return invalid("Tag key is invalid.");
    const Json& value = member(tag, "value");
    if (!value.is_string() || value.get_ref<const std::string&>().size() > 128) {
      return invalid("Tag value is invalid.");
    }
  }
  return std::nullopt;
}

// What is wrong with the form of the request; what it names is looked at later.
std::optional<Reply> form_refused(const Json& wanted) {
  for (const char* field : {"region_name", "instance_type_name"}) {
    if (text_of(wanted, field).empty()) return invalid(std::string(field) + " is required.");
  }
  const Json& keys = member(wanted, "ssh_key_names");
  if (!keys.is_array() || keys.size() != 1 || !keys[0].is_string()) {
    return invalid("Exactly one SSH key must be specified.");
  }
  if (const Json& name = member(wanted, "name");
      !name.is_null() && !matches(name, "[\\s\\S]*", 64)) {
    return invalid("Name must be a string of at most 64 characters.");
  }
  if (const Json& host = member(wanted, "hostname");
      !host.is_null() && !matches(host, "[a-z0-9][0-9a-z-]{0,62}", 63)) {
    return invalid("Hostname is invalid.");
  }
  if (const Json& quantity = member(wanted, "quantity"); quantity.is_number() && quantity != 1) {
    return invalid("Requested too many instances.");
  }
  return tags_refused(member(wanted, "tags"));
}

// Filesystems by name (mounted at the usual place) and by id.
struct Mounts {
  Json mounts = Json::array();
  Json ids = Json::array();
  std::optional<Reply> failure = {};
};

Mounts mounts_of(World& world, const Json& wanted, const std::string& region_name) {
  Mounts result;
  const auto mount = [&](const Object* filesystem, const std::string& point) {
    if (filesystem == nullptr) {
      result.failure = missing("Filesystem was not found.");
    } else if (filesystem->data["region"] != region_name) {
      result.failure = error(400, "instance-operations/launch/file-system-in-wrong-region",
                             "Filesystem is not in the region of the instance.");
    } else {
      result.mounts.push_back({{"mount_point", point}, {"file_system_id", filesystem->id}});
      result.ids.push_back(filesystem->id);
    }
    return !result.failure;
  };
  for (const Json& name : member(wanted, "file_system_names")) {
    const std::string text = name.is_string() ? name.get<std::string>() : std::string();
    if (!mount(world.filesystems.first("name:" + text), "/lambda/nfs/" + text)) return result;
  }
  for (const Json& entry : member(wanted, "file_system_mounts")) {
    if (!mount(world.filesystems.find(text_of(entry, "file_system_id")),
               text_of(entry, "mount_point")))
      return result;
  }
  return result;
}

Reply launch(World& world, const Request& request) {
  const Json& wanted = request.json;
  if (world.launch_limit && world.now() < world.next_launch) return rate_limited(kBetweenLaunches);
  if (auto refused = form_refused(wanted)) return *std::move(refused);
  const std::string type = text_of(wanted, "instance_type_name");
  const std::string place = text_of(wanted, "region_name");
  if (find_type(type) == nullptr) return missing("Instance type '" + type + "' does not exist.");
  if (region(place).is_null()) return missing("Region '" + place + "' does not exist.");
  const std::string key = wanted["ssh_key_names"][0];
  if (world.lambda_keys.first("name:" + key) == nullptr)
    return missing("SSH key '" + key + "' does not exist.");
  Mounts mounts = mounts_of(world, wanted, place);
  if (mounts.failure) return *std::move(mounts.failure);
  Json rulesets = Json::array();
  for (const Json& entry : member(wanted, "firewall_rulesets")) {
    const std::string id = text_of(entry, "id");
    const Object* ruleset = world.rulesets.find(id);
    if (ruleset == nullptr) return missing("Firewall ruleset '" + id + "' does not exist.");
    if (ruleset->data["region"] != place)
      return invalid("Firewall ruleset is not in the region of the instance.");
    rulesets.push_back(id);
  }
  if (!has_capacity(world, type, place)) return insufficient_capacity();

  const std::uint64_t number = world.store.next_number();
  Json data_kept = {{"type", type},
                    {"region", place},
                    {"ssh_key_names", wanted["ssh_key_names"]},
                    {"mounts", mounts.mounts},
                    {"file_systems", mounts.ids},
                    {"rulesets", rulesets},
                    {"hostname", text_of(wanted, "hostname", "instance-" + std::to_string(number))},
                    {"ready_at", world.due(kBoot)},
                    {"fails", world.machine.fails},
                    {"number", number}};
  for (const char* name : {"name", "tags"}) {
    if (const Json& value = member(wanted, name); !value.is_null()) data_kept[name] = value;
  }
  const Object& instance =
      world.store.add(world.instances, number, hex_text(number), std::move(data_kept));
  const double pace = world.pace() > 0 ? world.pace() : 1;
  world.next_launch = world.now() + static_cast<std::int64_t>(kBetweenLaunches * 1000 * pace);
  return data({{"instance_ids", Json::array({instance.id})}});
}

}  // namespace

void add_launch_routes(Router& router) {
  router.add("POST", "/instance-operations/launch", launch);
}

}  // namespace jim::sandbox::lambda
