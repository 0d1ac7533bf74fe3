#include "tests/fakes/simulated_etcd.h"

#include <algorithm>

#include "core/base/digest.h"

namespace jim {

namespace {

constexpr std::size_t kMostOperations = 128;
constexpr std::size_t kMostBytes = 3u << 19;  // 1.5 MiB, base64 not counted
constexpr std::int64_t kNow = INT64_MAX;

HttpResponse ok(const nlohmann::json& body) {
  return {.status = 200,
          .headers = {{.name = "content-type", .value = "application/json"}},
          .body = body.dump()};
}

HttpResponse error(int status, int code, const std::string& why) {
  return {.status = status,
          .headers = {{.name = "content-type", .value = "application/json"}},
          .body = nlohmann::json({{"error", why}, {"message", why}, {"code", code}}).dump()};
}

std::string bytes(const nlohmann::json& map, const char* name) {
  std::string decoded;
  if (map.contains(name)) base64_decode(map[name].get<std::string>(), decoded);
  return decoded;
}

std::int64_t number(const nlohmann::json& map, const char* name) {
  return map.contains(name) ? std::stoll(map[name].get<std::string>()) : 0;
}

HttpResponse no_lease() { return error(404, 5, "etcdserver: requested lease not found"); }

}  // namespace

Task<Result<HttpResponse>> SimulatedEtcdHttp::send(HttpRequest request) {
  co_await loop_.yield();
  auto answer = etcd_.answer(request);
  co_await loop_.yield();
  co_return answer;
}

void SimulatedEtcd::demand_login(std::string user, std::string password) {
  user_ = std::move(user);
  password_ = std::move(password);
}

std::optional<std::string> SimulatedEtcd::value(const std::string& key) {
  end_leases();
  const Version* found = find(key, kNow);
  return found == nullptr ? std::nullopt : std::optional(found->value);
}

void SimulatedEtcd::put(const std::string& key, const std::string& value) {
  write(key, {.value = value}, revision_ + 1);
  ++revision_;
}

HttpResponse SimulatedEtcd::answer(const HttpRequest& request) {
  end_leases();
  const std::string path = request.url.substr(request.url.find("/v3/"));
  const Json body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded() || !body.is_object()) return error(400, 3, "invalid character");
  if (path == "/v3/auth/authenticate") return authenticate(body);
  if (!user_.empty()) {
    const auto token = std::find_if(request.headers.begin(), request.headers.end(),
                                    [](const Header& one) { return one.name == "Authorization"; });
    if (token == request.headers.end()) return error(400, 3, "etcdserver: user name is empty");
    if (std::find(tokens_.begin(), tokens_.end(), token->value) == tokens_.end())
      return error(401, 16, "etcdserver: invalid auth token");
  }
  if (path == "/v3/kv/range") return range(body);
  if (path == "/v3/kv/txn") return transaction(body);
  if (path.starts_with("/v3/lease/")) return lease(path.substr(10), body);
  return {.status = 404, .body = "Not Found\n"};
}

HttpResponse SimulatedEtcd::authenticate(const Json& body) {
  if (user_.empty()) return error(412, 9, "etcdserver: authentication is not enabled");
  if (body.value("name", "") != user_ || body.value("password", "") != password_)
    return error(400, 3, "etcdserver: authentication failed, invalid user ID or password");
  tokens_.push_back("token." + std::to_string(++given_tokens_));
  return ok({{"header", header()}, {"token", tokens_.back()}});
}

// --- keys ---

SimulatedEtcd::Json SimulatedEtcd::header() const {
  return {{"cluster_id", "1"}, {"member_id", "1"}, {"revision", std::to_string(revision_)}};
}

const SimulatedEtcd::Version* SimulatedEtcd::find(const std::string& key, std::int64_t at) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return nullptr;
  const Version* last = nullptr;
  for (const Version& one : found->second)
    if (one.revision <= at) last = &one;
  return last == nullptr || last->version == 0 ? nullptr : last;
}

void SimulatedEtcd::write(const std::string& key, Version version, std::int64_t at) {
  const Version* before = find(key, kNow);
  version.revision = at;
  version.created = before == nullptr ? at : before->created;
  version.version = before == nullptr ? 1 : before->version + 1;
  keys_[key].push_back(std::move(version));
}

SimulatedEtcd::Json SimulatedEtcd::read(const Json& body, std::int64_t at) const {
  const std::string from = bytes(body, "key");
  const std::string end = body.contains("range_end") ? bytes(body, "range_end") : from + '\0';
  const std::int64_t limit = number(body, "limit");
  Json result = {{"header", {{"revision", std::to_string(revision_)}}}};
  std::int64_t count = 0;
  for (auto it = keys_.lower_bound(from); it != keys_.end() && it->first < end; ++it) {
    const Version* found = find(it->first, at);
    if (found == nullptr) continue;
    ++count;
    if (limit > 0 && count > limit) {
      result["more"] = true;
      continue;
    }
    Json kv = {{"key", base64_encode(it->first)},
               {"create_revision", std::to_string(found->created)},
               {"mod_revision", std::to_string(found->revision)},
               {"version", std::to_string(found->version)}};
    if (!found->value.empty()) kv["value"] = base64_encode(found->value);
    if (found->lease != 0) kv["lease"] = std::to_string(found->lease);
    result["kvs"].push_back(std::move(kv));
  }
  if (count > 0) result["count"] = std::to_string(count);
  return result;
}

