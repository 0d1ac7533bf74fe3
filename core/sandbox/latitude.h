#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/sandbox/router.h"
#include "core/sandbox/world.h"

/// Latitude.sh as its published description and recorded exchanges show it (API version 2023-06-01,
/// read 2026-11).
namespace jim::sandbox::latitude {

/// Declares all routes. The groups, one file each:
void add_routes(Router& router);
void add_server_routes(Router& router);
void add_server_action_routes(Router& router);
void add_key_routes(Router& router);
void add_tag_routes(Router& router);
void add_project_routes(Router& router);
void add_network_routes(Router& router);
void add_catalogue_routes(Router& router);

// Replies.
Reply error(int status, std::string code, std::string title, std::string detail,
            std::string pointer = {});
Reply not_found();
Reply invalid(int status, std::string detail, std::string pointer = {});
Reply unauthorized();
Reply out_of_stock();
/// `{"data": <text>, "meta": {}}`.
Reply data(int status, const std::string& text);
Reply no_content();

/// `data.attributes` of a request's body, or null.
const Json& attributes(const Request& request);

/// How one kind of object looks on the wire. `until` may be lowered to the moment when the text
/// stops being true.
using Render = Json (*)(World& world, const Object& object, std::int64_t& until);
/// The object's text, made anew only when needed.
const std::string& text(World& world, const Object& object, Render render);

/// A page of a list, as page[size], page[number] and stats[total] ask for it.
/// `keys`: indexes that all must hold; `test`: what no index knows.
using Test = std::function<bool(const Object&)>;
Reply page(World& world, const Request& request, const Collection& collection,
           const std::vector<std::string>& keys, Render render, const Test& test = {});
/// The index keys for filter[project], filter[tags] and those in `names` (index name = filter
/// name).
std::vector<std::string> filter_keys(World& world, const Request& request,
                                     const std::vector<std::string>& names);

/// The id of the project named by id or slug; an unknown `proj_...` is made on the fly. Empty: no
/// such project.
std::string project_id(World& world, const std::string& name);
/// A project as other objects show it.
Json project_summary(World& world, const std::string& id);
Json team();
/// Tags, by id, as other objects show them.
Json tag_list(World& world, const Json& ids);
/// The ids that a request's `tags` hold, without empty ones; an error names one that does not
/// exist.
struct TagIds {
  Json ids = Json::array();
  std::optional<Reply> failure = {};
};
TagIds read_tags(World& world, const Json& tags);

std::string new_id(const char* prefix, std::uint64_t number);

// The catalogue.
struct Plan {
  const char* slug;
  const char* name;
  const char* cpu;
  double clock;
  int cores;
  int cpus;
  int memory_gb;
  int drives;
  const char* drive_size;
  const char* drive_type;
  const char* nic;
  const char* gpu;  ///< empty: none
  int gpus;
  int gpu_memory_gb;
  double hour;  ///< US dollars
};
struct Site {
  const char* slug;
  const char* city;
  const char* country;
  const char* country_code;
  const char* facility;
};
struct System {
  const char* slug;
  const char* name;
  const char* distro;
  const char* version;
  const char* series;
  const char* user;
  bool raid;
};
const Plan* find_plan(const std::string& slug);
const Site* find_site(const std::string& slug);
const System* find_system(const std::string& slug);
Json plan_summary(const Plan& plan, const std::string& billing);
Json region_summary(const Site& site);
/// Machines of a plan that may still be rented at a site; -1: any number.
std::int64_t stock_left(World& world, const std::string& plan, const std::string& site);

// Servers, as other objects show them.
Json server_summary(World& world, const Object& server);
std::string server_status(World& world, const Object& server, std::int64_t& until);
/// Takes over what a request says about the installation (operating system, keys, RAID and so on).
void keep_installation(Json& server, const Json& wanted);
/// A refusal when the installation names what does not exist.
std::optional<Reply> installation_refused(World& world, const Json& wanted,
                                          const std::string& project);
Reply locked();
Json render_server(World& world, const Object& server, std::int64_t& until);

}  // namespace jim::sandbox::latitude
