#include "core/sandbox/responder.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/sandbox/lambda.h"
#include "core/sandbox/latitude.h"

namespace jim::sandbox {
namespace {

struct Vendor {
  const char* name;
  const char* base;  ///< of all its paths
  const char* type;  ///< of its replies
  Reply (*unauthorized)();
  Reply (*not_found)();
  Reply (*capacity)();
};

constexpr const char* kJsonApi = "application/vnd.api+json; charset=utf-8";

const Vendor kVendors[] = {
    {"latitude", "/latitude", kJsonApi, latitude::unauthorized, latitude::not_found,
     latitude::out_of_stock},
    {"lambda", "/lambda/api/v1", "application/json", lambda::unauthorized, lambda::not_found,
     lambda::insufficient_capacity},
};

const Vendor* vendor_of(const std::string& target) {
  for (const Vendor& vendor : kVendors) {
    const std::string base = std::string(vendor.base) + '/';
    if (target.starts_with(base)) return &vendor;
  }
  return nullptr;
}

// Any token will do but one that says that it is wrong.
bool authorized(const Request& request) {
  std::string_view token = request.header("authorization");
  if (token.starts_with("Bearer ")) token.remove_prefix(7);
  token = trim(token);
  return !token.empty() && token.find("wrong") == std::string_view::npos;
}

Reply failure(const std::string& vendor, int status) {
  if (vendor == "latitude") {
    return latitude::error(status, "INTERNAL_ERROR", "Internal Error", "Something went wrong");
  }
  return lambda::error(status, "global/internal-error", "An internal server error occurred.",
                       "Try again later. Contact Support if the problem persists.");
}

Reply too_many(const std::string& vendor, int retry_after) {
  Reply reply = vendor == "latitude" ? latitude::error(429, "TOO_MANY_REQUESTS",
                                                       "Too Many Requests", "Rate limit exceeded")
                                     : lambda::rate_limited(retry_after);
  reply.headers.emplace_back("Retry-After", std::to_string(retry_after));
  return reply;
}

// A syntactically right reply that no client should swallow whole.
Reply huge() {
  constexpr std::size_t kHuge = 96u << 20;
  return {.status = 200, .body = R"({"data":")" + std::string(kHuge, 'x') + R"("})"};
}

}  // namespace

Responder::Responder(std::unique_ptr<Database> database, double pace)
    : world_(std::move(database), pace, nullptr) {
  latitude::add_routes(routers_["latitude"]);
  lambda::add_routes(routers_["lambda"]);
  world_.launch_limit = pace > 0;
}

namespace {

Diagnostic wrong(std::string message, std::string hint = {}) {
  return {
      .code = ErrorCode::invalid_config, .message = std::move(message), .hint = std::move(hint)};
}

/// A list of places, or a map of places to how many machines may exist there.
bool is_stock_of_offer(const Json& places) {
  if (!places.is_array() && !places.is_object()) return false;
  return std::all_of(places.begin(), places.end(), [&places](const Json& one) {
    if (places.is_array()) return one.is_string();
    return one.is_number_integer() && one.get<std::int64_t>() >= 0;
  });
}

Result<void> check_stock(const Json& stock) {
  constexpr const char* kExample =
      "such as lambda: { gpu_1x_a10: [us-west-1] } or latitude: { c3-small-x86: { NYC: 2 } }";
  if (!stock.is_object()) return wrong("'stock' takes a map of vendors", kExample);
  for (const auto& [vendor, offers] : stock.items()) {
    if (vendor != "latitude" && vendor != "lambda")
      return wrong("'stock' names the vendor '" + vendor + "'", "known are lambda, latitude");
    if (!offers.is_object())
      return wrong("'stock' of " + vendor + " takes a map of plans or instance types", kExample);
    for (const auto& [offer, places] : offers.items())
      if (!is_stock_of_offer(places))
        return wrong("'stock' of " + vendor + " " + offer +
                         " takes a list of places, or a map of places to whole numbers",
                     kExample);
  }
  return {};
}

}  // namespace

Result<void> Responder::play(const Json& scenario) {
  static const std::set<std::string> kWords = {"faults", "drift", "stock", "launch_limit"};
  if (scenario.is_null()) return {};
  if (!scenario.is_object()) {
    return Diagnostic{.code = ErrorCode::invalid_config, .message = "a scenario must be a map"};
  }
  for (const auto& [word, value] : scenario.items()) {
    if (kWords.contains(word)) continue;
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = "unknown word '" + word + "' in the scenario",
                      .hint = "known are " + join({kWords.begin(), kWords.end()}, ", ")};
  }
  if (const Json& stock = member(scenario, "stock"); !stock.is_null()) {
    if (auto good = check_stock(stock); !good) return good;
    world_.set_stock(stock);
  }
  if (const Json& limit = member(scenario, "launch_limit"); !limit.is_null()) {
    if (!limit.is_boolean()) return wrong("'launch_limit' takes true or false");
    world_.launch_limit = limit;
  }
  if (const Json& faults = member(scenario, "faults"); !faults.is_null()) {
    if (auto added = faults_.add(faults); !added) return added;
  }
  if (const Json& drift = member(scenario, "drift"); !drift.is_null())
    if (auto added = add_drift(drift, false); !added) return added.error();
  return {};
}

