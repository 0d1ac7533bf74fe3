#include "cli/still_needed.h"

#include <algorithm>
#include <set>
#include <string>

namespace jim {

namespace {

bool holds(const Value& value, const std::string& id) {
  if (value.is_string()) return value.as_string() == id;
  if (value.is_list())
    return std::any_of(value.as_list().begin(), value.as_list().end(),
                       [&](const Value& item) { return holds(item, id); });
  return value.is_map() && std::any_of(value.as_map().begin(), value.as_map().end(),
                                       [&](const auto& entry) { return holds(entry.second, id); });
}

bool holds(const ValueMap& attributes, const std::string& id) {
  return std::any_of(attributes.begin(), attributes.end(),
                     [&](const auto& entry) { return holds(entry.second, id); });
}

/// What stays, as it is going to be.
struct Stay {
  const ValueMap* attributes = nullptr;
  const std::vector<std::string>* needs = nullptr;
};

bool goes(const Change& change) {
  return change.action == Action::remove || change.action == Action::forget;
}

}  // namespace

std::map<Address, std::vector<Address>> still_needed(const Plan& plan, const State& state) {
  std::map<Address, Stay> stays;
  for (const Record& record : state.records)
    stays[record.address] = {.attributes = &record.attributes, .needs = &record.needs};
  for (const Change& change : plan.changes)
    if (goes(change)) stays.erase(change.address);
  std::set<std::string> names;  // blocks of which something stays
  for (const Change& change : plan.changes)
    if (!goes(change))
      stays[change.address] = {.attributes = &change.desired, .needs = &change.needs};
  for (const auto& [address, unused] : stays) names.insert(address.name);

  std::map<Address, std::vector<Address>> needed;
  for (const Change& change : plan.changes) {
    if (change.action != Action::remove && change.action != Action::replace) continue;
    const std::string& name = change.address.name;
    const bool is_last = change.action == Action::remove && !names.contains(name);
    for (const auto& [address, stay] : stays) {
      if (address.name == name) continue;
      if (std::find(stay.needs->begin(), stay.needs->end(), name) == stay.needs->end()) continue;
      if (is_last || (!change.id.empty() && holds(*stay.attributes, change.id)))
        needed[change.address].push_back(address);
    }
  }
  return needed;
}

}  // namespace jim
