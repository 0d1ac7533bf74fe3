#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/expand.h"
#include "core/resource/resource_type.h"
#include "core/state/state_store.h"
#include "core/value/value.h"

namespace jim {

/// What must exist for a run to be undone: a file made of state and history, as far as they tell.
struct Undoing {
  std::string text = {};                  ///< of that file
  ValueMap values = {};                   ///< of its variable `values`: block, instance, attribute
  std::vector<std::string> targets = {};  ///< addresses that the run changed
  std::vector<std::string> cannot = {};   ///< sentences on what is not restored
};

/// `steps`: of the run; `later`: addresses that later runs changed, with the number of the run.
/// `desired`: what the user's file asks for, by address: the only place where secrets still are.
Undoing undo_run(const State& state, const std::vector<RunStep>& steps,
                 const std::map<std::string, std::int64_t>& later,
                 const std::map<std::string, const ResourceType*>& types,
                 const std::map<std::string, ValueMap>& desired);

}  // namespace jim
