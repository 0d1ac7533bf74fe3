#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// A cluster of etcd behind its JSON gateway, with what the real one (3.4.23, 2026-11) does with
/// keys, revisions, transactions, leases and logins. Every address is a member of it. Leases end on
/// `clock`, to the millisecond.
class SimulatedEtcd {
 public:
  explicit SimulatedEtcd(const Clock& clock) : clock_(clock) {}
  SimulatedEtcd(const SimulatedEtcd&) = delete;
  SimulatedEtcd& operator=(const SimulatedEtcd&) = delete;

  HttpResponse answer(const HttpRequest& request);

  /// From now on a token is needed, and given for these.
  void demand_login(std::string user, std::string password);
  /// As after a restart of a member: it knows no token.
  void forget_tokens() { tokens_.clear(); }
  /// Drops what was before `revision`.
  void compact(std::int64_t revision) { compacted_ = revision; }
  /// The value of a key, as it stands.
  std::optional<std::string> value(const std::string& key);
  /// Writes as etcdctl would.
  void put(const std::string& key, const std::string& value);
  std::int64_t revision() const { return revision_; }
  std::size_t leases() const { return leases_.size(); }
  /// How many transactions changed something.
  int transactions() const { return transactions_; }
  std::size_t most_operations() const { return most_operations_; }

 private:
  using Json = nlohmann::json;

  struct Version {
    std::int64_t revision = 0;
    std::int64_t created = 0;
    std::int64_t version = 0;  ///< 0: deleted
    std::int64_t lease = 0;
    std::string value = {};
  };
  struct Lease {
    std::int64_t seconds = 0;
    Instant ends = {};
  };

  HttpResponse authenticate(const Json& body);
  HttpResponse range(const Json& body);
  HttpResponse transaction(const Json& body);
  HttpResponse lease(const std::string& what, const Json& body);
  Json read(const Json& body, std::int64_t at) const;
  bool holds(const Json& compare) const;
  void write(const std::string& key, Version version, std::int64_t at);
  void end_leases();
  void drop_lease(std::int64_t id);
  const Version* find(const std::string& key, std::int64_t at) const;
  Json header() const;

  const Clock& clock_;
  std::int64_t revision_ = 1;
  std::int64_t compacted_ = 0;
  std::int64_t next_lease_ = 7'587'000'000'000'000'001;  // as large as the real ones are
  std::map<std::string, std::vector<Version>> keys_ = {};
  std::map<std::int64_t, Lease> leases_ = {};
  std::string user_ = {};
  std::string password_ = {};
  std::vector<std::string> tokens_ = {};
  int given_tokens_ = 0;
  int transactions_ = 0;
  std::size_t most_operations_ = 0;
};

/// One client's way to it. Others run while a request is under way.
class SimulatedEtcdHttp : public Http {
 public:
  SimulatedEtcdHttp(EventLoop& loop, SimulatedEtcd& etcd) : loop_(loop), etcd_(etcd) {}
  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  EventLoop& loop_;
  SimulatedEtcd& etcd_;
};

}  // namespace jim
