#pragma once

#include <cstddef>
#include <vector>

namespace jim {

/// An order in which everything comes after what it needs; or the circle that makes that
/// impossible.
struct Order {
  std::vector<std::size_t> order = {};
  std::vector<std::size_t> cycle = {};  ///< a -> b -> c (which needs a again); empty: there is none
};

/// Orders nodes 0..n-1, where `needs[i]` are the nodes that i needs. Keeps to the given order where
/// it can. Linear in nodes and edges, and without recursion.
Order order_by_need(const std::vector<std::vector<std::size_t>>& needs);

}  // namespace jim
