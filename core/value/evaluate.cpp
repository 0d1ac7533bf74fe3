#include <fmt/format.h>

#include <array>
#include <charconv>

#include "core/base/text.h"
#include "core/value/evaluator.h"

namespace jim {

namespace {

/// Deeper than any text that we read; what walks values goes down by recursion.
constexpr int kMaxDepth = 500;

std::size_t weight_at(const Value& value, std::size_t most, int depth) {
  if (depth > kMaxDepth) return most + 1;
  std::size_t sum = 1;
  if (value.is_string()) {
    sum += value.as_string().size() / 64;
  } else if (value.is_list()) {
    for (const Value& item : value.as_list()) {
      if (sum > most) break;
      sum += weight_at(item, most - sum, depth + 1);
    }
  } else if (value.is_map()) {
    for (const auto& [key, item] : value.as_map()) {
      if (sum > most) break;
      sum += weight_at(item, most - sum, depth + 1);
    }
  }
  return sum;
}

}  // namespace

std::size_t weight(const Value& value, std::size_t most) { return weight_at(value, most, 0); }

bool Effort::exhausted() const { return spent > detail::kMaxEffort; }

namespace detail {

bool Evaluator::run(const Node& node, Slot& out) {
  if (++steps_ > kMaxSteps) return bound(node, "the expression takes too many steps");
  switch (node.kind) {
    case Node::Kind::constant:
      out.point(&node.value);
      return true;
    case Node::Kind::name:
      return name(node, out);
    case Node::Kind::attribute:
      return attribute(node, out, false);
    case Node::Kind::index:
      return index(node, out, false);
    case Node::Kind::splat:
      return splat(node, out);
    case Node::Kind::list:
      return list(node, out);
    case Node::Kind::map:
      return map(node, out);
    case Node::Kind::text:
      return interpolate(node, out);
    case Node::Kind::negate:
      return negate(node, out);
    case Node::Kind::negation:
      return negation(node, out);
    case Node::Kind::binary:
      return binary(node, out);
    case Node::Kind::condition:
      return condition(node, out);
    case Node::Kind::call:
      return call(node, out);
    case Node::Kind::for_list:
    case Node::Kind::for_map:
      return for_each(node, out);
  }
  return fail(node, "unknown node");
}

bool Evaluator::fail(const Node& node, std::string message, std::string hint) {
  error = {.code = ErrorCode::invalid_config,
           .message = std::move(message),
           .hint = std::move(hint),
           .where = {text_.where.file, node.line, node.column}};
  return false;
}

bool Evaluator::bound(const Node& node, std::string message) {
  exhausted_ = true;
  return fail(node, std::move(message), "make the lists or texts in it smaller");
}

bool Evaluator::spend_text(const Node& node, std::size_t size) {
  text_size_ += size;
  return text_size_ <= kMaxText || bound(node, "the expression makes too much text");
}

bool Evaluator::spend_values(const Node& node, const Value& value) {
  const std::size_t size = weight(value, kMaxValues);
  values_ += size;
  if (values_ > kMaxValues) return bound(node, "the expression makes too many values");
  return spend_effort(node, size);
}

bool Evaluator::spend_effort(const Node& node, std::size_t values) {
  if (effort_ == nullptr) return true;
  effort_->spent += values;
  return !effort_->exhausted() ||
         bound(node, "the expressions of the file walk through too many values together");
}

bool Evaluator::spend_reading(const Node& node, const Value& value) {
  if (!value.is_list() && !value.is_map() && !value.is_string()) return true;
  const std::size_t size = weight(value, kMaxValues);
  steps_ += value.is_string() ? value.as_string().size() / 64 : size / 8;
  if (steps_ > kMaxSteps) return bound(node, "the expression takes too many steps");
  const bool only_moved = node.kind == Node::Kind::call && node.function->structural;
  return spend_effort(node, only_moved ? size / 8 : size);
}

bool Evaluator::keep(const Node& node, const Value& item, ValueList& items) {
  if (item.is_string() && !spend_text(node, item.as_string().size())) return false;
  items.push_back(item);
  return true;
}

bool Evaluator::keep(const Node& node, std::string key, const Value& item,
                     std::vector<ValueMap::Entry>& entries) {
  const std::size_t size = key.size() + (item.is_string() ? item.as_string().size() : 0);
  if (!spend_text(node, size)) return false;
  entries.emplace_back(std::move(key), item);
  return true;
}

bool Evaluator::name(const Node& node, Slot& out) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
    if (local->name != node.text) continue;
    out.point(local->value);
    return true;
  }
  if (const Value* value = scope_.lookup(node.text)) {
    out.point(value);
    return true;
  }
  std::vector<std::string> names = scope_.names();
  for (const Local& local : locals_) names.emplace_back(local.name);
  return fail(node, fmt::format("unknown name '{}'", node.text), name_hint(node.text, names));
}

