#pragma once

#include <curl/curl.h>

#include <string>

#include "core/base/result.h"
#include "core/net/http.h"

namespace jim {

/// What is known of a transfer that ended without a whole answer.
struct CurlFailure {
  CURLcode code = CURLE_OK;
  bool left = false;          ///< a connection stood and the request may have been sent on it
  bool answered = false;      ///< the answer had begun
  bool too_large = false;     ///< it was ended because the answer grew past the bound
  int system_error = 0;       ///< errno of the connection attempt, or 0
  std::string ca_place = {};  ///< the file or folder of the CA certificates, or empty
  std::string detail = {};    ///< libcurl's own words
};

/// The failure as `Http` promises it: code and words, the same for the same cause, without secrets.
Diagnostic describe(const HttpRequest& request, const CurlFailure& failure);

}  // namespace jim
