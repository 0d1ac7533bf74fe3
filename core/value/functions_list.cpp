#include <algorithm>
#include <unordered_set>

#include "core/value/arguments.h"
#include "core/value/limits.h"
#include "core/value/operators.h"
#include "core/value/text_escape.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

Result<Value> all_true(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  if (!in) return in.error();
  return Value(
      std::all_of(items.begin(), items.end(), [](const Value& v) { return v == Value(true); }));
}

Result<Value> any_true(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  if (!in) return in.error();
  return Value(
      std::any_of(items.begin(), items.end(), [](const Value& v) { return v == Value(true); }));
}

Result<Value> chunks(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  const std::int64_t size = in.integer(1);
  if (!in) return in.error();
  if (size <= 0) return function_error("the size of a chunk must be 1 or more");
  ValueList out;
  ValueList chunk;
  for (const Value& item : items) {
    chunk.push_back(item);
    if (static_cast<std::int64_t>(chunk.size()) < size) continue;
    out.emplace_back(std::move(chunk));
    chunk = {};
  }
  if (!chunk.empty()) out.emplace_back(std::move(chunk));
  return Value(std::move(out));
}

Result<Value> first_present(const Values& values, const Scope&) {
  for (const Value& value : values)
    if (!value.is_null() && !(value.is_string() && value.as_string().empty())) return value;
  return function_error("every argument is null or empty");
}

Result<Value> first_list(const Values& values, const Scope&) {
  Arguments in(values);
  for (std::size_t i = 0; i < in.size(); ++i)
    if (!values[i].is_null() && !in.list(i).empty()) return values[i];
  if (!in) return in.error();
  return function_error("every list is empty");
}

Result<Value> compact(const Values& values, const Scope&) {
  Arguments in(values);
  ValueList out;
  for (const Value& item : in.list(0))
    if (!item.is_null() && !(item.is_string() && item.as_string().empty())) out.push_back(item);
  if (!in) return in.error();
  return Value(std::move(out));
}

Result<Value> concat(const Values& values, const Scope&) {
  Arguments in(values);
  ValueList out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const ValueList& items = in.list(i);
    if (!in) return in.error();
    out.insert(out.end(), items.begin(), items.end());
  }
  return Value(std::move(out));
}

Result<Value> contains(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  if (!in) return in.error();
  return Value(std::find(items.begin(), items.end(), values[1]) != items.end());
}

Result<Value> distinct(const Values& values, const Scope&) {
  Arguments in(values);
  std::unordered_set<std::string> seen;
  ValueList out;
  for (const Value& item : in.list(0))
    if (seen.insert(identity_key(item)).second) out.push_back(item);
  if (!in) return in.error();
  return Value(std::move(out));
}

Result<Value> element(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  const std::int64_t place = in.integer(1);
  if (!in) return in.error();
  if (items.empty()) return function_error("the list is empty");
  const auto count = static_cast<std::int64_t>(items.size());
  return items[static_cast<std::size_t>(((place % count) + count) % count)];
}

void flatten_into(const ValueList& items, ValueList& out) {
  for (const Value& item : items) {
    if (item.is_list())
      flatten_into(item.as_list(), out);
    else
      out.push_back(item);
  }
}

Result<Value> flatten(const Values& values, const Scope&) {
  Arguments in(values);
  ValueList out;
  flatten_into(in.list(0), out);
  if (!in) return in.error();
  return Value(std::move(out));
}

Result<Value> index_of(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  if (!in) return in.error();
  const auto found = std::find(items.begin(), items.end(), values[1]);
  if (found == items.end()) return function_error("the list does not have this element");
  return Value(static_cast<std::int64_t>(found - items.begin()));
}

Result<Value> length(const Values& values, const Scope&) {
  const Value& value = values[0];
  if (value.is_list()) return Value(static_cast<std::int64_t>(value.as_list().size()));
  if (value.is_map()) return Value(static_cast<std::int64_t>(value.as_map().size()));
  if (!value.is_string())
    return function_error(std::string("argument 1 must be a list, a map or a string, found ") +
                          kind_name(value.kind()));
  std::int64_t count = 0;
  for (std::string_view text = value.as_string(); !text.empty(); ++count)
    text.remove_prefix(character_size(text));
  return Value(count);
}

Result<Value> match_keys(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  const ValueList& keys = in.list(1);
  const ValueList& wanted = in.list(2);
  if (!in) return in.error();
  if (items.size() != keys.size()) return function_error("values and keys have different lengths");
  std::unordered_set<std::string> set;
  for (const Value& key : wanted) set.insert(identity_key(key));
  ValueList out;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (set.count(identity_key(keys[i])) > 0) out.push_back(items[i]);
  return Value(std::move(out));
}

Result<Value> one(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  if (!in) return in.error();
  if (items.size() > 1) return function_error("the list has more than one element");
  return items.empty() ? Value() : items[0];
}

