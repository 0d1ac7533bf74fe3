#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/net/http.h"
#include "core/state/open_store.h"

namespace jim {

/// Where a state in etcd is, and how to get in.
struct EtcdPlace {
  std::vector<std::string> members = {};  ///< `http://h1:2379`
  std::string prefix = {};                ///< of all keys, without a slash at its end
  std::string name = {};                  ///< for messages: `etcd://h1:2379,h2:2379/jim/chat`
  HttpOptions options = {};
  std::string user = {};
  Secret password = {};
};

bool is_etcd_url(std::string_view url);

/// Reads `etcd://h1:2379,h2,h3/prefix` (port 2379 when none is named); TLS with `etcds://` or when
/// a CA or a client certificate is set. What the settings leave open comes from etcdctl's
/// variables: ETCDCTL_CACERT, ETCDCTL_CERT, ETCDCTL_KEY, ETCDCTL_USER (`user:password`) and
/// ETCDCTL_PASSWORD. Fails with `invalid_config`.
Result<EtcdPlace> etcd_place(const StoreSettings& settings);

}  // namespace jim
