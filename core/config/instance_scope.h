#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/value/expression.h"

namespace jim::detail {

/// What one instance's expressions see: its own each or index, then resources, then var and env.
class InstanceScope : public Scope {
 public:
  /// Resources are looked up in `first`, then in `second`. All must outlive the scope.
  InstanceScope(const Scope& outer, const std::map<std::string, Value>& first,
                const std::map<std::string, Value>& second)
      : outer_(outer), first_(first), second_(second) {}

  void set_index(std::int64_t index);
  void set_each(const Value& key, const Value& value);

  const Value* lookup(std::string_view name) const override;
  std::vector<std::string> names() const override;
  Result<std::string> read_file(const std::string& path) const override;
  Effort* effort() const override { return outer_.effort(); }

 private:
  const Scope& outer_;
  const std::map<std::string, Value>& first_;
  const std::map<std::string, Value>& second_;
  Value index_ = {};
  Value each_ = {};
  bool has_index_ = false;
  bool has_each_ = false;
};

}  // namespace jim::detail
