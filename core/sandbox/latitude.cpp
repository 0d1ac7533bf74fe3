#include "core/sandbox/latitude.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/base/text.h"

namespace jim::sandbox::latitude {
namespace {

std::size_t number_of(std::string_view text, std::size_t otherwise) {
  std::size_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool has_keys(const Object& object, const std::vector<std::string>& keys) {
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return std::find(object.keys.begin(), object.keys.end(), key) != object.keys.end();
  });
}

// The vendor states no most; clients ask for 100 at a time.
constexpr std::size_t kMaxPage = 100;

}  // namespace

void add_routes(Router& router) {
  add_catalogue_routes(router);
  add_network_routes(router);
  add_project_routes(router);
  add_tag_routes(router);
  add_key_routes(router);
  add_server_action_routes(router);
  add_server_routes(router);
}

Reply error(int status, std::string code, std::string title, std::string detail,
            std::string pointer) {
  Json entry = {{"code", std::move(code)},
                {"status", std::to_string(status)},
                {"title", std::move(title)},
                {"detail", std::move(detail)},
                {"meta", Json::object()}};
  if (!pointer.empty()) entry["source"] = {{"pointer", std::move(pointer)}};
  return {.status = status, .body = Json{{"errors", Json::array({entry})}}.dump()};
}

Reply not_found() { return error(404, "not_found", "Error", "Specified Record Not Found"); }

Reply invalid(int status, std::string detail, std::string pointer) {
  Reply reply =
      error(422, "VALIDATION_ERROR", "Validation Error", std::move(detail), std::move(pointer));
  reply.status = status;
  return reply;
}

Reply unauthorized() {
  return error(401, "unauthorized", "Unauthorized", "Invalid or missing API token");
}

Reply out_of_stock() {
  // Seen by clients as HTTP 422 with this code (public reports of 2026-06).
  return error(422, "SERVERS_OUT_OF_STOCK", "Servers Out of Stock",
               "No stock availability for the plan at this site");
}

Reply data(int status, const std::string& text) {
  return {.status = status, .body = R"({"data":)" + text + R"(,"meta":{}})"};
}

Reply no_content() { return {.status = 204}; }

const Json& attributes(const Request& request) {
  return member(member(request.json, "data"), "attributes");
}

const std::string& text(World& world, const Object& object, Render render) {
  const std::int64_t now = world.now();
  if (object.text_until <= now || object.text_epoch != world.epoch) {
    object.text_until = std::numeric_limits<std::int64_t>::max();
    object.text = render(world, object, object.text_until)
                      .dump(-1, ' ', false, Json::error_handler_t::replace);
    object.text_epoch = world.epoch;
  }
  return object.text;
}

Reply page(World& world, const Request& request, const Collection& collection,
           const std::vector<std::string>& keys, Render render, const Test& test) {
  const std::size_t size =
      std::clamp<std::size_t>(number_of(request.query_value("page[size]"), 20), 1, kMaxPage);
  const std::size_t page_number =
      std::max<std::size_t>(number_of(request.query_value("page[number]"), 1), 1);
  const std::size_t offset = (page_number - 1) * size;

  const ObjectList* list = &collection.all();
  for (const std::string& key : keys) {
    if (const ObjectList& under = collection.under(key); under.size() <= list->size())
      list = &under;
  }
  std::string body = R"({"data":[)";
  bool first = true;
  const auto show = [&](const Object& object) {
    if (!first) body += ',';
    first = false;
    body += text(world, object, render);
  };
  std::size_t total = list->size();
  if (keys.size() <= 1 && !test) {
    list->page(offset, size, show);
  } else {
    total = 0;
    list->each([&](const Object& object) {
      if (!has_keys(object, keys) || (test && !test(object))) return;
      if (total >= offset && total < offset + size) show(object);
      ++total;
    });
  }
  body += R"(],"meta":{)";
  if (request.query_value("stats[total]") == "count") {
    body += R"("stats":{"total":{"count":)" + std::to_string(total) + "}}";
  }
  body += "}}";
  return {.status = 200, .body = std::move(body)};
}

std::vector<std::string> filter_keys(World& world, const Request& request,
                                     const std::vector<std::string>& names) {
  std::vector<std::string> keys;
  if (const auto project = request.query_value("filter[project]"); !project.empty()) {
    const Object* by_slug = world.projects.first("slug:" + std::string(project));
    keys.push_back("project:" + (by_slug ? by_slug->id : std::string(project)));
  }
  for (const std::string& tag : split(request.query_value("filter[tags]"), ",")) {
    if (!tag.empty()) keys.push_back("tag:" + tag);
  }
  for (const std::string& name : names) {
    if (const auto value = request.query_value("filter[" + name + "]"); !value.empty()) {
      keys.push_back(name + ':' + std::string(value));
    }
  }
  return keys;
}

std::string new_id(const char* prefix, std::uint64_t number) {
  return prefix + opaque_text(number, 13);
}

}  // namespace jim::sandbox::latitude
