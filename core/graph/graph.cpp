#include "core/graph/graph.h"

#include <algorithm>

namespace jim {

namespace {

enum class Seen : unsigned char { no, open, done };

struct Visit {
  std::size_t node = 0;
  std::size_t next = 0;
};

}  // namespace

Order order_by_need(const std::vector<std::vector<std::size_t>>& needs) {
  Order result;
  result.order.reserve(needs.size());
  std::vector<Seen> seen(needs.size(), Seen::no);
  std::vector<Visit> path;
  for (std::size_t start = 0; start < needs.size(); ++start) {
    if (seen[start] != Seen::no) continue;
    seen[start] = Seen::open;
    path.push_back({.node = start});
    while (!path.empty()) {
      Visit& here = path.back();
      if (here.next == needs[here.node].size()) {
        seen[here.node] = Seen::done;
        result.order.push_back(here.node);
        path.pop_back();
        continue;
      }
      const std::size_t other = needs[here.node][here.next++];
      if (seen[other] == Seen::done) continue;
      if (seen[other] == Seen::open) {
        const auto first = std::find_if(path.begin(), path.end(),
                                        [&](const Visit& visit) { return visit.node == other; });
        for (auto visit = first; visit != path.end(); ++visit) result.cycle.push_back(visit->node);
        result.order.clear();
        return result;
      }
      seen[other] = Seen::open;
      path.push_back({.node = other});
    }
  }
  return result;
}

}  // namespace jim