HttpResponse SimulatedEtcd::range(const Json& body) {
  const std::int64_t at = number(body, "revision");
  if (at != 0 && at < compacted_)
    return error(400, 11, "etcdserver: mvcc: required revision has been compacted");
  if (at > revision_)
    return error(400, 11, "etcdserver: mvcc: required revision is a future revision");
  Json result = read(body, at == 0 ? kNow : at);
  result["header"] = header();
  return ok(result);
}

bool SimulatedEtcd::holds(const Json& compare) const {
  const Version* found = find(bytes(compare, "key"), kNow);
  const Version none = {};
  const Version& is = found == nullptr ? none : *found;
  const std::string target = compare.value("target", "");
  if (target == "VERSION") return is.version == number(compare, "version");
  if (target == "MOD") return is.revision == number(compare, "mod_revision");
  if (target == "CREATE") return is.created == number(compare, "create_revision");
  return false;
}

HttpResponse SimulatedEtcd::transaction(const Json& body) {
  const Json none = Json::array();
  const Json& compares = body.contains("compare") ? body["compare"] : none;
  bool succeeded = true;
  std::size_t size = 0;
  for (const Json& compare : compares) succeeded = holds(compare) && succeeded;
  for (const char* branch : {"success", "failure"}) {
    const Json& list = body.contains(branch) ? body[branch] : none;
    most_operations_ = std::max(most_operations_, list.size());
    if (list.size() > kMostOperations)
      return error(400, 3, "etcdserver: too many operations in txn request");
    std::vector<std::string> written;
    for (const Json& one : list) {
      if (!one.contains("requestPut")) continue;
      const Json& put = one["requestPut"];
      written.push_back(bytes(put, "key"));
      size += written.back().size() + bytes(put, "value").size();
      const std::int64_t lease = number(put, "lease");
      if (succeeded && lease != 0 && !leases_.contains(lease)) return no_lease();
    }
    std::sort(written.begin(), written.end());
    if (std::adjacent_find(written.begin(), written.end()) != written.end())
      return error(400, 3, "etcdserver: duplicate key given in txn request");
  }
  if (size > kMostBytes) return error(400, 3, "etcdserver: request is too large");
  const std::int64_t at = revision_ + 1;
  bool changed = false;
  Json responses = Json::array();
  const char* branch = succeeded ? "success" : "failure";
  for (const Json& one : body.contains(branch) ? body[branch] : none) {
    if (one.contains("requestPut")) {
      const Json& put = one["requestPut"];
      write(bytes(put, "key"), {.lease = number(put, "lease"), .value = bytes(put, "value")}, at);
      changed = true;
      responses.push_back({{"response_put", {{"header", {{"revision", std::to_string(at)}}}}}});
    } else if (one.contains("requestDeleteRange")) {
      const std::string key = bytes(one["requestDeleteRange"], "key");
      if (find(key, kNow) != nullptr) {
        keys_[key].push_back({.revision = at});
        changed = true;
      }
      responses.push_back({{"response_delete_range", Json::object()}});
    } else {
      responses.push_back({{"response_range", read(one["requestRange"], kNow)}});
    }
  }
  if (changed) {
    revision_ = at;
    ++transactions_;
  }
  Json result = {{"header", header()}, {"responses", responses}};
  if (succeeded) result["succeeded"] = true;
  return ok(result);
}

// --- leases ---

void SimulatedEtcd::drop_lease(std::int64_t id) {
  leases_.erase(id);
  bool changed = false;
  for (auto& [key, versions] : keys_) {
    if (versions.back().version == 0 || versions.back().lease != id) continue;
    versions.push_back({.revision = revision_ + 1});
    changed = true;
  }
  if (changed) ++revision_;
}

void SimulatedEtcd::end_leases() {
  std::vector<std::int64_t> over;
  for (const auto& [id, lease] : leases_)
    if (lease.ends <= clock_.now()) over.push_back(id);
  for (const std::int64_t id : over) drop_lease(id);
}

HttpResponse SimulatedEtcd::lease(const std::string& what, const Json& body) {
  if (what == "grant") {
    const std::int64_t seconds = std::max<std::int64_t>(2, number(body, "TTL"));
    const std::int64_t id = next_lease_++;
    leases_[id] = {.seconds = seconds, .ends = clock_.now() + std::chrono::seconds(seconds)};
    return ok({{"header", header()}, {"ID", std::to_string(id)}, {"TTL", std::to_string(seconds)}});
  }
  const std::int64_t id = number(body, "ID");
  const auto found = leases_.find(id);
  Json result = {{"header", header()}, {"ID", std::to_string(id)}};
  if (what == "keepalive") {
    if (found != leases_.end()) {
      found->second.ends = clock_.now() + std::chrono::seconds(found->second.seconds);
      result["TTL"] = std::to_string(found->second.seconds);
    }
    return ok({{"result", result}});
  }
  if (what == "timetolive") {
    if (found == leases_.end()) {
      result["TTL"] = "-1";
      return ok(result);
    }
    const Duration left = found->second.ends - clock_.now();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left).count();
    if (seconds > 0) result["TTL"] = std::to_string(seconds);
    result["grantedTTL"] = std::to_string(found->second.seconds);
    return ok(result);
  }
  if (what != "revoke") return {.status = 404, .body = "Not Found\n"};
  if (found == leases_.end()) return no_lease();
  drop_lease(id);
  return ok({{"header", header()}});
}

}  // namespace jim
