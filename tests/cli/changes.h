#pragma once

#include <string>
#include <utility>

#include "core/plan/plan.h"
#include "core/value/json.h"

namespace jim {

/// A type that plans are shown of.
inline const ResourceType& machine_type() {
  static const ResourceType type = [] {
    ResourceType made = {.name = "fake.machine", .summary = {"size", "site", "pin"}};
    made.attributes = {
        {.name = "name"}, {.name = "pin", .secret = true}, {.name = "site"}, {.name = "size"}};
    return made;
  }();
  return type;
}

inline Change change_of(Action action, const std::string& address, const std::string& id = {},
                        const std::string& desired = "{}") {
  Change change = {.address = *parse_address(address),
                   .type = &machine_type(),
                   .action = action,
                   .id = id,
                   .desired = parse_json(desired)->as_map()};
  return change;
}

}  // namespace jim