bool Evaluator::attribute(const Node& node, Slot& out, bool lenient) {
  if (!run(node.children[0], out)) return false;
  return step(node, node.text, out, lenient);
}

bool Evaluator::step(const Node& node, std::string_view key, Slot& out, bool lenient) {
  if (out->is_unknown()) {
    out.set(out->without_promise());
    return true;
  }
  if (lenient && out->is_null()) return true;
  if (const Value* part = out->get(key)) {
    out.step_into(part);
    return true;
  }
  const std::string object = path_text(node.children[0]);
  if (!out->is_map()) {
    if (out->is_null())
      return fail(node, fmt::format("{} is null, so it has no attribute \"{}\"", object, key));
    return fail(
        node,
        fmt::format("{} is {}, so it has no attribute \"{}\"", object, kind_name(out->kind()), key),
        out->is_list() ? fmt::format("take one by {0}[0].{1}, or all by {0}[*].{1}", object, key)
                       : "");
  }
  if (lenient) {
    out.set(Value().as_secret(out->is_secret()));
    return true;
  }
  if (object == "env")
    return fail(node, fmt::format("the environment variable '{}' is not set", key),
                fmt::format("set it, or give a default by env.{} ?? \"...\"", key));
  std::vector<std::string> keys;
  for (const auto& [known, value] : out->as_map()) keys.push_back(known);
  if (object == "var" && !out->is_secret())
    return fail(node, fmt::format("there is no variable \"{}\"", key),
                keys.empty() ? "declare it under 'vars'" : key_hint(key, keys));
  const char* const part = node.kind == Node::Kind::index ? "key" : "attribute";
  return fail(node, fmt::format("{} has no {} \"{}\"", object, part, key),
              out->is_secret() ? "" : key_hint(key, keys));
}

std::string Evaluator::key_hint(std::string_view key, const std::vector<std::string>& known) {
  if (const auto near = did_you_mean(key, known)) return fmt::format("did you mean \"{}\"?", *near);
  constexpr std::size_t kFew = 8;
  if (known.empty()) return "it is empty";
  return known.size() <= kFew ? "it has " + join(known, ", ") : "";
}

bool Evaluator::index(const Node& node, Slot& out, bool lenient) {
  Slot key;
  if (!run(node.children[0], out) || !run(node.children[1], key)) return false;
  const bool secret = key->is_secret();
  if (key->is_unknown() || out->is_unknown()) {
    out.set(Value::unknown().as_secret(secret || out->is_secret()));
    return true;
  }
  const bool good =
      out->is_list() ? element(node, *key, out, lenient) : entry(node, *key, out, lenient);
  if (!secret) return good;
  // The usual message would quote the key.
  if (!good) return fail(node, path_text(node.children[0]) + " has no element at this secret key");
  out.set(out->as_secret());
  return true;
}

bool Evaluator::entry(const Node& node, const Value& key, Slot& out, bool lenient) {
  if (key.is_string()) return step(node, key.as_string(), out, lenient);
  if (lenient && out->is_null()) return true;
  if (key.is_integer() && out->is_map()) return step(node, number_text(key), out, lenient);
  const std::string object = path_text(node.children[0]);
  if (!out->is_map())
    return fail(node,
                fmt::format("{} is {}, which has no elements", object, kind_name(out->kind())));
  return fail(node,
              fmt::format("a key of {} must be a string, found {}", object, kind_name(key.kind())));
}

