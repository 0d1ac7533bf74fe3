#include "core/state/http_exchange.h"

#include <fmt/format.h>

#include "core/base/conceal.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr std::size_t kLongestWords = 200;

std::string md5_base64(std::string_view bytes) {
  const std::string hex = md5_hex(bytes);
  std::string raw;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    raw += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return base64_encode(raw);
}

}  // namespace

HttpExchange::HttpExchange(EventLoop& loop, Http& http, HttpPlace place)
    : http_(http), place_(std::move(place)), clock_(loop.clock()) {}

Task<Result<HttpResponse>> HttpExchange::send(std::string method, std::string url,
                                              std::optional<std::string> body, bool once,
                                              const StopFlag* unless) {
  HttpRequest request = {.method = std::move(method),
                         .url = std::move(url),
                         .mutating = once,
                         .provider = "state",
                         .options = place_.options};
  if (unless != nullptr) request.unless.push_back(unless);
  if (!place_.authorization.empty())
    request.headers.push_back(
        {.name = "Authorization", .value = place_.authorization.reveal(), .secret = true});
  if (body) {
    request.headers.push_back({.name = "Content-Type", .value = "application/json"});
    request.headers.push_back({.name = "Content-MD5", .value = md5_base64(*body)});
    request.body = std::move(*body);
    request.has_body = true;
  } else {
    request.headers.push_back({.name = "Cache-Control", .value = "no-cache"});
  }
  auto reply = co_await http_.send(std::move(request));
  if (reply) {
    clock_.heard(*reply);
    // What a server says against a request may repeat it, the holder of a lock included.
    if (reply->status >= 400) reply->body = conceal(std::move(reply->body), place_.secrets);
    co_return reply;
  }
  Diagnostic error = reply.error();
  error.message =
      conceal(fmt::format("the state {} cannot be reached: {}", place_.shown, error.message),
              place_.secrets);
  if (error.hint.empty()) error.hint = "check the address and the network, then run it again";
  co_return error;
}

Task<Result<std::optional<std::string>>> HttpExchange::get_text() {
  std::string method = "GET";
  auto reply = co_await send(std::move(method), place_.url, std::nullopt, false);
  if (!reply) co_return reply.error();
  const bool none = reply->status == 404 || reply->status == 204 ||
                    (reply->status == 200 && trim(reply->body).empty());
  if (none) co_return std::optional<std::string>();
  if (reply->status != 200) co_return refused("reading", *reply);
  co_return std::optional<std::string>(std::move(reply->body));
}

Task<Result<std::optional<HttpDocument>>> HttpExchange::get() {
  const auto text = co_await get_text();
  if (!text) co_return text.error();
  if (!*text) co_return std::optional<HttpDocument>();
  auto document = read_document(**text, place_.shown);
  if (!document) co_return document.error();
  co_return std::optional<HttpDocument>(std::move(*document));
}

Task<Result<HttpResponse>> HttpExchange::post(const std::string& lock_id, std::string body,
                                              const StopFlag& unless) {
  return send(place_.update_method, with_query(place_.url, "ID", lock_id), std::move(body), true,
              &unless);
}

Task<Result<HttpResponse>> HttpExchange::lock(const LockInfo& lock) {
  return send(place_.lock_method, place_.lock_url, lock_body(lock), true);
}

Task<Result<HttpResponse>> HttpExchange::unlock(const LockInfo& lock) {
  return send(place_.unlock_method, place_.unlock_url, lock_body(lock), false);
}

std::string HttpExchange::lock_shown() const {
  return escape_control(place_.lock_method + " " + url_for_log(place_.lock_url));
}

/// What the server says about it, short: it may repeat anything, so nothing but its own message.
std::string HttpExchange::words_of(const HttpResponse& response) const {
  std::string words;
  if (const auto value = parse_json(response.body)) {
    for (const char* name : {"message", "error", "msg"}) {
      const Value* found = value->get(name);
      if (words.empty() && found != nullptr && found->is_string()) words = found->as_string();
    }
  }
  if (words.size() > kLongestWords) words = words.substr(0, kLongestWords) + "...";
  words = escape_control(words);
  return words.empty() ? "" : fmt::format(" ({})", words);
}

Diagnostic HttpExchange::refused(const std::string& what, const HttpResponse& response) const {
  Diagnostic error = {.code = ErrorCode::io,
                      .message = fmt::format("{} the state {} was answered with status {}{}", what,
                                             place_.shown, response.status, words_of(response)),
                      .hint = "check the address, and what the server's log says"};
  const int status = response.status;
  if (status == 401 || status == 403) {
    error.code = ErrorCode::unauthorized;
    error.hint = place_.authorization.empty()
                     ? "say 'user' and 'password' below 'state' in the file"
                     : "check 'user' and 'password' below 'state' in the file, and what this user "
                       "may do";
  } else if (status == 429) {
    error.code = ErrorCode::rate_limited;
    error.hint = "wait a while, then run it again";
  } else if (status >= 500 || status == 408) {
    error.code = ErrorCode::unavailable;
    error.hint = "the server has a problem of its own; run it again later";
  } else if (status == 413) {
    error.hint = "the server takes no state of this size; raise its limit, or use another store";
  } else if (status >= 300 && status < 400) {
    error.code = ErrorCode::invalid_config;
    error.hint = "the state has moved; name its new address";
  }
  return error;
}

}  // namespace jim
