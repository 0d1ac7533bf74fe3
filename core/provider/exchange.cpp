#include "core/provider/exchange.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/conceal.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/provider/value_template.h"
#include "core/value/json.h"

namespace jim {
namespace {

/// A shorter one is too likely to stand somewhere by chance: a user name, a region.
constexpr std::size_t kShortestCredential = 8;

/// Headers that come from the manifest may hold user data; a line break in one would start another
/// header.
bool is_header_safe(const std::string& value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Result<Header> auth_header(const AuthSpec& auth, const Scope& scope) {
  const auto text = [&](const Template& source) -> Result<std::string> {
    auto value = source.evaluate(scope);
    if (!value) return value.error();
    return plain_text(*value);
  };
  if (auth.kind == AuthSpec::Kind::basic) {
    const auto username = text(auth.username);
    if (!username) return username.error();
    const auto password = text(auth.password);
    if (!password) return password.error();
    return Header{"Authorization", "Basic " + base64_encode(*username + ":" + *password), true};
  }
  const auto token = text(auth.token);
  if (!token) return token.error();
  if (auth.kind == AuthSpec::Kind::bearer) return Header{"Authorization", "Bearer " + *token, true};
  return Header{auth.header, *token, true};
}

std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return lower(url.substr(0, url.find_first_of("/?#", scheme + 3)));
}

/// RFC 6901: `~1` is a slash, `~0` a tilde.
const Value* at_pointer(const Value& root, std::string_view pointer) {
  const Value* here = &root;
  while (!pointer.empty() && here != nullptr) {
    pointer.remove_prefix(1);
    const auto end = pointer.find('/');
    std::string key;
    const auto raw = pointer.substr(0, end);
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const bool escaped = raw[i] == '~' && i + 1 < raw.size();
      key += escaped ? (raw[++i] == '1' ? '/' : '~') : raw[i];
    }
    here = here->get(key);
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
  }
  return here;
}

/// The other way round.
std::string pointer_part(std::string_view key) {
  std::string part;
  for (const char c : key) part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return part;
}

/// What a JSON Patch must do at `pointer`, if anything.
void add_operation(const std::string& pointer, const Value& wanted, const Value& it,
                   ValueList& operations) {
  const Value* actual = at_pointer(it, pointer);
  const bool absent = actual == nullptr || actual->is_null();
  if (wanted.is_null() ? absent : (!absent && *actual == wanted)) return;
  ValueMap operation;
  operation.set("op", wanted.is_null() ? "remove" : "add");
  operation.set("path", pointer);
  if (!wanted.is_null()) operation.set("value", wanted);
  operations.emplace_back(std::move(operation));
}

/// Whether the value is about attributes that change, or about none at all.
bool concerns(const ValueTemplate& value, const std::vector<std::string>& changed) {
  std::vector<Reference> references;
  value.collect_references(references);
  bool any = false;
  for (const Reference& reference : references) {
    if (reference.root != "self" || reference.steps.empty()) continue;
    any = true;
    if (std::find(changed.begin(), changed.end(), reference.steps.front()) != changed.end()) {
      return true;
    }
  }
  return !any;
}

}  // namespace

Result<void> Exchange::prepare() {
  config_ = Value(settings_.config);
  collect_secrets(config_, secrets_);
  secrets_.insert(secrets_.end(), settings_.secrets.begin(), settings_.secrets.end());
  ManifestScope scope;
  scope.bind("config", &config_);

  base_url_ = settings_.endpoint;
  if (base_url_.empty()) {
    const auto url = manifest_.base_url.evaluate(scope);
    if (!url) return url.error();
    base_url_ = plain_text(*url);
  }
  while (base_url_.ends_with('/')) base_url_.pop_back();
  if (!base_url_.starts_with("http://") && !base_url_.starts_with("https://")) {
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = fmt::format("{}: '{}' is no web address", settings_.name,
                                             escape_control(url_for_log(base_url_))),
                      .hint = "it begins with https:// or http://"};
  }
  for (const NamedTemplate& header : manifest_.headers) {
    const auto value = header.value.evaluate(scope);
    if (!value) return value.error();
    if (value->is_null()) continue;
    headers_.push_back({header.name, plain_text(*value), value->is_secret()});
  }
  for (const AuthSpec& auth : manifest_.auth) {
    if (auth.when) {
      const auto holds = auth.when->evaluate(scope);
      if (!holds) return holds.error();
      if (!is_true(*holds)) continue;
    }
    if (auth.kind == AuthSpec::Kind::none) break;
    auto header = auth_header(auth, scope);
    if (!header) return header.error();
    secrets_.push_back(header->value.substr(header->value.find(' ') + 1));
    headers_.push_back(*std::move(header));
    break;
  }
  for (const Header& header : headers_) {
    if (is_header_safe(header.value)) continue;
    return Diagnostic{.code = ErrorCode::invalid_config,
                      .message = fmt::format("{}: the value for the header {} has a line break",
                                             settings_.name, header.name)};
  }
  return {};
}

