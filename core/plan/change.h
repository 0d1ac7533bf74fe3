#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/resource/address.h"
#include "core/resource/resource_type.h"
#include "core/resource/risk.h"
#include "core/value/value.h"

namespace jim {

enum class Action { no_op, create, update, replace, remove, adopt, rename, forget };

/// The word in JSON and messages: `create`, `delete`, ...
std::string_view action_word(Action action);
/// The sign in front of a plan line: `+ ~ -/+ - ← → .`
std::string_view action_sign(Action action);

/// One attribute that differs. Either side may be null (not set) or unknown (known after apply).
struct AttributeChange {
  std::string name = {};
  Value before = {};
  Value after = {};
  Risk risk = Risk::none;
  bool secret = false;
};

/// What is to be done with one resource, and why.
struct Change {
  Address address = {};
  const ResourceType* type = nullptr;
  Action action = Action::no_op;
  Risk risk = Risk::none;
  std::string id = {};  ///< of the existing object; empty for create
  std::vector<AttributeChange> attributes =
      {};                 ///< create: everything set; update, replace: what differs
  ValueMap desired = {};  ///< complete; may hold unknowns. Empty for remove and forget
  ValueMap actual = {};   ///< the live object's attributes; empty when there is none
  std::vector<std::string> needs = {};    ///< names of blocks it comes after (a removal: before)
  std::vector<std::string> reasons = {};  ///< sentences, most telling first
  Address previous = {};                  ///< of a rename: the old address
  std::vector<std::string> deposed = {};  ///< ids of replaced objects that are still to be deleted
  bool found_again = false;  ///< its object carries this resource's mark, and no record names it
  bool resumes = false;      ///< goes on with an object that an earlier run left half-made
  bool create_before_destroy = false;
  bool keep = false;
  bool protect = false;
  Duration expected = {};  ///< how long the vendor usually takes; zero: not known
};

}  // namespace jim
