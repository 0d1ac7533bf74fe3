#include <fmt/format.h>

#include <array>
#include <charconv>
#include <unordered_set>

#include "core/base/text.h"
#include "core/value/limits.h"
#include "core/value/node.h"
#include "core/value/operators.h"

namespace jim::detail {

namespace {

/// Where a node's value is: in the scope, without a copy, or here.
class Slot {
 public:
  Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  void point(const Value* value) { at_ = value; }
  void set(Value value) {
    own_ = std::move(value);
    at_ = &own_;
  }
  const Value& operator*() const { return *at_; }
  const Value* operator->() const { return at_; }
  /// Turns into a part of the value it holds, which inherits secrecy.
  void step_into(const Value* part) {
    const bool secret = at_->is_secret() && !part->is_secret();
    if (secret || at_ == &own_)
      set(Value(part->as_secret(secret)));
    else
      at_ = part;
  }

 private:
  Value own_ = {};
  const Value* at_ = &own_;
};

/// The number of values inside, a long text counted as many; or more than `most` when there are
/// more.
std::size_t weight(const Value& value, std::size_t most) {
  std::size_t sum = 1;
  if (value.is_string()) {
    sum += value.as_string().size() / 64;
  } else if (value.is_list()) {
    for (const Value& item : value.as_list()) {
      if (sum > most) break;
      sum += weight(item, most - sum);
    }
  } else if (value.is_map()) {
    for (const auto& [key, item] : value.as_map()) {
      if (sum > most) break;
      sum += weight(item, most - sum);
    }
  }
  return sum;
}

/// Every function returns false after the first error, which `error` holds.
class Evaluator {
 public:
  Evaluator(const TemplateNode& text, const Scope& scope) : text_(text), scope_(scope) {}

  Diagnostic error = {};

