#include <map>
#include <set>

#include "core/base/text.h"
#include "core/value/arguments.h"
#include "core/value/limits.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

Result<Value> keys(const Values& values, const Scope&) {
  Arguments in(values);
  ValueList out;
  for (const auto& [key, value] : in.map(0)) out.emplace_back(key);
  if (!in) return in.error();
  return Value(std::move(out));
}

Result<Value> values_of(const Values& values, const Scope&) {
  Arguments in(values);
  ValueList out;
  for (const auto& [key, value] : in.map(0)) out.push_back(value);
  if (!in) return in.error();
  return Value(std::move(out));
}

Result<Value> lookup(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueMap& map = in.map(0);
  const std::string key = in.text(1);
  if (!in) return in.error();
  if (const Value* value = map.find(key)) return *value;
  if (in.has(2)) return values[2];
  std::vector<std::string> known;
  for (const auto& [name, value] : map) known.push_back(name);
  const auto near = did_you_mean(key, known);
  return function_error(
      "the map has no key \"" + key + "\"",
      near ? "did you mean \"" + *near + "\"?" : "a third argument is the default");
}

Result<Value> merge(const Values& values, const Scope&) {
  Arguments in(values);
  std::vector<ValueMap::Entry> entries;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (values[i].is_null()) continue;
    const ValueMap& map = in.map(i);
    entries.insert(entries.end(), map.begin(), map.end());
  }
  if (!in) return in.error();
  return Value(ValueMap::from_entries(std::move(entries)));
}

Result<Value> zip_map(const Values& values, const Scope&) {
  Arguments in(values);
  const std::vector<std::string> names = in.texts(0);
  const ValueList& items = in.list(1);
  if (!in) return in.error();
  if (names.size() != items.size()) return function_error("keys and values have different lengths");
  std::vector<ValueMap::Entry> entries;
  for (std::size_t i = 0; i < names.size(); ++i) entries.emplace_back(names[i], items[i]);
  return Value(ValueMap::from_entries(std::move(entries)));
}

Result<Value> transpose(const Values& values, const Scope&) {
  Arguments in(values);
  std::map<std::string, std::set<std::string>> turned;
  std::size_t size = 0;
  for (const auto& [key, value] : in.map(0)) {
    if (value.is_list()) size += key.size() * value.as_list().size();
    if (size > kMaxText) return function_error("the texts get too long");
    const Values inner = {value};
    Arguments list(inner);
    for (const std::string& text : list.texts(0)) turned[text].insert(key);
    if (!list) return function_error("argument 1 must be a map of lists of strings");
  }
  if (!in) return in.error();
  std::vector<ValueMap::Entry> entries;
  entries.reserve(turned.size());
  for (const auto& [text, keys_of_text] : turned)
    entries.emplace_back(text, Value(ValueList(keys_of_text.begin(), keys_of_text.end())));
  return Value(ValueMap::from_entries(std::move(entries)));
}

}  // namespace

void add_map_functions(Functions& all) {
  all.push_back({"keys", "keys(map)", "The keys of a map, in order.", "keys({b: 1, a: 2})",
                 R"(["a","b"])", 1, 1, keys, true});
  all.push_back({"lookup", "lookup(map, key, default)",
                 "The value of a key, or the default when the map has none.",
                 R"(lookup({a: 1}, "b", 0))", "0", 2, 3, lookup, true});
  all.push_back({"merge", "merge(map, ...)", "The maps as one; of equal keys the last counts.",
                 "merge({a: 1}, {a: 2, b: 3})", R"({"a":2,"b":3})", 1, -1, merge, true});
  all.push_back(
      {"transpose", "transpose(map)", "A map of lists of texts with keys and texts swapped.",
       R"(transpose({a: ["x", "y"], b: ["y"]}))", R"({"x":["a"],"y":["a","b"]})", 1, 1, transpose});
  all.push_back({"values", "values(map)", "The values of a map, in the order of their keys.",
                 "values({b: 1, a: 2})", "[2,1]", 1, 1, values_of, true});
  all.push_back({"zipmap", "zipmap(keys, values)",
                 "A map from a list of keys and a list of values.", R"(zipmap(["a", "b"], [1, 2]))",
                 R"({"a":1,"b":2})", 2, 2, zip_map, true});
}

}  // namespace jim::detail
