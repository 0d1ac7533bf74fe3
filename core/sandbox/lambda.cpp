#include "core/sandbox/lambda.h"

namespace jim::sandbox::lambda {

void add_routes(Router& router) {
  add_catalogue_routes(router);
  add_firewall_routes(router);
  add_resource_routes(router);
  add_launch_routes(router);
  add_instance_routes(router);
}

Reply error(int status, std::string code, std::string message, std::string suggestion) {
  Json inner = {{"code", std::move(code)}, {"message", std::move(message)}};
  if (!suggestion.empty()) inner["suggestion"] = std::move(suggestion);
  return {.status = status,
          .body = Json{{"error", inner}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Reply invalid(std::string message) {
  return error(400, "global/invalid-parameters", std::move(message));
}

Reply not_found() {
  return error(404, "global/not-found", "The requested resource was not found.");
}

Reply unauthorized() {
  return error(401, "global/invalid-api-key", "API key was invalid, expired, or deleted.",
               "Check your API key or create a new one, then try again.");
}

// Not in the description; seen by clients. No Retry-After is documented, so none is sent.
Reply rate_limited(int seconds) {
  return error(429, "global/too-many-requests", "Too many requests.",
               "Try again in " + std::to_string(seconds) + " seconds.");
}

Reply insufficient_capacity() {
  return error(400, "instance-operations/launch/insufficient-capacity",
               "Not enough capacity to fulfill launch request.",
               "Choose an instance type with more availability, or try again later.");
}

Reply data(const Json& value) {
  return {.status = 200,
          .body = Json{{"data", value}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Reply data_text(const std::string& text) {
  return {.status = 200, .body = R"({"data":)" + text + '}'};
}

}  // namespace jim::sandbox::lambda
