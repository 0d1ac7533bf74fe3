#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/text.h"
#include "core/provider/exchange.h"
#include "core/provider/value_template.h"
#include "core/value/json.h"

namespace jim {
namespace {

/// In one reply. The largest lists that vendors give have some hundred thousand.
constexpr std::size_t kMostValues = 2'000'000;

/// Longest part of a vendor's message that is shown.
constexpr std::size_t kLongestMessage = 600;

Meaning usual_meaning(int status) {
  switch (status) {
    case 401:
    case 403:
      return Meaning::unauthorized;
    case 404:
    case 410:
      return Meaning::not_found;
    case 409:
      return Meaning::conflict;
    case 429:
      return Meaning::rate_limited;
    default:
      return status >= 500 || status == 408 ? Meaning::unavailable : Meaning::invalid;
  }
}

ErrorCode code_of(Meaning meaning) {
  switch (meaning) {
    case Meaning::not_found:
      return ErrorCode::not_found;
    case Meaning::unauthorized:
      return ErrorCode::unauthorized;
    case Meaning::conflict:
    case Meaning::busy:
      return ErrorCode::conflict;
    case Meaning::out_of_capacity:
      return ErrorCode::out_of_capacity;
    case Meaning::quota:
      return ErrorCode::quota;
    case Meaning::rate_limited:
      return ErrorCode::rate_limited;
    case Meaning::unavailable:
      return ErrorCode::unavailable;
    case Meaning::invalid:
      break;
  }
  return ErrorCode::invalid_config;
}

/// Reads strings that hold JSON as JSON, one level down.
Value decoded(const Value& body) {
  if (!body.is_map()) return body;
  ValueMap result;
  for (const auto& [key, value] : body.as_map()) {
    const bool candidate = value.is_string() && value.as_string().starts_with('{');
    auto inner =
        candidate ? parse_json(value.as_string(), {.values = kMostValues}) : Result<Value>(value);
    result.set(key, inner ? *std::move(inner) : value);
  }
  return Value(std::move(result));
}

std::string first_text(const std::vector<Extract>& sources, const Scope& scope) {
  for (const Extract& source : sources) {
    const Value value = source.from(scope);
    if (value.is_string() && !value.as_string().empty()) return value.as_string();
    if (value.is_number()) return plain_text(value);
  }
  return {};
}

bool holds_something(const Value& value) {
  return (value.is_map() && !value.as_map().empty()) ||
         (value.is_list() && !value.as_list().empty());
}

/// What a refusal says where its message is no text, or not where the manifest looks for it: better
/// as it came than not at all.
std::string as_it_came(const std::vector<Extract>& sources, const Scope& scope, const Value& body) {
  for (const Extract& source : sources)
    if (const Value value = source.from(scope); holds_something(value)) return to_json(value);
  return holds_something(body) ? to_json(body) : "";
}

/// How long the vendor asks to wait, in words; empty: it does not say.
std::string asked_pause(const std::vector<Header>& headers) {
  const auto header = std::find_if(headers.begin(), headers.end(),
                                   [](const Header& one) { return one.name == "retry-after"; });
  long seconds = 0;
  if (header == headers.end()) return {};
  const char* end = header->value.data() + header->value.size();
  const auto [rest, error] = std::from_chars(header->value.data(), end, seconds);
  if (error != std::errc() || rest != end || seconds <= 0) return {};
  return seconds < 120    ? counted(static_cast<std::size_t>(seconds), "second")
         : seconds < 7200 ? counted(static_cast<std::size_t>((seconds + 59) / 60), "minute")
                          : counted(static_cast<std::size_t>((seconds + 3599) / 3600), "hour");
}

/// What to do about a refusal that no rule of the manifest has a hint for.
std::string usual_hint(const HttpRequest& request, const Answer& answer) {
  if (answer.status >= 300 && answer.status < 400) return "is the address the API's own?";
  const std::string pause = asked_pause(answer.headers);
  if (!pause.empty()) return "the vendor asks to wait " + pause;
  if (answer.meaning == Meaning::rate_limited)
    return "the vendor has had too many requests; try again in a while";
  if (answer.meaning == Meaning::unavailable && !request.mutating)
    return "the trouble is at the vendor's, and lasted for several tries; try again later";
  if (answer.meaning == Meaning::invalid && !request.mutating)
    return "are the provider's settings right, and the address the API's own?";
  return {};
}

bool fits(const ErrorRule& rule, int status, std::string_view code, std::string_view message) {
  const auto& statuses = rule.statuses;
  if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), status) == statuses.end()) {
    return false;
  }
  if (rule.code.ends_with('*')) {
    if (!code.starts_with(std::string_view(rule.code).substr(0, rule.code.size() - 1)))
      return false;
  } else if (!rule.code.empty() && rule.code != code) {
    return false;
  }
  return rule.match.empty() || message.find(rule.match) != std::string_view::npos;
}

