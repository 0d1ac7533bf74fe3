#include "core/config/instance_scope.h"

namespace jim::detail {

void InstanceScope::set_index(std::int64_t index) {
  index_ = Value(index);
  has_index_ = true;
}

void InstanceScope::set_each(const Value& key, const Value& value) {
  each_ = ValueMap::from_entries({{"key", key}, {"value", value}});
  has_each_ = true;
}

const Value* InstanceScope::lookup(std::string_view name) const {
  if (has_index_ && name == "index") return &index_;
  if (has_each_ && name == "each") return &each_;
  const std::string text(name);
  if (const auto found = first_.find(text); found != first_.end()) return &found->second;
  if (const auto found = second_.find(text); found != second_.end()) return &found->second;
  return outer_.lookup(name);
}

std::vector<std::string> InstanceScope::names() const {
  std::vector<std::string> all = outer_.names();
  for (const auto& [name, value] : first_) all.push_back(name);
  for (const auto& [name, value] : second_) all.push_back(name);
  if (has_index_) all.push_back("index");
  if (has_each_) all.push_back("each");
  return all;
}

Result<std::string> InstanceScope::read_file(const std::string& path) const {
  return outer_.read_file(path);
}

}  // namespace jim::detail