Outcome Responder::respond(const std::string& target, Request request) {
  if (target.starts_with("/_sandbox/")) {
    return {.reply = admin(target.substr(9), request)};
  }
  const Vendor* vendor = vendor_of(target);
  if (vendor == nullptr) {
    return {.reply = {.status = 404,
                      .body = R"({"error":"no such vendor"})",
                      .type = "application/json"}};
  }
  request.vendor = vendor->name;
  request.path = target.substr(std::string_view(vendor->base).size());
  request.json = Json::parse(request.body, nullptr, false);
  const bool malformed = !request.body.empty() && request.json.is_discarded();
  if (request.json.is_discarded()) request.json = nullptr;

  Outcome outcome;
  if (!authorized(request)) {
    outcome.reply = vendor->unauthorized();
  } else if (malformed) {
    outcome.reply = request.vendor == "latitude"
                        ? latitude::error(400, "BAD_REQUEST", "Bad Request",
                                          "The request body is not valid JSON")
                        : lambda::invalid("Invalid request data.");
  } else {
    apply_due_drift(request.vendor);
    outcome = answer(request);
  }
  if (outcome.reply.type.empty()) outcome.reply.type = vendor->type;
  if (request.vendor == "latitude")
    outcome.reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return outcome;
}

Outcome Responder::answer(Request& request) {
  const Vendor* vendor = request.vendor == "latitude" ? &kVendors[0] : &kVendors[1];
  const Route* route = routers_[request.vendor].match(request);
  ++counts_[request.vendor + ' ' + request.method + ' ' + (route ? route->pattern : "(unknown)")];

  std::optional<Fault> fault;
  if (!faults_.empty()) fault = faults_.take(request);
  Outcome outcome;
  if (fault) {
    outcome.fault = fault->action;
    const std::string& action = fault->action;
    if (action == "capacity") outcome.reply = vendor->capacity();
    if (action == "rate_limit") outcome.reply = too_many(request.vendor, fault->retry_after);
    if (action == "status" && !fault->after_effect)
      outcome.reply = failure(request.vendor, fault->status);
    if (action == "lose_request") outcome.manner = Outcome::Manner::none;
    if (action == "slow_machine") world_.machine.factor = fault->factor;
    if (action == "fail_machine") world_.machine.fails = true;
    if (action == "delay") outcome.delay_milliseconds = fault->milliseconds;
    if (action == "lose_answer") outcome.manner = Outcome::Manner::none;
    if (action == "cut") outcome.manner = Outcome::Manner::half;
  }
  const bool without_effect =
      fault &&
      (fault->action == "capacity" || fault->action == "rate_limit" ||
       fault->action == "lose_request" || (fault->action == "status" && !fault->after_effect));
  if (!without_effect) {
    world_.forget_ended();
    outcome.reply = route == nullptr ? vendor->not_found() : route->handler(world_, request);
    world_.machine = {};
  }
  if (!fault) return outcome;
  if (fault->action == "status" && fault->after_effect)
    outcome.reply = failure(request.vendor, fault->status);
  if (fault->action == "status" && !fault->body.is_null()) {
    outcome.reply.body =
        fault->body.is_string() ? fault->body.get<std::string>() : fault->body.dump();
  }
  if (fault->action == "huge") outcome.reply = huge();
  if (fault->action == "garbage") outcome.reply.body = "<html>\x01\xff{\"data\": [1, 2";
  return outcome;
}

}  // namespace jim::sandbox
