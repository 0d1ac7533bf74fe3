#include <fmt/format.h>

#include <algorithm>

#include "core/value/evaluator.h"

namespace jim::detail {

bool Evaluator::spend_search(const Node& node, const std::vector<Value>& arguments) {
  std::size_t longest = 0;
  for (const Value& argument : arguments)
    if (argument.is_string()) longest = std::max(longest, argument.as_string().size());
  // A longer one is refused unread.
  if (longest > kMaxSearched) return true;
  steps_ += longest * longest / 64;
  return steps_ <= kMaxSteps || bound(node, "the expression searches through too much text");
}

bool Evaluator::call(const Node& node, Slot& out) {
  const Function& function = *node.function;
  if (function.lazy) return lazy(node, out);
  std::vector<Value> arguments;
  arguments.reserve(node.children.size());
  bool secret = false;
  bool unknown = false;
  for (const Node& child : node.children) {
    Slot argument;
    if (!run(child, argument) || !spend_reading(node, *argument)) return false;
    secret = secret || argument->has_secret();
    unknown = unknown || (function.structural ? argument->is_unknown() : argument->has_unknown());
    arguments.push_back(*argument);
  }
  if (unknown) {
    out.set(Value::unknown().as_secret(secret));
    return true;
  }
  if (function.searches && !spend_search(node, arguments)) return false;
  Result<Value> result = function.call(arguments, scope_);
  if (!result) {
    const Diagnostic& why = result.error();
    fail(node,
         secret ? fmt::format("{}: cannot work on this secret", function.name)
                : fmt::format("{}: {}", function.name, why.message),
         secret ? "" : why.hint);
    return false;
  }
  if (result->is_string() && !spend_text(node, result->as_string().size())) return false;
  return finish(node, result->as_secret(secret), out);
}

bool Evaluator::lazy(const Node& node, Slot& out) {
  if (node.text == "try" || node.text == "can") return attempt(node, out);
  if (!run(node.children[0], out)) return false;
  if (node.text == "sensitive") {
    out.set(out->as_secret());
  } else if (node.text == "issensitive") {
    out.set(out->has_secret());
  } else {  // nonsensitive
    out.set(bared(*out));
  }
  return true;
}

Value Evaluator::bared(const Value& value) {
  if (!value.has_secret()) return value;
  if (value.is_unknown()) return Value::unknown();
  if (value.is_list()) {
    ValueList items;
    for (const Value& item : value.as_list()) items.push_back(bared(item));
    return items;
  }
  if (value.is_map()) {
    std::vector<ValueMap::Entry> entries;
    for (const auto& [key, item] : value.as_map()) entries.emplace_back(key, bared(item));
    return ValueMap::from_entries(std::move(entries));
  }
  switch (value.kind()) {
    case Value::Kind::boolean:
      return value.as_bool();
    case Value::Kind::integer:
      return value.as_integer();
    case Value::Kind::number:
      return value.as_number();
    case Value::Kind::string:
      return value.as_string();
    default:
      return {};
  }
}

bool Evaluator::attempt(const Node& node, Slot& out) {
  const std::size_t outer = locals_.size();
  for (const Node& child : node.children) {
    const bool good = run(child, out);
    if (exhausted_) return false;
    locals_.resize(outer);
    if (node.text == "can") {
      out.set(good && out->is_unknown() ? Value::unknown() : Value(good));
      return true;
    }
    if (good) return true;
  }
  const std::string last = error.message;
  return fail(node, fmt::format("try: every argument fails; the last one: {}", last));
}

}  // namespace jim::detail