bool Evaluator::element(const Node& node, const Value& key, Slot& out, bool lenient) {
  if (!key.is_integer())
    return fail(node, fmt::format("an index of {} must be an integer, found {}",
                                  path_text(node.children[0]), kind_name(key.kind())));
  const ValueList& items = out->as_list();
  const std::int64_t place = key.as_integer();
  if (place >= 0 && static_cast<std::uint64_t>(place) < items.size()) {
    out.step_into(&items[static_cast<std::size_t>(place)]);
    return true;
  }
  if (lenient) {
    out.set(Value().as_secret(out->is_secret()));
    return true;
  }
  return fail(node,
              fmt::format("{}[{}] does not exist: the list has {}", path_text(node.children[0]),
                          place, counted(items.size(), "element")));
}

bool Evaluator::finish(const Node& node, Value value, Slot& out) {
  out.set(std::move(value));
  return spend_values(node, *out);
}

bool Evaluator::list(const Node& node, Slot& out) {
  ValueList items;
  items.reserve(node.children.size());
  for (const Node& child : node.children) {
    Slot item;
    if (!run(child, item) || !keep(child, *item, items)) return false;
  }
  return finish(node, std::move(items), out);
}

bool Evaluator::key_text(const Node& node, const Value& key, std::string& out) {
  if (key.is_string())
    out = key.as_string();
  else if (key.is_number())
    out = number_text(key);
  else
    return fail(node, fmt::format("a key must be a string, found {}", kind_name(key.kind())));
  return true;
}

bool Evaluator::map(const Node& node, Slot& out) {
  std::vector<ValueMap::Entry> entries;
  bool secret = false;
  bool unknown = false;
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    Slot key;
    Slot item;
    if (!run(node.children[i], key) || !run(node.children[i + 1], item)) return false;
    secret = secret || key->is_secret();
    unknown = unknown || key->is_unknown();
    std::string text;
    if (!key->is_unknown() && !key_text(node.children[i], *key, text)) return false;
    if (!keep(node, std::move(text), *item, entries)) return false;
  }
  if (unknown) {
    out.set(Value::unknown().as_secret(secret));
    return true;
  }
  return finish(node, Value(ValueMap::from_entries(std::move(entries))).as_secret(secret), out);
}

std::string number_text(const Value& number) {
  std::array<char, 32> digits = {};
  char* const first = digits.data();
  char* const last = first + digits.size();
  const auto end = number.is_integer() ? std::to_chars(first, last, number.as_integer())
                                       : std::to_chars(first, last, number.as_number());
  return {first, end.ptr};
}

std::string path_text(const Node& node) {
  const auto inner = [&node] { return path_text(node.children[0]); };
  switch (node.kind) {
    case Node::Kind::name:
      return node.text == "*" ? "each element" : node.text;
    case Node::Kind::attribute:
      return inner() + "." + node.text;
    case Node::Kind::index: {
      const Node& key = node.children[1];
      if (key.kind == Node::Kind::name) return fmt::format("{}[{}]", inner(), key.text);
      if (key.kind != Node::Kind::constant) return inner() + "[...]";
      if (key.value.is_string()) return fmt::format("{}[\"{}\"]", inner(), key.value.as_string());
      if (key.value.is_integer()) return fmt::format("{}[{}]", inner(), key.value.as_integer());
      return inner() + "[...]";
    }
    case Node::Kind::call:
      return node.text + "(...)";
    default:
      return "this value";
  }
}

Result<Value> evaluate(const TemplateNode& node, const Scope& scope) {
  Evaluator evaluator(node, scope);
  Slot out;
  const bool good = evaluator.run(node.root, out);
  if (Effort* effort = scope.effort()) effort->spent += evaluator.steps();
  if (!good) return evaluator.error;
  return *out;
}

}  // namespace detail

}  // namespace jim
