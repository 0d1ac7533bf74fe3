#include <map>
#include <set>

#include "core/value/arguments.h"
#include "core/value/limits.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;
/// Values by identity key, so that the order is always the same.
using Set = std::map<std::string, Value>;

Set set_of(const ValueList& items) {
  Set set;
  for (const Value& item : items) set.emplace(identity_key(item), item);
  return set;
}

Value list_of(const Set& set) {
  ValueList out;
  for (const auto& [key, item] : set) out.push_back(item);
  return out;
}

Result<Value> set_intersection(const Values& values, const Scope&) {
  Arguments in(values);
  Set common = set_of(in.list(0));
  for (std::size_t i = 1; i < in.size(); ++i) {
    const Set other = set_of(in.list(i));
    std::erase_if(common, [&](const auto& entry) { return other.count(entry.first) == 0; });
  }
  if (!in) return in.error();
  return list_of(common);
}

Result<Value> set_union(const Values& values, const Scope&) {
  Arguments in(values);
  Set all;
  for (std::size_t i = 0; i < in.size(); ++i) all.merge(set_of(in.list(i)));
  if (!in) return in.error();
  return list_of(all);
}

Result<Value> set_subtract(const Values& values, const Scope&) {
  Arguments in(values);
  Set left = set_of(in.list(0));
  const Set right = set_of(in.list(1));
  if (!in) return in.error();
  std::erase_if(left, [&](const auto& entry) { return right.count(entry.first) > 0; });
  return list_of(left);
}

Result<Value> set_product(const Values& values, const Scope&) {
  Arguments in(values);
  std::vector<ValueList> rows = {{}};
  for (std::size_t i = 0; i < in.size(); ++i) {
    const ValueList& items = in.list(i);
    if (!in) return in.error();
    if (rows.size() * items.size() * in.size() > kMaxItems)
      return function_error("more than " + std::to_string(kMaxItems) + " elements");
    // Each element is copied into as many rows as there are.
    std::size_t text = 0;
    for (const Value& item : items)
      if (item.is_string()) text += item.as_string().size() * rows.size();
    for (const ValueList& row : rows)
      for (const Value& item : row)
        if (item.is_string()) text += item.as_string().size() * items.size();
    if (text > kMaxText) return function_error("the texts get too long");
    std::vector<ValueList> next;
    for (const ValueList& row : rows) {
      for (const Value& item : items) {
        next.push_back(row);
        next.back().push_back(item);
      }
    }
    rows = std::move(next);
  }
  return Value(ValueList(rows.begin(), rows.end()));
}

}  // namespace

void add_set_functions(Functions& all) {
  all.push_back({"setintersection", "setintersection(list, ...)",
                 "The values that are in all lists, each once.", "setintersection([1, 2], [2, 3])",
                 "[2]", 1, -1, set_intersection});
  all.push_back({"setproduct", "setproduct(list, ...)",
                 "All combinations of one element of each list.", R"(setproduct(["a", "b"], [1]))",
                 R"([["a",1],["b",1]])", 1, -1, set_product});
  all.push_back({"setsubtract", "setsubtract(list, list)",
                 "The values of the first list that are not in the second, each once.",
                 "setsubtract([1, 2], [2])", "[1]", 2, 2, set_subtract});
  all.push_back({"setunion", "setunion(list, ...)",
                 "The values that are in any of the lists, each once.", "setunion([1, 2], [2, 3])",
                 "[1,2,3]", 1, -1, set_union});
}

}  // namespace jim::detail
