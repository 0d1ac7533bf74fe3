#pragma once

#include <string>
#include <vector>

#include "core/plan/plan.h"

namespace jim {

/// Changes that a person sees as one: the same thing happens to each of them, for the same reasons.
struct Fold {
  std::vector<const Change*> changes = {};
  std::string addresses = {};  ///< `web[0..499]`
  std::string summary = {};    ///< `c3-small-x86 · NYC`
  std::vector<std::string> reasons =
      {};  ///< about the change as a whole; ids left out where they differ
  /// For each attribute of the first change: why it differs, or empty.
  std::vector<std::string> attribute_reasons = {};
  /// What is shown is the first change's; each of the others has its own index or key there.
  bool varies = false;

  const Change& first() const { return *changes.front(); }
  bool single() const { return changes.size() == 1; }
};

/// Folds identical changes of one block, and those that differ by the index or key of each alone,
/// in the plan's order. Linear in the number of changes.
std::vector<Fold> fold(const std::vector<Change>& changes);

}  // namespace jim
