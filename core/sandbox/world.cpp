#include "core/sandbox/world.h"

#include <chrono>
#include <ctime>

namespace jim::sandbox {
namespace {

using Keys = std::vector<std::string>;

void key(Keys& keys, const Json& data, const char* name) {
  if (const Json& value = member(data, name); value.is_string()) {
    keys.push_back(std::string(name) + ':' + value.get_ref<const std::string&>());
  }
}

void tag_keys(Keys& keys, const Json& data) {
  for (const Json& tag : member(data, "tags")) {
    if (tag.is_string()) keys.push_back("tag:" + tag.get_ref<const std::string&>());
  }
}

Keys server_keys(const Json& data) {
  Keys keys;
  for (const char* name : {"project", "hostname", "label", "plan", "site"}) key(keys, data, name);
  tag_keys(keys, data);
  keys.push_back("stock:" + text_of(data, "plan") + '@' + text_of(data, "site"));
  return keys;
}

Keys common_keys(const Json& data) {
  Keys keys;
  for (const char* name : {"project", "name", "slug", "site", "server", "network", "vid"}) {
    key(keys, data, name);
  }
  tag_keys(keys, data);
  return keys;
}

Keys instance_keys(const Json& data) {
  Keys keys;
  key(keys, data, "name");
  for (const Json& id : member(data, "file_systems"))
    keys.push_back("filesystem:" + id.get<std::string>());
  for (const Json& id : member(data, "rulesets"))
    keys.push_back("ruleset:" + id.get<std::string>());
  keys.push_back("stock:" + text_of(data, "type") + '@' + text_of(data, "region"));
  return keys;
}

// The finalizer of splitmix64: one to one, so two numbers never share a text.
std::uint64_t scatter(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

World::World(std::unique_ptr<Database> database, double pace, Json stock)
    : store(std::move(database)),
      projects(store.declare("latitude/projects", common_keys)),
      servers(store.declare("latitude/servers", server_keys)),
      ssh_keys(store.declare("latitude/ssh_keys", common_keys)),
      user_data(store.declare("latitude/user_data", common_keys)),
      tags(store.declare("latitude/tags", common_keys)),
      virtual_networks(store.declare("latitude/virtual_networks", common_keys)),
      assignments(store.declare("latitude/virtual_network_assignments", common_keys)),
      instances(store.declare("lambda/instances", instance_keys)),
      lambda_keys(store.declare("lambda/ssh-keys", common_keys)),
      filesystems(store.declare("lambda/filesystems", common_keys)),
      rulesets(store.declare("lambda/firewall-rulesets", common_keys)),
      lambda_settings(store.declare("lambda/settings", common_keys)),
      pace_(pace),
      stock_(std::move(stock)) {
  load();
}

void World::load() {
  store.load();
  instances.all().each([&](const Object& instance) {
    if (const Json& end = member(instance.data, "ended_at"); end.is_number()) {
      forget_at(end.get<std::int64_t>(), instance.id);
    }
  });
}

void World::clear() {
  store.clear();
  ends_.clear();
  next_launch = 0;
  ++epoch;
}

std::int64_t World::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::int64_t World::due(double seconds) const {
  return now() + static_cast<std::int64_t>(seconds * 1000 * pace_ * machine.factor);
}

std::int64_t World::stock(const std::string& vendor, const std::string& offer,
                          const std::string& place) const {
  const Json& places = member(member(stock_, vendor), offer);
  if (places.is_array()) {
    for (const Json& name : places) {
      if (name == place) return -1;
    }
    return 0;
  }
  const Json& count = member(places, place);
  return count.is_number() ? count.get<std::int64_t>() : -1;
}

void World::forget_ended() {
  const std::int64_t time = now();
  while (!ends_.empty() && ends_.begin()->first <= time) {
    if (Object* instance = instances.find(ends_.begin()->second))
      store.remove(instances, *instance);
    ends_.erase(ends_.begin());
  }
}

std::string date_text(std::int64_t milliseconds) {
  const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &parts)};
}

std::string opaque_text(std::uint64_t number, std::size_t length) {
  // Without 0, 1, I, O and l, as in the ids seen.
  static constexpr std::string_view kLetters =
      "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::string text;
  for (std::uint64_t rest = scatter(number); text.size() < length;) {
    text += kLetters[rest % kLetters.size()];
    rest /= kLetters.size();
    if (rest == 0) rest = scatter(number + text.size());
  }
  return text;
}

std::string hex_text(std::uint64_t number) {
  std::string text;
  for (std::uint64_t part : {scatter(number), scatter(~number)}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(part >> shift) & 15u];
  }
  return text;
}

}  // namespace jim::sandbox