std::string shortened(std::string text) {
  if (text.size() <= kLongestMessage) return text;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

std::string Exchange::title(const HttpRequest& request) const {
  std::string path = url_for_log(request.url);
  const std::string base = url_for_log(base_url_);
  if (path.starts_with(base)) path.erase(0, base.size());
  return fmt::format("{}: {} {}", settings_.name, request.method, path);
}

std::string Exchange::credentials_hint(int status) const {
  std::vector<std::string> given;
  std::vector<std::string> missing;
  for (const ConfigKey& key : manifest_.config) {
    if (!key.secret) continue;
    const Value* value = config_.get(key.name);
    (value == nullptr || value->is_null() ? missing : given)
        .push_back(key.env.empty() ? fmt::format("providers.{}.{}", settings_.name, key.name)
                                   : key.env.front());
  }
  const bool many = given.size() > 1;
  const std::string names = join(given, " and ");
  if (!given.empty() && status == 403)
    return fmt::format("{} {} allowed to do this, in this account or project?", many ? "are" : "is",
                       names);
  if (!given.empty())
    return fmt::format("{} {} right, and still valid?", many ? "are" : "is", names);
  if (!missing.empty()) return fmt::format("set {}", join(missing, " and "));
  return "the server wants credentials";
}

Answer Exchange::judge(const HttpRequest& request, Result<HttpResponse> reply,
                       const std::vector<std::string>* secrets) const {
  Answer answer;
  if (!reply) {
    answer.error = reply.error();
    // What the network says of a request mostly names it already, with the whole address.
    const bool named = reply.error().message.starts_with(request.method + " ");
    const std::string who = named ? settings_.name : title(request);
    answer.error.message = clean(fmt::format("{}: {}", who, reply.error().message), secrets);
    answer.error.hint = clean(reply.error().hint, secrets);
    if (answer.error.hint.empty() && answer.error.code == ErrorCode::unavailable)
      answer.error.hint = "is the network there, and the address right?";
    if (answer.error.hint.empty() && answer.error.code == ErrorCode::io)
      answer.error.hint = "is the address the API's own?";
    answer.meaning = Meaning::unavailable;
    answer.uncertain = request.mutating && reply.error().code == ErrorCode::unknown_outcome;
    return answer;
  }
  answer.status = reply->status;
  answer.headers = std::move(reply->headers);
  const bool good = reply->status >= 200 && reply->status < 300;
  auto body = trim(reply->body).empty() ? Result<Value>(Value())
                                        : parse_json(reply->body, {.values = kMostValues});
  if (good && body) {
    answer.ok = true;
    answer.body = *std::move(body);
    return answer;
  }
  if (good) {
    answer.uncertain = request.mutating;
    answer.meaning = Meaning::unavailable;
    answer.error = {
        .code = ErrorCode::unavailable,
        .message = clean(fmt::format("{} answered {} with text that is not JSON: {}",
                                     title(request), reply->status, body.error().message),
                         secrets),
        .hint = "is the address the API's own, and no proxy or login page in between?"};
    return answer;
  }
  answer.body = body ? *std::move(body) : Value();
  judge_refusal(request, answer, secrets);
  return answer;
}

void Exchange::judge_refusal(const HttpRequest& request, Answer& answer,
                             const std::vector<std::string>* secrets) const {
  if (manifest_.errors.json_in_json) answer.body = decoded(answer.body);
  const Value status(answer.status);
  ManifestScope scope;
  scope.bind("status", &status);
  scope.bind("body", &answer.body);
  const std::string message = first_text(manifest_.errors.messages, scope);
  const std::string code = first_text(manifest_.errors.codes, scope);
  answer.meaning = usual_meaning(answer.status);
  for (const ErrorRule& rule : manifest_.errors.rules) {
    if (!fits(rule, answer.status, code, message)) continue;
    answer.meaning = rule.means;
    answer.error.hint = rule.hint;
    break;
  }
  answer.uncertain = request.mutating && answer.meaning == Meaning::unavailable;
  answer.error.code = code_of(answer.meaning);
  const bool redirect = answer.status >= 300 && answer.status < 400;
  const std::string said = !message.empty() ? message
                           : !code.empty()  ? code
                           : redirect       ? "a redirection, which is not followed"
                                      : as_it_came(manifest_.errors.messages, scope, answer.body);
  // Cleaned before it is cut: half a secret would not be found any more.
  answer.error.message =
      fmt::format("{} answered {}: {}", clean(title(request), secrets), answer.status,
                  said.empty() ? "no reason given" : shortened(clean(said, secrets)));
  if (!answer.error.hint.empty()) return;
  answer.error.hint = answer.meaning == Meaning::unauthorized ? credentials_hint(answer.status)
                                                              : usual_hint(request, answer);
}

}  // namespace jim