std::string Exchange::clean(std::string text, const std::vector<std::string>* secrets) const {
  // All at once: one secret may be a part of another, which is not found any more without it.
  std::vector<std::string> all = secrets_;
  if (secrets != nullptr) all.insert(all.end(), secrets->begin(), secrets->end());
  return escape_control(conceal(std::move(text), all));
}

bool Exchange::has_credentials(const Value& value) const {
  const auto here = [&](const Value& part) { return has_credentials(part); };
  if (value.is_list()) return std::any_of(value.as_list().begin(), value.as_list().end(), here);
  if (value.is_map()) {
    return std::any_of(value.as_map().begin(), value.as_map().end(),
                       [&](const ValueMap::Entry& entry) { return here(entry.second); });
  }
  if (!value.is_string()) return false;
  const std::string& text = value.as_string();
  return std::any_of(secrets_.begin(), secrets_.end(), [&](const std::string& secret) {
    return secret.size() >= kShortestCredential && text.find(secret) != std::string::npos;
  });
}

Result<HttpRequest> Exchange::start(const RequestSpec& spec, const Scope& scope) const {
  HttpRequest request;
  request.method = spec.method;
  request.mutating = spec.method != "GET";
  request.provider = settings_.name;
  request.route = spec.route;
  request.headers = headers_;
  request.options.ca_file = settings_.ca_file;
  std::string path;
  for (const Template& piece : spec.path) {
    const auto value = piece.evaluate(scope);
    if (!value) return value.error();
    const std::string text = plain_text(*value);
    if (!piece.is_constant() && (text.empty() || text == "." || text == "..")) {
      return Diagnostic{
          .code = ErrorCode::internal,
          .message = fmt::format("{}: {} lacks a part of its path", settings_.name, spec.route)};
    }
    path += piece.is_constant() ? text : url_encode(text);
  }
  request.url = base_url_ + path;
  char separator = path.find('?') == std::string::npos ? '?' : '&';
  for (const NamedTemplate& parameter : spec.query) {
    const auto value = parameter.value.evaluate(scope);
    if (!value) return value.error();
    if (value->is_null()) continue;
    request.url += separator + url_encode(parameter.name) + '=' + url_encode(plain_text(*value));
    separator = '&';
  }
  for (const NamedTemplate& header : spec.headers) {
    const auto value = header.value.evaluate(scope);
    if (!value) return value.error();
    if (value->is_null() || !is_header_safe(plain_text(*value))) continue;
    request.headers.push_back({header.name, plain_text(*value), value->is_secret()});
  }
  if (spec.has_body) request.headers.push_back({"Content-Type", spec.content_type, false});
  return request;
}

Result<HttpRequest> Exchange::build(const RequestSpec& spec, const Scope& scope) const {
  auto request = start(spec, scope);
  if (!request) return request;
  if (spec.has_body) {
    const auto body = spec.body.evaluate(scope);
    if (!body) return body.error();
    request->body = body->is_null() ? "{}" : to_json(*body, {.reveal_secrets = true});
    request->has_body = true;
  }
  return request;
}

Result<std::optional<HttpRequest>> Exchange::build_patch(
    const RequestSpec& spec, const Scope& scope, const Value& it,
    const std::vector<std::string>& changed) const {
  ValueList operations;
  for (const auto& [pointer, source] : spec.json_patch) {
    if (!concerns(source, changed)) continue;
    const auto wanted = source.evaluate(scope);
    if (!wanted) return wanted.error();
    if (!pointer.ends_with("/*")) {
      add_operation(pointer, *wanted, it, operations);
    } else if (wanted->is_map()) {
      for (const auto& [key, entry] : wanted->as_map()) {
        const std::string below = pointer.substr(0, pointer.size() - 1) + pointer_part(key);
        add_operation(below, wanted->is_secret() ? entry.as_secret() : entry, it, operations);
      }
    }
  }
  if (operations.empty()) return std::optional<HttpRequest>();
  auto request = start(spec, scope);
  if (!request) return request.error();
  request->body = to_json(Value(std::move(operations)), {.reveal_secrets = true});
  request->has_body = true;
  return std::optional<HttpRequest>(*std::move(request));
}

Result<std::string> Exchange::follow(const std::string& address) const {
  if (address.starts_with('/')) return origin_of(base_url_) + address;
  if (origin_of(address) == origin_of(base_url_)) return address;
  return Diagnostic{
      .code = ErrorCode::unavailable,
      .message = fmt::format("{}: the next page is said to be at another server, {}",
                             settings_.name, clean(origin_of(address), nullptr)),
      .hint =
          "credentials are sent to one server only; is 'endpoint' the address that the server "
          "gives for itself?"};
}

Task<Answer> Exchange::send(HttpRequest request, const std::vector<std::string>* secrets) const {
  auto reply = co_await http_.send(request);
  co_return judge(request, std::move(reply), secrets);
}

}  // namespace jim