Result<Value> range(const Values& values, const Scope&) {
  Arguments in(values);
  const bool starts = in.size() > 1;
  const double start = starts ? in.number(0) : 0;
  const double limit = in.number(starts ? 1 : 0);
  const double step = in.size() > 2 ? in.number(2) : (limit < start ? -1 : 1);
  if (!in) return in.error();
  if (step == 0) return function_error("the step must not be 0");
  ValueList out;
  Value next = starts ? values[0] : Value(0);
  const Value by = in.size() > 2 ? values[2] : Value(step < 0 ? -1 : 1);
  while (step > 0 ? next.as_number() < limit : next.as_number() > limit) {
    if (out.size() == kMaxItems)
      return function_error("more than " + std::to_string(kMaxItems) + " elements");
    out.push_back(next);
    auto sum = apply_operator("+", next, by);
    if (!sum) break;
    next = *sum;
  }
  return Value(std::move(out));
}

Result<Value> reverse(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  if (!in) return in.error();
  return Value(ValueList(items.rbegin(), items.rend()));
}

Result<Value> slice(const Values& values, const Scope&) {
  Arguments in(values);
  const ValueList& items = in.list(0);
  const std::int64_t start = in.integer(1);
  const std::int64_t end = in.integer(2);
  if (!in) return in.error();
  if (start < 0 || start > end || end > static_cast<std::int64_t>(items.size()))
    return function_error("the list has no elements from " + std::to_string(start) + " to " +
                          std::to_string(end));
  return Value(ValueList(items.begin() + start, items.begin() + end));
}

Result<Value> sort(const Values& values, const Scope&) {
  Arguments in(values);
  std::vector<std::string> texts = in.texts(0);
  if (!in) return in.error();
  std::sort(texts.begin(), texts.end());
  return Value(text_list(texts));
}

}  // namespace

void add_list_functions(Functions& all) {
  all.push_back({"alltrue", "alltrue(list)", "Whether all elements are true.",
                 "alltrue([true, false])", "false", 1, 1, all_true});
  all.push_back({"anytrue", "anytrue(list)", "Whether at least one element is true.",
                 "anytrue([true, false])", "true", 1, 1, any_true});
  all.push_back({"chunklist", "chunklist(list, size)",
                 "The list cut into lists of at most that size.", "chunklist([1, 2, 3], 2)",
                 "[[1,2],[3]]", 2, 2, chunks, true});
  all.push_back({"coalesce", "coalesce(value, ...)",
                 "The first value that is neither null nor an empty text.",
                 R"(coalesce(null, "", "a"))", R"("a")", 1, -1, first_present, true});
  all.push_back({"coalescelist", "coalescelist(list, ...)", "The first list that is not empty.",
                 "coalescelist([], [1])", "[1]", 1, -1, first_list, true});
  all.push_back({"compact", "compact(list)", "The list without nulls and empty texts.",
                 R"(compact(["a", "", null]))", R"(["a"])", 1, 1, compact});
  all.push_back({"concat", "concat(list, ...)", "The lists as one.", "concat([1], [2, 3])",
                 "[1,2,3]", 1, -1, concat, true});
  all.push_back({"contains", "contains(list, value)", "Whether the list has the value.",
                 R"(contains(["a", "b"], "b"))", "true", 2, 2, contains});
  all.push_back({"distinct", "distinct(list)", "The list without repetitions.",
                 "distinct([1, 2, 1])", "[1,2]", 1, 1, distinct});
  all.push_back({"element", "element(list, index)",
                 "The element at an index that wraps around the end.", R"(element(["a", "b"], 3))",
                 R"("b")", 2, 2, element, true});
  all.push_back({"flatten", "flatten(list)",
                 "The list with the elements of lists inside it in their place.",
                 "flatten([1, [2, [3]]])", "[1,2,3]", 1, 1, flatten});
  all.push_back({"index", "index(list, value)",
                 "Where in the list the value stands, counted from 0.", R"(index(["a", "b"], "b"))",
                 "1", 2, 2, index_of});
  all.push_back({"length", "length(value)",
                 "How many elements a list or map, or characters a text has.", "length([1, 2])",
                 "2", 1, 1, length, true});
  all.push_back({"matchkeys", "matchkeys(values, keys, wanted)",
                 "The values whose key, at the same place, is among the wanted.",
                 R"(matchkeys([1, 2], ["a", "b"], ["b"]))", "[2]", 3, 3, match_keys});
  all.push_back({"one", "one(list)", "The only element of a list, or null when it is empty.",
                 R"(one(["a"]))", R"("a")", 1, 1, one, true});
  all.push_back({"range", "range(start, limit, step)",
                 "Numbers from start (0) up to but not including limit, by step (1).", "range(3)",
                 "[0,1,2]", 1, 3, range});
  all.push_back({"reverse", "reverse(list)", "The elements in reverse order.", "reverse([1, 2])",
                 "[2,1]", 1, 1, reverse, true});
  all.push_back({"slice", "slice(list, start, end)",
                 "The elements from start up to but not including end.", "slice([1, 2, 3], 1, 3)",
                 "[2,3]", 3, 3, slice, true});
  all.push_back({"sort", "sort(list)", "The texts of a list in order.", R"(sort(["b", "a"]))",
                 R"(["a","b"])", 1, 1, sort});
  all.push_back({"toset", "toset(list)", "The list without repetitions, under Terraform's name.",
                 R"(toset(["a", "b", "a"]))", R"(["a","b"])", 1, 1, distinct});
}

}  // namespace jim::detail
