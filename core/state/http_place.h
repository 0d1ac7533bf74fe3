#pragma once

#include <string>
#include <vector>

#include "core/net/http.h"
#include "core/state/open_store.h"

namespace jim {

/// A document on a server of Terraform's http state protocol, and how it is asked for.
struct HttpPlace {
  std::string url = {};
  std::string lock_url = {};
  std::string unlock_url = {};
  std::string update_method = "POST";
  std::string lock_method = "LOCK";
  std::string unlock_method = "UNLOCK";
  Secret authorization = {};  ///< value of the header; empty: none
  HttpOptions options = {};
  std::string shown = {};                 ///< for messages: without user, password and query
  std::vector<std::string> secrets = {};  ///< what no message may show
};

/// What `settings` say, checked. User and password may stand in the URL; they are taken out of it.
/// Plain http is for this machine only. GitLab's own methods are known by its URL.
Result<HttpPlace> http_place(const StoreSettings& settings);

/// `url` with one more parameter.
std::string with_query(std::string url, const std::string& name, const std::string& value);

}  // namespace jim
