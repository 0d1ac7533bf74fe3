#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/net/http.h"
#include "core/state/etcd_place.h"
#include "core/value/value.h"

namespace jim {

/// Asks the members of an etcd cluster, one after another until one answers, and remembers which
/// one did. Logs in where a user is set, and again when the token is no longer known.
///
/// A request may reach etcd more than once, and later than an answer to it that says otherwise:
/// only what does no harm then may be asked.
class EtcdClient {
 public:
  EtcdClient(EventLoop& loop, Http& http, EtcdPlace place);
  EtcdClient(const EtcdClient&) = delete;
  EtcdClient& operator=(const EtcdClient&) = delete;

  /// The answer to a POST of `body` to `path`, such as `/v3/kv/txn`. Rides out the loss of a member
  /// for half a minute; a cluster that never answered yet is given up sooner. Fails with
  /// `unavailable` (nobody answers; what was asked may have been done all the same),
  /// `unauthorized`, `not_found` (no such lease), `stale` (a revision that is no longer kept),
  /// `invalid_config` (TLS, no etcd), `io` (the answer is too large, or etcd refuses the request as
  /// it is).
  Task<Result<Value>> call(std::string path, std::string body);

 private:
  struct Heard;

  Task<Heard> ask(const std::string& path, const std::string& body);
  Heard judge(int status, const std::string& body, bool login) const;
  bool must_log_in() const { return !place_.user.empty() && token_.empty() && !open_; }
  std::string login() const;
  Diagnostic nobody_answers(const std::vector<std::string>& why) const;
  Diagnostic refused_login(const std::string& why) const;
  std::string safe(std::string_view text) const;

  EventLoop& loop_;
  Http& http_;
  EtcdPlace place_;
  std::size_t member_ = 0;  ///< the one that answered last
  Secret token_ = {};
  bool open_ = false;      ///< etcd's authentication is off
  bool answered_ = false;  ///< some member did, once
};

}  // namespace jim
