#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sandbox/json.h"

namespace jim::sandbox {

using Names = std::vector<std::pair<std::string, std::string>>;

/// One request to an emulated vendor, decoded.
struct Request {
  std::string vendor = {};
  std::string method = {};
  std::string path = {};  ///< below the vendor's base URL, without the query
  Names query = {};
  Names headers = {};  ///< names in lower case
  std::string body = {};
  Json json = nullptr;                       ///< the body; null when it is empty or no JSON
  std::vector<std::string> parameters = {};  ///< what stood for the route's `{...}`, in order

  /// The value of a query parameter, or empty.
  std::string_view query_value(std::string_view name) const {
    for (const auto& [key, value] : query) {
      if (key == name) return value;
    }
    return {};
  }
  /// The value of a header (`name` in lower case), or empty.
  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

struct Reply {
  int status = 200;
  std::string body = {};
  std::string type = {};  ///< of the content; empty: the vendor's usual one
  Names headers = {};
};

}  // namespace jim::sandbox
