#include "core/state/etcd_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/conceal.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr const char* kLogin = "/v3/auth/authenticate";
/// A new leader is there within two seconds, a member that was started again as well; a network
/// that changes its routes takes longer.
constexpr Duration kPatience = std::chrono::seconds(30);
constexpr Duration kFirstPatience = std::chrono::seconds(10);
constexpr Duration kFirstPause = std::chrono::milliseconds(100);
constexpr Duration kLongestPause = std::chrono::seconds(2);
/// How often in a row a token may be refused that was given just before: a member that lags does
/// not know it yet.
constexpr int kRefusedTokens = 5;
constexpr std::size_t kShownText = 200;
/// gRPC's codes, which the gateway repeats.
constexpr std::int64_t kNotFound = 5;
constexpr std::int64_t kFailedPrecondition = 9;
constexpr std::int64_t kOutOfRange = 11;

bool is_passing(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

/// What came of one request.
struct EtcdClient::Heard {
  enum class Kind {
    answer,
    silence,    ///< nothing, or nothing that settles it: try another member
    bad_token,  ///< log in again
    no_login,   ///< authentication is off
    refusal,    ///< trying again does not help
  };
  Kind kind = Kind::silence;
  Value value = {};
  Diagnostic error = {};
  std::string why = {};
};

EtcdClient::EtcdClient(EventLoop& loop, Http& http, EtcdPlace place)
    : loop_(loop), http_(http), place_(std::move(place)) {}

/// What a server says, fit to be shown.
std::string EtcdClient::safe(std::string_view text) const {
  const std::vector<std::string> secrets = {place_.password.reveal(), token_.reveal()};
  // Cut last: half a secret would not be found any more.
  return escape_control(trim(conceal(std::string(text), secrets).substr(0, kShownText)));
}

std::string EtcdClient::login() const {
  ValueMap body;
  body.set("name", place_.user);
  body.set("password", place_.password.reveal());
  return to_json(Value(std::move(body)));
}

Diagnostic EtcdClient::refused_login(const std::string& why) const {
  if (place_.user.empty())
    return {.code = ErrorCode::unauthorized,
            .message = fmt::format("etcd wants a user for the state {}: {}", place_.name, why),
            .hint = "say 'user' and 'password' below 'state' of the file"};
  return {.code = ErrorCode::unauthorized,
          .message = fmt::format("etcd refuses user '{}' for the state {}: {}",
                                 escape_control(place_.user), place_.name, why),
          .hint =
              "look at 'user' and 'password' below 'state' of the file, and at the user's "
              "roles: it must read and write all keys that begin with the state's prefix"};
}

Diagnostic EtcdClient::nobody_answers(const std::vector<std::string>& why) const {
  std::vector<std::string> told;
  for (const std::string& one : why)
    if (!one.empty()) told.push_back(one);
  const bool lacks_certificate =
      place_.members.front().starts_with("https:") && place_.options.client_certificate.empty();
  return {.code = ErrorCode::unavailable,
          .message = fmt::format("no member of etcd answers for the state {}: {}", place_.name,
                                 join(told, "; ")),
          .hint = fmt::format("more than half of the members must run and be reachable from here; "
                              "then run the command again{}",
                              lacks_certificate ? "; if they ask for a client certificate, say "
                                                  "'cert_file' below 'state' of the file"
                                                : "")};
}

EtcdClient::Heard EtcdClient::judge(int status, const std::string& body, bool login) const {
  const auto json = parse_json(body);
  const Value* words = json ? json->get("error") : nullptr;
  if (status == 200 && json && json->is_map() && words == nullptr)
    return {.kind = Heard::Kind::answer, .value = *json};
  if (status == 200) return {.why = "its answer is not one of etcd"};
  const std::string why = safe(words != nullptr && words->is_string() ? words->as_string() : body);
  const Value* number = json ? json->get("code") : nullptr;
  const std::int64_t code = number != nullptr && number->is_integer() ? number->as_integer() : -1;
  if (is_passing(status)) return {.why = why.empty() ? fmt::format("status {}", status) : why};
  Heard heard = {.kind = Heard::Kind::refusal};
  if (login && code == kFailedPrecondition) {
    heard.kind = Heard::Kind::no_login;
  } else if (status == 401 || has(why, "revision of auth store is old")) {
    heard.kind = place_.user.empty() ? Heard::Kind::refusal : Heard::Kind::bad_token;
    heard.error = refused_login(why);
  } else if (status == 403 || login || has(why, "user name is empty")) {
    heard.error = refused_login(why);
  } else if (code == kNotFound) {
    heard.error = {.code = ErrorCode::not_found, .message = why};
  } else if (code == kOutOfRange) {
    heard.error = {
        .code = ErrorCode::stale,
        .message = fmt::format("the state {} changes too fast to be read: {}", place_.name, why),
        .hint = "run the command again"};
  } else if (code < 0) {
    heard.error = {.code = ErrorCode::invalid_config,
                   .message = fmt::format("{} does not answer as etcd 3.4 or newer does: status "
                                          "{}: {}",
                                          place_.members[member_], status, why),
                   .hint = "look at the address of the state; its port is the one for clients"};
  } else {
    heard.error = {
        .code = ErrorCode::io,
        .message = fmt::format("etcd refuses a request for the state {}: {}", place_.name, why),
        .hint = has(why, "too large") ? "one object of the state is larger than the members' "
                                        "--max-request-bytes allows"
                                      : "etcd 3.4 or newer is needed, with its usual limits"};
  }
  return heard;
}

Task<EtcdClient::Heard> EtcdClient::ask(const std::string& path, const std::string& body) {
  HttpRequest request = {.method = "POST",
                         .url = place_.members[member_] + path,
                         .headers = {{.name = "Content-Type", .value = "application/json"}},
                         .body = body,
                         .has_body = true,
                         .once = true,
                         .provider = "etcd",
                         .options = place_.options};
  const bool login = path == kLogin;
  if (!login && !token_.empty())
    request.headers.push_back({.name = "Authorization", .value = token_.reveal(), .secret = true});
  const auto reply = co_await http_.send(std::move(request));
  if (reply) co_return judge(reply->status, reply->body, login);
  Heard heard = {.error = reply.error()};
  const ErrorCode code = heard.error.code;
  const bool passing = code == ErrorCode::unavailable || code == ErrorCode::timed_out ||
                       code == ErrorCode::unknown_outcome;
  if (!passing) heard.kind = Heard::Kind::refusal;
  if (code == ErrorCode::invalid_config)
    heard.error.hint =
        "look at 'ca_file', 'cert_file' and 'key_file' below 'state' of "
        "the file";
  // "POST http://h1:2379/v3/kv/range: could not connect": the member is named already.
  const std::string& message = heard.error.message;
  const std::size_t colon = message.find(path + ": ");
  heard.why = colon == std::string::npos ? message : message.substr(colon + path.size() + 2);
  co_return heard;
}

Task<Result<Value>> EtcdClient::call(std::string path, std::string body) {
  const Instant end = loop_.clock().now() + (answered_ ? kPatience : kFirstPatience);
  const std::size_t members = place_.members.size();
  std::vector<std::string> why(members);
  std::size_t silent = 0;
  int refused_tokens = 0;
  while (true) {
    const bool logs_in = must_log_in();
    const std::string& to = logs_in ? kLogin : path;
    const std::string what = logs_in ? login() : body;
    const Secret shown = token_;
    const std::size_t asked = member_;
    const Heard heard = co_await ask(to, what);
    if (heard.kind != Heard::Kind::silence) answered_ = true;
    if (heard.kind == Heard::Kind::answer) {
      if (!logs_in) co_return heard.value;
      const Value* token = heard.value.get("token");
      if (token == nullptr || !token->is_string() || token->as_string().empty())
        co_return refused_login("it gives no token");
      token_ = Secret(token->as_string());
    } else if (heard.kind == Heard::Kind::refusal) {
      co_return heard.error;
    } else if (heard.kind == Heard::Kind::no_login) {
      open_ = true;
    } else if (heard.kind == Heard::Kind::bad_token) {
      if (++refused_tokens > kRefusedTokens) co_return heard.error;
      if (token_ == shown) token_ = Secret();
      open_ = false;
      if (refused_tokens > 1) co_await loop_.sleep(kFirstPause * refused_tokens);
    } else {
      why[asked] = place_.members[asked] + ": " + heard.why;
      if (loop_.clock().now() >= end) co_return nobody_answers(why);
      // Others may have found a member meanwhile.
      if (member_ == asked) member_ = (asked + 1) % members;
      const std::size_t rounds = ++silent / members;
      if (silent % members == 0)
        co_await loop_.sleep(
            std::min(kLongestPause, kFirstPause * (1 << std::min<std::size_t>(rounds - 1, 5))));
    }
  }
}

}  // namespace jim
