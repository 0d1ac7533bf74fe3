#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/sandbox/exchange.h"

namespace jim::sandbox {

class World;
using Handler = Reply (*)(World& world, const Request& request);

struct Route {
  std::string method = {};
  std::string pattern = {};  ///< `/servers/{id}/actions`
  Handler handler = nullptr;
  std::vector<std::string> segments = {};
};

/// Finds who answers a request. Of several routes that fit, the one declared first wins.
class Router {
 public:
  void add(std::string method, std::string pattern, Handler handler);
  /// The route, or nullptr; fills in the request's parameters.
  const Route* match(Request& request) const;

 private:
  // By method and count of segments, so that only a few patterns are compared.
  std::map<std::pair<std::string, std::size_t>, std::vector<Route>> routes_ = {};
};

}  // namespace jim::sandbox
