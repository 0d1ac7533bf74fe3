#include "tests/fakes/simulated_http_state.h"

#include "core/base/digest.h"
#include "core/state/server_clock.h"
#include "core/value/json.h"

namespace jim {

namespace {

std::string text_in(const std::string& json, std::string_view name) {
  const auto value = parse_json(json);
  const Value* found = value ? value->get(name) : nullptr;
  return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

std::string sent(const HttpRequest& request, std::string_view name) {
  for (const Header& one : request.headers)
    if (one.name == name) return one.value;
  return {};
}

bool digest_fits(const HttpRequest& request) {
  std::string raw;
  if (!base64_decode(sent(request, "Content-MD5"), raw)) return false;
  std::string hex;
  for (const char c : raw) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex == md5_hex(request.body);
}

/// What GitLab tells of a holder to whoever asks for the lock.
std::string as_gitlab_tells(const std::string& lock, const std::string& asked) {
  const auto value = parse_json(asked);
  if (!value || !value->is_map()) return {};
  ValueMap told = value->as_map();
  for (const char* name : {"ID", "Who", "Created"}) told.set(name, text_in(lock, name));
  return to_json(Value(std::move(told)));
}

}  // namespace

HttpResponse SimulatedHttpState::answer(const HttpRequest& request) {
  const std::size_t begin = request.url.find('/', request.url.find("://") + 3);
  const std::size_t query = std::min(request.url.find('?'), request.url.size());
  std::string path = request.url.substr(begin, query - begin);
  const bool for_lock = path.ends_with("/lock");
  if (for_lock) path.resize(path.size() - 5);
  HttpResponse response;
  if (!habits_.authorization.empty() && sent(request, "Authorization") != habits_.authorization)
    response.status = 401;
  else if (request.has_body && !digest_fits(request))
    response.status = 400;
  else
    response = answer_at(documents_[path], request, for_lock);
  response.headers.push_back({.name = "date", .value = http_date(clock_.wall())});
  return response;
}

HttpResponse SimulatedHttpState::answer_at(Document& document, const HttpRequest& request,
                                           bool for_lock) {
  const std::string& method = request.method;
  if (!for_lock) {
    if (method == "GET") {
      if (document.text.empty()) return {.status = 404};
      return {.status = 200, .body = document.text};
    }
    if (method != "POST") return {.status = 405};
    const std::size_t id = request.url.find("?ID=");
    return write(document, request.body, id == std::string::npos ? "" : request.url.substr(id + 4));
  }
  if (method == (habits_.like_gitlab ? "POST" : "LOCK")) return take_lock(document, request.body);
  if (method != (habits_.like_gitlab ? "DELETE" : "UNLOCK")) return {.status = 405};
  const std::string id = text_in(request.body, "ID");
  if (habits_.compares_ids && id != text_in(document.lock, "ID"))
    return {.status = 409, .body = habits_.tells_holder ? document.lock : ""};
  document.lock.clear();
  return {.status = 200};
}

HttpResponse SimulatedHttpState::take_lock(Document& document, const std::string& body) const {
  if (document.lock.empty()) {
    document.lock = body;
    return {.status = 200};
  }
  if (habits_.like_gitlab) return {.status = 409, .body = as_gitlab_tells(document.lock, body)};
  return {.status = 423, .body = habits_.tells_holder ? document.lock : ""};
}

HttpResponse SimulatedHttpState::write(Document& document, const std::string& body,
                                       const std::string& id) {
  if (habits_.compares_ids && id != text_in(document.lock, "ID")) {
    if (habits_.like_gitlab) return {.status = 500};
    return {.status = 409, .body = habits_.tells_holder ? document.lock : ""};
  }
  const auto value = parse_json(body);
  const Value* serial = value ? value->get("serial") : nullptr;
  if (serial == nullptr || !serial->is_integer()) return {.status = 400};
  if (habits_.like_gitlab && !document.serials.insert(serial->as_integer()).second)
    return {.status = 422, .body = R"({"message":"duplicate key value"})"};
  document.text = body;
  ++writes_;
  return {.status = 200};
}

Task<Result<HttpResponse>> SimulatedHttpStateClient::send(HttpRequest request) {
  co_await loop_.yield();
  Result<HttpResponse> answered = server_.answer(request);
  co_await loop_.yield();
  co_return answered;
}

}  // namespace jim
