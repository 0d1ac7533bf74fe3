#include "tests/simulation/vendor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/value/json.h"

namespace jim {

namespace {

constexpr Duration kLatestList = std::chrono::seconds(8);
constexpr Duration kBuilding = std::chrono::seconds(30);
constexpr Duration kDeleting = std::chrono::seconds(10);
constexpr std::size_t kPage = 3;

constexpr const char* kMachine = R"(
    identity: [name]
    visible_within: 25s
    attributes:
      name: { required: true, change: in-place }
      label: { change: in-place }
      image: { change: reinstall }
      plan: { change: replace }
      key: { change: replace }
      address: { computed: true }
    list: { get: /KIND, items: "${body.items}" }
    read: { get: "/KIND/${id}" }
    update:
      - { name: edit, changed: [name, label], patch: "/KIND/${id}", body: "${send}" }
      - name: reinstall
        changed: [image]
        post: "/KIND/${id}/reinstall"
        body: { image: "${self.image}" }
        until: '${it.state == "on" && it.image == self.image}'
        failed: '${it.state == "broken"}'
    ready: { status: "${it.state}", good: [on], pending: [building], failed: [broken], stall: 20m, poll: 5s }
    delete: { delete: "/KIND/${id}" }
)";

constexpr const char* kHead = R"(
provider: sim
base_url: http://vendor
pagination: { kind: page, size: 3, page: page, size_name: size, total: "${body.total}" }
object: "${body.item}"
errors:
  message: "${body.message}"
  code: "${body.code}"
  rules:
    - { code: no_stock, means: out_of_capacity }
    - { code: in_use, means: busy }
resources:
  key:
    identity: [name]
    visible_within: 25s
    attributes:
      name: { required: true, change: replace }
      text: { change: in-place }
    mark: { when: at_create, read: "${it.note}", write: { patch: "/keys/${id}", body: { note: "${mark.text ?? ''}" } } }
    list: { get: /keys, items: "${body.items}" }
    read: { get: "/keys/${id}" }
    create: { post: /keys, body: { "...": "${send}", note: "${mark.text}" }, client_id: "${self.name}" }
    update: [{ name: edit, changed: [text], patch: "/keys/${id}", body: "${send}" }]
    delete: { delete: "/keys/${id}" }
  machine:
    mark: { when: at_create, read: "${it.note}", write: { patch: "/machines/${id}", body: { note: "${mark.text ?? ''}" } } }
    create: { post: /machines, body: { "...": "${send}", note: "${mark.text}" }, id: "${body.item.id}" }MACHINES
  server:
    mark: { when: afterwards, read: "${it.note}", write: { patch: "/servers/${id}", body: { note: "${mark.text ?? ''}" } } }
    create: { post: /servers, body: { "...": "${send}" }, id: "${body.item.id}" }SERVERS
  disk:
    identity: [name]
    visible_within: 25s
    attributes:
      name: { required: true, change: in-place }
      size: { type: integer, change: replace }
    mark: { when: never }
    list: { get: /disks, items: "${body.items}" }
    read: { get: "/disks/${id}" }
    create: { post: /disks, body: "${send}", id: "${body.item.id}" }
    update: [{ name: edit, changed: [name], patch: "/disks/${id}", body: "${send}" }]
    delete: { delete: "/disks/${id}" }
  rack:
    adopt_only: true
    identity: [serial]
    attributes:
      serial: { required: true, change: replace }
      label: { change: in-place }
    mark: { when: afterwards, read: "${it.note}", write: { patch: "/racks/${id}", body: { note: "${mark.text ?? ''}" } } }
    list: { get: /racks, items: "${body.items}" }
    read: { get: "/racks/${id}" }
    update: [{ name: edit, changed: [label], patch: "/racks/${id}", body: "${send}" }]
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

HttpResponse json_reply(int status, const Value& body) {
  return {.status = status, .body = to_json(body, {.reveal_secrets = true})};
}

HttpResponse refused(int status, const std::string& code, const std::string& message) {
  ValueMap body;
  body.set("code", code);
  body.set("message", message);
  return json_reply(status, Value(std::move(body)));
}

std::string text_of(const ValueMap& map, const std::string& name) {
  const Value* value = map.find(name);
  return value != nullptr && value->is_string() ? value->as_string() : "";
}

int number_in(const std::string& query, const std::string& name, int usual) {
  const auto at = query.find(name + "=");
  return at == std::string::npos ? usual : std::atoi(query.c_str() + at + name.size() + 1);
}

}  // namespace

std::shared_ptr<const Manifest> SimulatedVendor::manifest() {
  static const std::shared_ptr<const Manifest> compiled = [] {
    std::string text = kHead;
    text = replaced(text, "MACHINES", replaced(kMachine, "KIND", "machines"));
    text = replaced(text, "SERVERS", replaced(kMachine, "KIND", "servers"));
    Diagnostics found;
    auto manifest = load_manifest(text, "sim.yaml", found);
    for (const Diagnostic& one : found)
      std::fprintf(stderr, "sim.yaml:%d:%d: %s (%s)\n", one.where.line, one.where.column,
                   one.message.c_str(), one.hint.c_str());
    if (!manifest) std::abort();
    return std::make_shared<const Manifest>(std::move(*manifest));
  }();
  return compiled;
}

void SimulatedVendor::add_rack(const std::string& serial) {
  Object rack = {.kind = "racks", .id = "rack-" + serial};
  rack.fields.set("serial", serial);
  rack.fields.set("note", "");
  objects_.push_back(std::move(rack));
}

void SimulatedVendor::heal() {
  breaks = 0;
  no_capacity = 0;
  for (Object& object : objects_)
    if (object.ready > now()) object.broken = false;
}

