#pragma once

#include <optional>
#include <string>

#include "core/sandbox/router.h"
#include "core/sandbox/world.h"

/// Lambda Cloud as its published description shows it (API 1.10.0, read 2026-11).
namespace jim::sandbox::lambda {

void add_routes(Router& router);
void add_instance_routes(Router& router);
void add_launch_routes(Router& router);
void add_resource_routes(Router& router);
void add_firewall_routes(Router& router);
void add_catalogue_routes(Router& router);

Reply error(int status, std::string code, std::string message, std::string suggestion = {});
Reply invalid(std::string message);
Reply not_found();
Reply unauthorized();
Reply rate_limited(int seconds);
Reply insufficient_capacity();
Reply data(const Json& value);
Reply data_text(const std::string& text);

struct Type {
  const char* name;
  const char* description;
  const char* gpu;
  int cents_per_hour;
  int vcpus;
  int memory_gib;
  int storage_gib;
  int gpus;
};
const Type* find_type(const std::string& name);
/// `{"name", "description"}` of a region, or null when there is none.
Json region(const std::string& name);
Json type_summary(const Type& type);
/// Whether a machine of this type can be launched in the region now.
bool has_capacity(World& world, const std::string& type, const std::string& place);

/// The instance as the wire has it; kept until it changes.
const std::string& instance_text(World& world, const Object& instance);
std::string instance_status(World& world, const Object& instance, std::int64_t& until);
std::optional<Reply> rules_refused(const Json& rules);

}  // namespace jim::sandbox::lambda
