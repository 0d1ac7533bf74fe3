#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/sandbox/responder.h"

/// The interface under /_sandbox, and drift, which has no other face.
namespace jim::sandbox {
namespace {

Reply reply(int status, const Json& body) {
  return {.status = status, .body = body.dump(), .type = "application/json"};
}

Reply refused(const Diagnostic& why) {
  return reply(400, {{"error", why.message}, {"hint", why.hint}});
}

// `{n}` in any text becomes the number of the object.
Json numbered(const Json& value, std::int64_t n) {
  if (value.is_string()) return join(split(value.get<std::string>(), "{n}"), std::to_string(n));
  if (!value.is_structured()) return value;
  Json result = value;
  for (Json& entry : result) entry = numbered(entry, n);
  return result;
}

Json defaults(const std::string& kind) {
  if (kind == "latitude/servers") {
    return {{"project", "proj_sandbox"},
            {"plan", "c3-small-x86"},
            {"site", "NYC"},
            {"operating_system", "ubuntu_24_04_x64_lts"},
            {"hostname", "web-{n}"}};
  }
  if (kind == "latitude/virtual_networks") {
    return {{"project", "proj_sandbox"}, {"site", "NYC"}, {"description", "network-{n}"}};
  }
  if (kind == "latitude/tags") return {{"name", "tag-{n}"}, {"color", "#336699"}};
  if (kind == "latitude/ssh_keys") {
    return {{"project", "proj_sandbox"},
            {"name", "key-{n}"},
            {"public_key", "ssh-ed25519 AAAAC3Nz{n} seed"}};
  }
  if (kind == "lambda/instances") {
    return {{"region_name", "us-west-1"},
            {"instance_type_name", "gpu_1x_a10"},
            {"ssh_key_names", Json::array({"seed"})},
            {"name", "worker-{n}"}};
  }
  if (kind == "lambda/ssh-keys")
    return {{"name", "key-{n}"}, {"public_key", "ssh-ed25519 AAAAC3Nz{n} seed"}};
  if (kind == "lambda/filesystems") return {{"name", "data-{n}"}, {"region", "us-west-1"}};
  return Json::object();
}

// By vendor and offer: places, each with a number or not. None at all: as it was.
bool is_stock(const Json& stock) {
  if (!stock.is_object()) return false;
  return std::all_of(stock.begin(), stock.end(), [](const Json& offers) {
    return offers.is_object() && std::all_of(offers.begin(), offers.end(), [](const Json& places) {
             return places.is_object() || places.is_array();
           });
  });
}

}  // namespace

Reply Responder::admin(const std::string& path, const Request& request) {
  const Json body = Json::parse(request.body, nullptr, false);
  const Json wanted = body.is_discarded() ? Json() : body;
  if (request.method == "GET" && path == "/stats") return stats();
  if (request.method != "POST") return reply(404, {{"error", "no such route"}});
  if (path == "/drift") {
    const Json list = wanted.is_array() ? wanted : Json::array({wanted});
    const auto changed = add_drift(list, true);
    return changed ? reply(200, {{"added", list.size()}, {"changed", *changed}})
                   : refused(changed.error());
  }
  if (path == "/faults") {
    const Json list = wanted.is_array() ? wanted : Json::array({wanted});
    const auto added = faults_.add(list);
    return added ? reply(200, {{"added", list.size()}}) : refused(added.error());
  }
  if (path == "/stock") {
    if (!is_stock(wanted)) {
      return reply(400, {{"error", "a stock names vendors, their offers and places"},
                         {"hint", R"(such as {"lambda": {"gpu_1x_a10": {"us-west-1": 1}}})"}});
    }
    world_.set_stock(wanted);
    return reply(200, Json::object());
  }
  if (path == "/seed") return seed(wanted);
  if (path == "/reset") {
    world_.clear();
    faults_.clear();
    drifts_.clear();
    counts_.clear();
    return reply(200, Json::object());
  }
  return reply(404, {{"error", "no such route"}});
}

Reply Responder::stats() const {
  Json requests = Json::object();
  std::uint64_t total = 0;
  for (const auto& [route, count] : counts_) {
    requests[route] = count;
    total += count;
  }
  Json objects = Json::object();
  for (const Collection* collection :
       {&world_.servers, &world_.ssh_keys, &world_.tags, &world_.user_data,
        &world_.virtual_networks, &world_.assignments, &world_.projects, &world_.instances,
        &world_.lambda_keys, &world_.filesystems, &world_.rulesets}) {
    objects[collection->name()] = collection->all().size();
  }
  return reply(200, {{"total", total}, {"requests", requests}, {"objects", objects}});
}

// Objects are made by the vendor's own create route, so that they are no different from others.
Reply Responder::seed(const Json& wanted) {
  const std::string vendor = text_of(wanted, "vendor");
  const std::string type = text_of(wanted, "type");
  Collection* collection = world_.store.find(vendor + '/' + type);
  const auto router = routers_.find(vendor);
  if (collection == nullptr || router == routers_.end()) {
    return reply(400, {{"error", "unknown vendor or type '" + vendor + '/' + type + "'"}});
  }
  const Json& count = member(wanted, "count");
  const Json& first = member(wanted, "first");
  Json attributes = defaults(vendor + '/' + type);
  if (member(wanted, "attributes").is_object()) attributes.update(wanted["attributes"]);
  if (vendor == "lambda" && type == "instances" &&
      world_.lambda_keys.first("name:seed") == nullptr) {
    const auto number = world_.store.next_number();
    world_.store.add(world_.lambda_keys, number, hex_text(number),
                     {{"name", "seed"}, {"public_key", "ssh-ed25519 AAAAC3NzSeed seed"}});
  }
  Request request;
  request.vendor = vendor;
  request.method = "POST";
  request.path = type == "instances" ? "/instance-operations/launch" : '/' + type;
  const std::int64_t begin = first.is_number() ? first.get<std::int64_t>() : 0;
  const std::int64_t end = begin + (count.is_number() ? count.get<std::int64_t>() : 1);
  const bool limited = std::exchange(world_.launch_limit, false);
  Reply last = reply(200, {{"made", end - begin}});
  for (std::int64_t n = begin; n < end; ++n) {
    const Json made = numbered(attributes, n);
    request.json =
        vendor == "latitude" ? Json{{"data", {{"type", type}, {"attributes", made}}}} : made;
    const Route* route = router->second.match(request);
    if (route == nullptr) return reply(400, {{"error", "'" + type + "' cannot be made"}});
    world_.machine.factor = 0;  // there since long
    if (Reply answer = route->handler(world_, request); answer.status >= 300) {
      last = std::move(answer);
      break;
    }
    if (const Json& set = member(wanted, "set"); set.is_object()) {
      Object* object = nullptr;
      collection->all().page(collection->all().size() - 1, 1,
                             [&](Object& newest) { object = &newest; });
      object->data.update(numbered(set, n));
      world_.store.changed(*collection, *object);
    }
  }
  world_.machine = {};
  world_.launch_limit = limited;
  return last;
}

Result<int> Responder::add_drift(const Json& list, bool at_once) {
  static const std::set<std::string> kWords = {"vendor", "type",     "match", "set",
                                               "delete", "at_start", "after"};
  const auto wrong = [](std::string message) {
    return Diagnostic{.code = ErrorCode::invalid_config, .message = std::move(message)};
  };
  if (!list.is_array()) return wrong("drift must be a list");
  std::vector<Drift> read;
  for (const Json& entry : list) {
    if (!entry.is_object()) return wrong("a drift must be a map");
    for (const auto& [word, value] : entry.items()) {
      if (!kWords.contains(word)) return wrong("unknown word '" + word + "' in a drift");
    }
    Drift drift{.collection = text_of(entry, "vendor") + '/' + text_of(entry, "type"),
                .match = member(entry, "match"),
                .set = member(entry, "set"),
                .remove = member(entry, "delete") == true};
    if (world_.store.find(drift.collection) == nullptr) {
      return wrong("unknown vendor or type '" + drift.collection + "' in a drift");
    }
    if (!drift.remove && !drift.set.is_object())
      return wrong("a drift needs 'set' or 'delete: true'");
    if (const Json& after = member(entry, "after"); after.is_number()) drift.after = after;
    read.push_back(std::move(drift));
  }
  int changed = 0;
  for (const Drift& drift : read) {
    if (at_once || drift.after == 0) {
      changed += apply(drift);
    } else {
      drifts_.push_back(drift);
    }
  }
  return changed;
}

void Responder::apply_due_drift(const std::string& vendor) {
  for (auto drift = drifts_.begin(); drift != drifts_.end();) {
    if (!drift->collection.starts_with(vendor + '/') || --drift->after >= 0) {
      ++drift;
      continue;
    }
    apply(*drift);
    drift = drifts_.erase(drift);
  }
}

int Responder::apply(const Drift& drift) {
  Collection& collection = *world_.store.find(drift.collection);
  std::vector<Object*> hit;
  collection.all().each([&](Object& object) {
    const bool by_id = member(drift.match, "id") == object.id;
    if (by_id || drift.match.is_null() || fits_all(drift.match, object.data))
      hit.push_back(&object);
  });
  Json set = drift.set;
  if (drift.collection.starts_with("latitude/") && member(set, "tags").is_array()) {
    for (Json& tag : set["tags"]) {  // names are as good as ids here
      if (const Object* named = world_.tags.first("name:" + tag.get<std::string>()))
        tag = named->id;
    }
  }
  for (Object* object : hit) {
    if (drift.remove) {
      world_.store.remove(collection, *object);
      continue;
    }
    object->data.update(set);
    world_.store.changed(collection, *object);
  }
  ++world_.epoch;
  return static_cast<int>(hit.size());
}

}  // namespace jim::sandbox
