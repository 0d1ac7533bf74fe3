#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/plan/plan.h"
#include "core/value/value.h"

namespace jim {

/// The plan as canonical JSON (`-o json`, `--out`): same inputs, same bytes, no times, no secrets
/// but fingerprints keyed with `key`. Its last field `hash` is the SHA-256 of the rest.
std::string plan_json(const Plan& plan, const std::string& key);

/// A saved plan, read back. Fails with invalid_config on a file that is not one or whose hash does
/// not fit.
Result<Value> read_plan_file(const std::string& text);

/// The variables that the plan was made with; a secret one as its fingerprint.
ValueMap vars_of(const Value& saved);

/// Whether the variables that are given now are those that the plan was made with. Fails with
/// `stale`, naming the one that is not.
Result<void> check_vars(const Value& saved, const ValueMap& given, const std::string& key);

/// Whether `fresh`, made now for the same resources, is still the plan that was saved. Fails with
/// `stale`, naming the address and attribute that moved.
Result<void> check_still_valid(const Value& saved, const Plan& fresh, const std::string& key);

/// What has to be read again before a saved plan may be applied.
struct Touched {
  std::vector<std::string> addresses = {};
  std::map<std::string, std::vector<std::string>> ids = {};  ///< type -> ids to read
  std::vector<std::string> lists = {};                       ///< types with creates: to be listed
  bool destroy = false;
};

/// What `saved` touches, and what the expressions of those resources look at.
Touched touched_by(const Value& saved, const Config& config, const Expansion& expansion,
                   const State& state);

}  // namespace jim
