#include "core/sandbox/lambda.h"

/// Firewall rulesets, the global one, and the older flat list of rules, which is the global
/// ruleset's.
namespace jim::sandbox::lambda {
namespace {

Object& global(World& world) {
  if (Object* found = world.lambda_settings.find("global")) return *found;
  const Json rules = Json::array({{{"protocol", "tcp"},
                                   {"port_range", Json::array({22, 22})},
                                   {"source_network", "0.0.0.0/0"},
                                   {"description", "Allow SSH from anywhere"}}});
  return world.store.add(world.lambda_settings, world.store.next_number(), "global",
                         {{"name", "Global Firewall Rules"}, {"rules", rules}});
}

Json global_json(const Object& ruleset) {
  return {{"id", "global"}, {"name", ruleset.data["name"]}, {"rules", ruleset.data["rules"]}};
}

Json ruleset_json(World& world, const Object& ruleset) {
  Json instances = Json::array();
  world.instances.under("ruleset:" + ruleset.id).each([&](const Object& instance) {
    instances.push_back(instance.id);
  });
  return {{"id", ruleset.id},
          {"name", ruleset.data["name"]},
          {"region", region(text_of(ruleset.data, "region"))},
          {"rules", ruleset.data["rules"]},
          {"created", date_text(ruleset.data["created"])},
          {"instance_ids", instances}};
}

Reply ruleset_not_found() {
  return error(404, "global/object-does-not-exist",
               "Firewall ruleset does not exist or you do not have permission to access it.",
               "Check your firewall ruleset ID and try again.");
}

Reply list_rules(World& world, const Request&) { return data(global(world).data["rules"]); }

Reply set_rules(World& world, const Request& request) {
  const Json& rules = member(request.json, "data");
  if (auto refused = rules_refused(rules)) return *std::move(refused);
  Object& ruleset = global(world);
  ruleset.data["rules"] = rules;
  world.store.changed(world.lambda_settings, ruleset);
  return data(rules);
}

Reply get_global(World& world, const Request&) { return data(global_json(global(world))); }

Reply update_global(World& world, const Request& request) {
  Object& ruleset = global(world);
  if (const Json& rules = member(request.json, "rules"); !rules.is_null()) {
    if (auto refused = rules_refused(rules)) return *std::move(refused);
    ruleset.data["rules"] = rules;
    world.store.changed(world.lambda_settings, ruleset);
  }
  return data(global_json(ruleset));
}

Reply list(World& world, const Request&) {
  Json all = Json::array();
  world.rulesets.all().each(
      [&](const Object& ruleset) { all.push_back(ruleset_json(world, ruleset)); });
  return data(all);
}

Reply get(World& world, const Request& request) {
  const Object* ruleset = world.rulesets.find(request.parameters[0]);
  return ruleset == nullptr ? ruleset_not_found() : data(ruleset_json(world, *ruleset));
}

Reply create(World& world, const Request& request) {
  const std::string name = text_of(request.json, "name");
  const std::string place = text_of(request.json, "region");
  if (name.empty() || name.size() > 64) return invalid("Name must have 1 to 64 characters.");
  if (region(place).is_null()) return invalid("Region '" + place + "' does not exist.");
  if (auto refused = rules_refused(member(request.json, "rules"))) return *std::move(refused);
  if (world.rulesets.first("name:" + name) != nullptr) {
    return invalid("A firewall ruleset with the name '" + name + "' already exists.");
  }
  const std::uint64_t number = world.store.next_number();
  const Object& ruleset = world.store.add(world.rulesets, number, hex_text(number),
                                          {{"name", name},
                                           {"region", place},
                                           {"rules", request.json["rules"]},
                                           {"created", world.now()}});
  return data(ruleset_json(world, ruleset));
}

Reply update(World& world, const Request& request) {
  Object* ruleset = world.rulesets.find(request.parameters[0]);
  if (ruleset == nullptr) return ruleset_not_found();
  if (const Json& name = member(request.json, "name"); !name.is_null()) {
    if (const std::size_t length = name.is_string() ? name.get_ref<const std::string&>().size() : 0;
        length < 1 || length > 64) {
      return invalid("Name must have 1 to 64 characters.");
    }
    ruleset->data["name"] = name;
  }
  if (const Json& rules = member(request.json, "rules"); !rules.is_null()) {
    if (auto refused = rules_refused(rules)) return *std::move(refused);
    ruleset->data["rules"] = rules;
  }
  world.store.changed(world.rulesets, *ruleset);
  return data(ruleset_json(world, *ruleset));
}

Reply remove(World& world, const Request& request) {
  Object* ruleset = world.rulesets.find(request.parameters[0]);
  if (ruleset == nullptr) return ruleset_not_found();
  if (world.instances.under("ruleset:" + ruleset->id).size() > 0) {
    return error(400, "firewall-rulesets/firewall-ruleset-in-use",
                 "Firewall ruleset is in use by one or more instances.",
                 "Terminate all instances that are using the ruleset before deleting it.");
  }
  world.store.remove(world.rulesets, *ruleset);
  return data(Json::object());
}

}  // namespace

std::optional<Reply> rules_refused(const Json& rules) {
  if (!rules.is_array()) return invalid("rules must be a list.");
  for (const Json& rule : rules) {
    const std::string protocol = text_of(rule, "protocol");
    if (protocol != "tcp" && protocol != "udp" && protocol != "icmp" && protocol != "all") {
      return invalid("Protocol must be tcp, udp, icmp or all.");
    }
    if (text_of(rule, "source_network").find('/') == std::string::npos) {
      return invalid("Source network must be an IPv4 network in CIDR notation.");
    }
    if (!member(rule, "description").is_string()) return invalid("Description is required.");
    const Json& ports = member(rule, "port_range");
    if (ports.is_null()) continue;
    const bool range = ports.is_array() && ports.size() == 2 && ports[0].is_number_integer() &&
                       ports[1].is_number_integer() && ports[0] >= 1 && ports[1] <= 65535 &&
                       ports[0] <= ports[1];
    if (!range || protocol == "icmp") return invalid("Port range is invalid.");
  }
  return std::nullopt;
}

void add_firewall_routes(Router& router) {
  router.add("GET", "/firewall-rules", list_rules);
  router.add("PUT", "/firewall-rules", set_rules);
  router.add("GET", "/firewall-rulesets", list);
  router.add("POST", "/firewall-rulesets", create);
  router.add("GET", "/firewall-rulesets/global", get_global);
  router.add("PATCH", "/firewall-rulesets/global", update_global);
  router.add("GET", "/firewall-rulesets/{id}", get);
  router.add("PATCH", "/firewall-rulesets/{id}", update);
  router.add("DELETE", "/firewall-rulesets/{id}", remove);
}

}  // namespace jim::sandbox::lambda
