#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/expand.h"
#include "core/plan/plan.h"
#include "core/state/state_store.h"

namespace jim {

/// Which addresses a plan is about: `--target` with what it needs, less `--exclude` with what needs
/// it.
class Selection {
 public:
  /// Adds an `invalid_config` for a target or exclude that names nothing in file or state.
  Selection(const PlanOptions& options, const Config& config, const Expansion& expansion,
            const State& state, Diagnostics& diagnostics);
  bool contains(const Address& address) const;
  bool is_everything() const { return targets_.empty() && excluded_.empty(); }

 private:
  std::set<std::string> targets_ = {};  ///< address texts and block names; empty: everything
  std::set<std::string> excluded_ = {};
};

}  // namespace jim