  bool run(const Node& node, Slot& out) {
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

 private:
  struct Local {
    std::string_view name;
    const Value* value;
  };

  bool fail(const Node& node, std::string message, std::string hint = {}) {
    error = {.code = ErrorCode::invalid_config,
             .message = std::move(message),
             .hint = std::move(hint),
             .where = {text_.where.file, node.line, node.column}};
    return false;
  }

  /// A bound was met: nothing may catch this error.
  bool bound(const Node& node, std::string message) {
    exhausted_ = true;
    return fail(node, std::move(message), "make the lists or texts in it smaller");
  }

  bool spend_text(const Node& node, std::size_t size) {
    text_size_ += size;
    return text_size_ <= kMaxText || bound(node, "the expression makes too much text");
  }

  bool spend_values(const Node& node, const Value& value) {
    values_ += weight(value, kMaxValues);
    return values_ <= kMaxValues || bound(node, "the expression makes too many values");
  }

  /// Counts what an operator or function has to read.
  bool spend_reading(const Node& node, const Value& value) {
    if (!value.is_list() && !value.is_map() && !value.is_string()) return true;
    steps_ += weight(value, kMaxSteps) / 16;
    return steps_ <= kMaxSteps || bound(node, "the expression takes too many steps");
  }

  /// A pattern is tried from every place of the text, which may each time walk to its end.
  bool spend_search(const Node& node, std::size_t size) {
    steps_ += size * size / 64;
    return steps_ <= kMaxSteps || bound(node, "the expression searches through too much text");
  }

  /// Adds to a list that is being made. Texts are copied, where lists and maps are shared.
  bool keep(const Node& node, const Value& item, ValueList& items) {
    if (item.is_string() && !spend_text(node, item.as_string().size())) return false;
    items.push_back(item);
    return true;
  }

  /// Adds to a map that is being made.
  bool keep(const Node& node, std::string key, const Value& item,
            std::vector<ValueMap::Entry>& entries) {
    const std::size_t size = key.size() + (item.is_string() ? item.as_string().size() : 0);
    if (!spend_text(node, size)) return false;
    entries.emplace_back(std::move(key), item);
    return true;
  }

  bool name(const Node& node, Slot& out) {
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
    const auto near = did_you_mean(node.text, names);
    return fail(node, fmt::format("unknown name '{}'", node.text),
                near ? fmt::format("did you mean '{}'?", *near) : "");
  }

  /// `lenient`: a missing last step gives null, for `??`.
  bool attribute(const Node& node, Slot& out, bool lenient) {
    if (!run(node.children[0], out)) return false;
    return step(node, node.text, out, lenient);
  }

  /// Goes from the map in `out` to its entry `key`.
  bool step(const Node& node, std::string_view key, Slot& out, bool lenient) {
    if (out->is_unknown()) return true;
    if (lenient && out->is_null()) return true;
    if (const Value* part = out->get(key)) {
      out.step_into(part);
      return true;
    }
    const std::string object = path_text(node.children[0]);
    if (!out->is_map()) {
      if (out->is_null())
        return fail(node, fmt::format("{} is null, so it has no attribute \"{}\"", object, key));
      return fail(node,
                  fmt::format("{} is {}, so it has no attribute \"{}\"", object,
                              kind_name(out->kind()), key),
                  out->is_list()
                      ? fmt::format("take one by {0}[0], or all by {0}[*].{1}", object, key)
                      : "");
    }
    if (lenient) {
      out.set(Value().as_secret(out->is_secret()));
      return true;
    }
    std::vector<std::string> keys;
    for (const auto& [known, value] : out->as_map()) keys.push_back(known);
    return fail(node, fmt::format("{} has no attribute \"{}\"", object, key),
                out->is_secret() ? "" : key_hint(key, keys));
  }

  static std::string key_hint(std::string_view key, const std::vector<std::string>& known) {
    if (const auto near = did_you_mean(key, known))
      return fmt::format("did you mean \"{}\"?", *near);
    constexpr std::size_t kFew = 8;
    if (known.empty()) return "it is empty";
    return known.size() <= kFew ? "it has " + join(known, ", ") : "";
  }

  bool index(const Node& node, Slot& out, bool lenient) {
    Slot key;
    if (!run(node.children[0], out) || !run(node.children[1], key)) return false;
    const bool secret = key->is_secret();
    if (key->is_unknown() || out->is_unknown()) {
      out.set(Value::unknown().as_secret(secret || out->is_secret()));
      return true;
    }
    const bool good =
        out->is_list() ? element(node, *key, out, lenient) : entry(node, *key, out, lenient);
    if (good && secret) out.set(out->as_secret());
    return good;
  }

  bool entry(const Node& node, const Value& key, Slot& out, bool lenient) {
    if (key.is_string()) return step(node, key.as_string(), out, lenient);
    if (lenient && out->is_null()) return true;
    if (key.is_integer() && out->is_map()) return step(node, number_text(key), out, lenient);
    const std::string object = path_text(node.children[0]);
    if (!out->is_map())
      return fail(node,
                  fmt::format("{} is {}, which has no elements", object, kind_name(out->kind())));
    return fail(
        node, fmt::format("a key of {} must be a string, found {}", object, kind_name(key.kind())));
  }

  bool element(const Node& node, const Value& key, Slot& out, bool lenient) {
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

  bool splat(const Node& node, Slot& out) {
    Slot source;
    if (!run(node.children[0], source)) return false;
    if (source->is_unknown()) {
      out.set(*source);
      return true;
    }
    ValueList items;
    const auto take = [&](const Value& item) {
      locals_.push_back({"*", &item});
      Slot slot;
      const bool good = run(node.children[1], slot);
      locals_.pop_back();
      return good && keep(node, *slot, items);
    };
    // As in Terraform: null is no element, a map or a scalar is one; but a map of instances gives
    // all of them.
    if (source->is_list()) {
      for (const Value& item : source->as_list())
        if (!take(item)) return false;
    } else if (source->is_map()) {
      for (const auto& [key, item] : source->as_map())
        if (!take(item)) return false;
    } else if (!source->is_null() && !take(*source)) {
      return false;
    }
    return finish(node, Value(std::move(items)).as_secret(source->is_secret()), out);
  }

  bool finish(const Node& node, Value value, Slot& out) {
    out.set(std::move(value));
    return spend_values(node, *out);
  }

  bool list(const Node& node, Slot& out) {
    ValueList items;
    items.reserve(node.children.size());
    for (const Node& child : node.children) {
      Slot item;
      if (!run(child, item) || !keep(child, *item, items)) return false;
    }
    return finish(node, std::move(items), out);
  }

  /// The text of a key; false after an error. `key` must be known.
  bool key_text(const Node& node, const Value& key, std::string& out) {
    if (key.is_string())
      out = key.as_string();
    else if (key.is_number())
      out = number_text(key);
    else
      return fail(node, fmt::format("a key must be a string, found {}", kind_name(key.kind())));
    return true;
  }

  bool map(const Node& node, Slot& out) {
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

  bool interpolate(const Node& node, Slot& out) {
    std::string text;
    bool secret = false;
    bool unknown = false;
    for (const Node& part : node.children) {
      Slot slot;
      if (!run(part, slot)) return false;
      secret = secret || slot->is_secret();
      if (slot->is_unknown())
        unknown = true;
      else if (slot->is_string())
        text += slot->as_string();
      else if (slot->is_number())
        text += number_text(*slot);
      else if (slot->is_bool())
        text += slot->as_bool() ? "true" : "false";
      else
        return fail(part,
                    fmt::format("{} is {}, which cannot be part of a text", path_text(part),
                                kind_name(slot->kind())),
                    slot->is_null() ? "give a default by ?? \"...\""
                                    : "turn it into text by jsonencode() or join()");
      if (text.size() > kMaxText) return bound(part, "the expression makes too much text");
    }
    if (!spend_text(node, text.size())) return false;
    out.set((unknown ? Value::unknown() : Value(std::move(text))).as_secret(secret));
    return true;
  }

  bool set_result(const Node& node, Result<Value> result, bool secret, Slot& out) {
    if (!result) {
      // What a secret is wrong about would tell what it is.
      const Diagnostic& why = result.error();
      return fail(node,
                  secret ? fmt::format("'{}' cannot work on this secret", node.text) : why.message,
                  why.hint);
    }
    out.set(result->as_secret(secret));
    return true;
  }

  bool negate(const Node& node, Slot& out) {
    if (!run(node.children[0], out)) return false;
    if (out->is_unknown()) return true;
    return set_result(node, negated(*out), out->is_secret(), out);
  }

  bool negation(const Node& node, Slot& out) {
    if (!run(node.children[0], out)) return false;
    if (out->is_unknown()) return true;
    if (!boolean(node.children[0], *out, "'!'")) return false;
    out.set(Value(!out->as_bool()).as_secret(out->is_secret()));
    return true;
  }

  bool boolean(const Node& node, const Value& value, std::string_view user) {
    if (value.is_bool()) return true;
    return fail(node,
                fmt::format("{} needs true or false, found {}", user, kind_name(value.kind())));
  }

  bool binary(const Node& node, Slot& out) {
    if (node.text == "??") return coalesce(node, out);
    if (node.text == "&&" || node.text == "||") return logic(node, out);
    Slot left;
    Slot right;
    if (!run(node.children[0], left) || !run(node.children[1], right)) return false;
    if (!spend_reading(node, *left) || !spend_reading(node, *right)) return false;
    const bool secret = left->has_secret() || right->has_secret();
    if (left->has_unknown() || right->has_unknown()) {
      // A null beside an unknown cannot be told equal or not: the unknown may turn out null.
      out.set(Value::unknown().as_secret(secret));
      return true;
    }
    return set_result(node, apply_operator(node.text, *left, *right), secret, out);
  }

  bool coalesce(const Node& node, Slot& out) {
    const Node& left = node.children[0];
    const bool good = left.kind == Node::Kind::attribute ? attribute(left, out, true)
                      : left.kind == Node::Kind::index   ? index(left, out, true)
                                                         : run(left, out);
    if (!good) return false;
    if (!out->is_null()) return true;
    const bool secret = out->is_secret();
    Slot right;
    if (!run(node.children[1], right)) return false;
    out.set(right->as_secret(secret));
    return true;
  }

  bool logic(const Node& node, Slot& out) {
    const bool decides = node.text == "||";  // the value of one side that settles the whole
    const std::string user = fmt::format("'{}'", node.text);
    Slot left;
    if (!run(node.children[0], left)) return false;
    if (!left->is_unknown()) {
      if (!boolean(node.children[0], *left, user)) return false;
      if (left->as_bool() == decides) {
        out.set(*left);
        return true;
      }
    }
    Slot right;
    if (!run(node.children[1], right)) return false;
    const bool secret = left->is_secret() || right->is_secret();
    if (!right->is_unknown()) {
      if (!boolean(node.children[1], *right, user)) return false;
      if (!left->is_unknown() || right->as_bool() == decides) {
        out.set(right->as_secret(secret));
        return true;
      }
    }
    out.set(Value::unknown().as_secret(secret));
    return true;
  }

  bool condition(const Node& node, Slot& out) {
    Slot test;
    if (!run(node.children[0], test)) return false;
    if (test->is_unknown()) {
      out.set(*test);
      return true;
    }
    if (!boolean(node.children[0], *test, "'?'")) return false;
    if (!run(node.children[test->as_bool() ? 1 : 2], out)) return false;
    if (test->is_secret()) out.set(out->as_secret());
    return true;
  }

  bool for_each(const Node& node, Slot& out) {
    Slot source;
    if (!run(node.children[0], source)) return false;
    if (source->is_unknown()) {
      out.set(*source);
      return true;
    }
    if (!source->is_list() && !source->is_map())
      return fail(node.children[0],
                  fmt::format("'for' needs a list or a map, found {}", kind_name(source->kind())));
    Loop loop = {.secret = source->is_secret()};
    const auto turn = [&](const Value& key, const Value& item) {
      if (!loop.secret || item.is_secret()) return once(node, key, item, loop);
      return once(node, key, item.as_secret(), loop);
    };
    std::int64_t place = 0;
    if (source->is_list()) {
      for (const Value& item : source->as_list())
        if (!turn(Value(place++), item)) return false;
    } else {
      for (const auto& [key, item] : source->as_map())
        if (!turn(Value(key), item)) return false;
    }
    if (loop.unknown) {
      out.set(Value::unknown().as_secret(loop.secret));
      return true;
    }
    Value made = node.kind == Node::Kind::for_list
                     ? Value(std::move(loop.items))
                     : Value(ValueMap::from_entries(std::move(loop.entries)));
    return finish(node, made.as_secret(loop.secret), out);
  }

  struct Loop {
    ValueList items = {};
    std::vector<ValueMap::Entry> entries = {};
    std::unordered_set<std::string> keys = {};
    bool secret = false;
    bool unknown = false;  ///< a condition or key was: so is the whole
  };

  bool once(const Node& node, const Value& key, const Value& item, Loop& loop) {
    const std::size_t outer = locals_.size();
    if (!node.text.empty()) locals_.push_back({node.text, &key});
    locals_.push_back({node.text2, &item});
    const bool good = body(node, loop);
    locals_.resize(outer);
    return good;
  }

  bool body(const Node& node, Loop& loop) {
    const bool makes_map = node.kind == Node::Kind::for_map;
    const std::size_t test_place = makes_map ? 3 : 2;
    if (node.children.size() > test_place) {
      Slot test;
      if (!run(node.children[test_place], test)) return false;
      loop.secret = loop.secret || test->is_secret();
      if (test->is_unknown()) {
        loop.unknown = true;
        return true;
      }
      if (!boolean(node.children[test_place], *test, "'if'")) return false;
      if (!test->as_bool()) return true;
    }
    Slot first;
    if (!run(node.children[1], first)) return false;
    if (!makes_map) return keep(node, *first, loop.items);
    Slot second;
    if (!run(node.children[2], second)) return false;
    loop.secret = loop.secret || first->is_secret();
    if (first->is_unknown()) {
      loop.unknown = true;
      return true;
    }
    std::string key;
    if (!key_text(node.children[1], *first, key)) return false;
    if (!loop.keys.insert(key).second)
      return fail(node.children[1], first->is_secret() || loop.secret
                                        ? std::string("two elements give the same key")
                                        : fmt::format("two elements give the key \"{}\"", key));
    return keep(node, std::move(key), *second, loop.entries);
  }

  bool call(const Node& node, Slot& out) {
    const Function& function = *node.function;
    if (function.lazy) return lazy(node, out);
    std::vector<Value> arguments;
    arguments.reserve(node.children.size());
    bool secret = false;
    bool unknown = false;
    for (const Node& child : node.children) {
      Slot argument;
      if (!run(child, argument) || !spend_reading(node, *argument)) return false;
      if (function.searches && argument->is_string() &&
          !spend_search(node, argument->as_string().size()))
        return false;
      secret = secret || argument->has_secret();
      unknown = unknown || (function.structural ? argument->is_unknown() : argument->has_unknown());
      arguments.push_back(*argument);
    }
    if (unknown) {
      out.set(Value::unknown().as_secret(secret));
      return true;
    }
    Result<Value> result = function.call(arguments, scope_);
    if (!result) {
      const Diagnostic& why = result.error();
      fail(node,
           secret ? fmt::format("{}: cannot work on this secret", function.name)
                  : fmt::format("{}: {}", function.name, why.message),
           secret ? "" : why.hint);
      error.code = why.code;
      return false;
    }
    if (result->is_string() && !spend_text(node, result->as_string().size())) return false;
    return finish(node, result->as_secret(secret), out);
  }

  /// Functions that look at how an argument evaluates.
  bool lazy(const Node& node, Slot& out) {
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

  static Value bared(const Value& value) {
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

  bool attempt(const Node& node, Slot& out) {
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

  const TemplateNode& text_;
  const Scope& scope_;
  std::vector<Local> locals_ = {};
  std::size_t steps_ = 0;
  std::size_t text_size_ = 0;
  std::size_t values_ = 0;
  bool exhausted_ = false;
};

}  // namespace

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
  if (!evaluator.run(node.root, out)) return evaluator.error;
  return *out;
}

}  // namespace jim::detail