void SimulatedVendor::settle() {
  std::erase_if(objects_, [&](const Object& object) {
    return object.gone > Instant(0) && object.gone <= now();
  });
}

std::vector<const SimulatedVendor::Object*> SimulatedVendor::live() const {
  std::vector<const Object*> all;
  for (const Object& object : objects_)
    if (object.gone == Instant(0) || object.gone > now()) all.push_back(&object);
  return all;
}

SimulatedVendor::Object* SimulatedVendor::find(const std::string& kind, const std::string& id) {
  for (Object& object : objects_)
    if (object.kind == kind && object.id == id) return &object;
  return nullptr;
}

Value SimulatedVendor::shown(const Object& object) const {
  ValueMap fields = object.fields;
  fields.set("id", object.id);
  if (object.kind == "machines" || object.kind == "servers") {
    const bool building = now() < object.ready || object.gone > Instant(0);
    fields.set("state", building ? "building" : object.broken ? "broken" : "on");
    if (!building) fields.set("address", "10.0.0." + object.id);
  }
  return Value(std::move(fields));
}

Result<HttpResponse> SimulatedVendor::answer(const HttpRequest& request) {
  settle();
  std::string path = request.url.substr(std::string("http://vendor/").size());
  std::string query;
  if (const auto mark = path.find('?'); mark != std::string::npos) {
    query = path.substr(mark + 1);
    path.erase(mark);
  }
  const auto slash = path.find('/');
  const std::string kind = path.substr(0, slash);
  Value body = Value(ValueMap());
  if (request.has_body) {
    auto parsed = parse_json(request.body);
    if (!parsed) return refused(400, "malformed", "no JSON");
    body = std::move(*parsed);
  }
  if (slash == std::string::npos)
    return request.method == "POST" ? create(kind, body) : list(kind, query);
  std::string id = path.substr(slash + 1);
  const auto action = id.find('/');
  const bool reinstall = action != std::string::npos;
  if (reinstall) id.erase(action);
  Object* object = find(kind, id);
  if (object == nullptr) return refused(404, "absent", kind + " " + id + " does not exist");
  if (request.method == "GET") {
    ValueMap reply;
    reply.set("item", shown(*object));
    return json_reply(200, Value(std::move(reply)));
  }
  if (request.method == "DELETE") return remove(*object);
  return change(*object, body, reinstall);
}

Result<HttpResponse> SimulatedVendor::create(const std::string& kind, const Value& body) {
  Dice& dice = network_.dice();
  ValueMap fields = body.as_map();
  const bool machine = kind == "machines" || kind == "servers";
  if (kind == "keys" && find(kind, text_of(fields, "name")) != nullptr)
    return refused(409, "taken", "the name is taken");
  if (machine) {
    if (no_capacity > 0 && dice.strikes(10 * no_capacity, "no capacity"))
      return refused(409, "no_stock", "no such machine is left");
    const std::string key = text_of(fields, "key");
    if (!key.empty() && find("keys", key) == nullptr)
      return refused(422, "invalid", "no key " + key);
  }
  Object object = {
      .kind = kind,
      .id = kind == "keys" ? text_of(fields, "name") : fmt::format("{}-{}", kind, ++last_),
      .fields = std::move(fields)};
  if (kind == "servers") object.fields.set("note", "");
  object.visible = now() + (dice.rolls(60) ? Duration(0) : dice.up_to(kLatestList));
  if (machine) {
    object.ready = now() + dice.up_to(kBuilding);
    object.broken = breaks > 0 && dice.strikes(10 * breaks, "the machine breaks");
  }
  ever_.push_back(object.id);
  objects_.push_back(std::move(object));
  ValueMap reply;
  reply.set("item", shown(objects_.back()));
  return json_reply(201, Value(std::move(reply)));
}

Result<HttpResponse> SimulatedVendor::list(const std::string& kind, const std::string& query) {
  ValueList all;
  for (const Object& object : objects_)
    if (object.kind == kind && object.visible <= now()) all.push_back(shown(object));
  const auto page = static_cast<std::size_t>(number_in(query, "page", 1));
  const std::size_t begin = std::min(all.size(), (page - 1) * kPage);
  const std::size_t end = std::min(all.size(), begin + kPage);
  ValueMap reply;
  reply.set("total", static_cast<std::int64_t>(all.size()));
  reply.set("items", ValueList(all.begin() + static_cast<std::ptrdiff_t>(begin),
                               all.begin() + static_cast<std::ptrdiff_t>(end)));
  return json_reply(200, Value(std::move(reply)));
}

Result<HttpResponse> SimulatedVendor::change(Object& object, const Value& body, bool reinstall) {
  if (object.gone > Instant(0)) return refused(409, "in_use", "it is being deleted");
  if (reinstall && now() < object.ready) return refused(409, "in_use", "it is being built");
  for (const auto& [name, value] : body.as_map()) object.fields.set(name, value);
  if (reinstall) object.ready = now() + network_.dice().up_to(kBuilding);
  ValueMap reply;
  reply.set("item", shown(object));
  return json_reply(200, Value(std::move(reply)));
}

Result<HttpResponse> SimulatedVendor::remove(Object& object) {
  for (const Object& other : objects_)
    if (object.kind == "keys" && text_of(other.fields, "key") == object.id)
      return refused(409, "in_use", "key " + object.id + " is in use by " + other.id);
  if (object.gone == Instant(0))
    object.gone = now() + Duration(1) +
                  (object.kind == "keys" ? Duration(0) : network_.dice().up_to(kDeleting));
  return HttpResponse{.status = 204};
}

}  // namespace jim
