#include "core/plan/selection.h"

#include <map>

#include "core/base/text.h"

namespace jim {

namespace {

using Names = std::map<std::string, std::set<std::string>>;

/// Everything that can be reached from `start` over `edges`, without `start` itself.
std::set<std::string> reach(const std::string& start, const Names& edges) {
  std::set<std::string> seen;
  std::vector<std::string> open = {start};
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const auto next = edges.find(name);
    if (next == edges.end()) continue;
    for (const std::string& other : next->second)
      if (seen.insert(other).second) open.push_back(other);
  }
  return seen;
}

std::string block_of(const std::string& target) {
  const auto address = parse_address(target);
  return address ? address->name : target;
}

}  // namespace

Selection::Selection(const PlanOptions& options, const Config& config, const Expansion& expansion,
                     const State& state, Diagnostics& diagnostics) {
  if (options.targets.empty() && options.excludes.empty()) return;
  Names needs;
  std::set<std::string> known;
  for (const ResourceBlock& block : config.resources) {
    known.insert(block.name);
    for (const std::string& name : expansion.needs(block.name)) needs[block.name].insert(name);
  }
  for (const Desired& desired : expansion.resources()) known.insert(desired.address.text());
  for (const Record& record : state.records) {
    known.insert(record.address.name);
    known.insert(record.address.text());
    for (const std::string& name : record.needs) needs[record.address.name].insert(name);
  }
  Names needed_by;
  for (const auto& [name, others] : needs)
    for (const std::string& other : others) needed_by[other].insert(name);

  const auto check = [&](const std::string& name, const char* flag) {
    if (known.contains(name)) return true;
    const auto near = did_you_mean(name, {known.begin(), known.end()});
    diagnostics.push_back(
        {.code = ErrorCode::invalid_config,
         .message = std::string(flag) + " '" + escape_control(name) +
                    "' names no resource of the file or of state",
         .hint = near ? "did you mean '" + *near + "'?" : "'jim state list' shows all addresses"});
    return false;
  };
  for (const std::string& target : options.targets) {
    if (!check(target, "--target")) continue;
    targets_.insert(target);
    if (options.exact) continue;
    const auto& edges = options.destroy ? needed_by : needs;
    for (const std::string& name : reach(block_of(target), edges)) targets_.insert(name);
  }
  for (const std::string& exclude : options.excludes) {
    if (!check(exclude, "--exclude")) continue;
    excluded_.insert(exclude);
    const auto& edges = options.destroy ? needs : needed_by;
    for (const std::string& name : reach(block_of(exclude), edges)) excluded_.insert(name);
  }
}

bool Selection::contains(const Address& address) const {
  if (is_everything()) return true;
  const std::string text = address.text();
  if (!targets_.empty() && !targets_.contains(text) && !targets_.contains(address.name))
    return false;
  return !excluded_.contains(text) && !excluded_.contains(address.name);
}

}  // namespace jim
