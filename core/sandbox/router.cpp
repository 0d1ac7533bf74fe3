#include "core/sandbox/router.h"

#include <algorithm>

namespace jim::sandbox {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    segments.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
  auto segments = segments_of(pattern);
  auto& bucket = routes_[{method, segments.size()}];
  bucket.push_back({std::move(method), std::move(pattern), handler, std::move(segments)});
}

const Route* Router::match(Request& request) const {
  const auto segments = segments_of(request.path);
  const auto bucket = routes_.find({request.method, segments.size()});
  if (bucket == routes_.end()) return nullptr;
  for (const Route& route : bucket->second) {
    std::vector<std::string> parameters;
    bool fits = true;
    for (std::size_t i = 0; fits && i < segments.size(); ++i) {
      if (route.segments[i].front() == '{') {
        parameters.push_back(segments[i]);
        fits = !segments[i].empty();
      } else {
        fits = route.segments[i] == segments[i];
      }
    }
    if (!fits) continue;
    request.parameters = std::move(parameters);
    return &route;
  }
  return nullptr;
}

}  // namespace jim::sandbox
