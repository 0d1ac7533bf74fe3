#include <fmt/format.h>

#include "core/value/evaluator.h"
#include "core/value/operators.h"

namespace jim::detail {

bool Evaluator::interpolate(const Node& node, Slot& out) {
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
  out.set(
      (unknown ? Value::unknown(Value::Kind::string) : Value(std::move(text))).as_secret(secret));
  return true;
}

bool Evaluator::set_result(const Node& node, Result<Value> result, bool secret, Slot& out) {
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

bool Evaluator::negate(const Node& node, Slot& out) {
  if (!run(node.children[0], out)) return false;
  if (out->is_unknown()) {
    out.set(out->without_promise());
    return true;
  }
  return set_result(node, negated(*out), out->is_secret(), out);
}

bool Evaluator::negation(const Node& node, Slot& out) {
  if (!run(node.children[0], out)) return false;
  if (out->is_unknown()) {
    out.set(out->without_promise());
    return true;
  }
  if (!boolean(node.children[0], *out, "'!'")) return false;
  out.set(Value(!out->as_bool()).as_secret(out->is_secret()));
  return true;
}

bool Evaluator::boolean(const Node& node, const Value& value, std::string_view user) {
  if (value.is_bool()) return true;
  return fail(node, fmt::format("{} needs true or false, found {}", user, kind_name(value.kind())));
}

bool Evaluator::binary(const Node& node, Slot& out) {
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

bool Evaluator::coalesce(const Node& node, Slot& out) {
  const Node& left = node.children[0];
  const bool good = left.kind == Node::Kind::attribute ? attribute(left, out, true)
                    : left.kind == Node::Kind::index   ? index(left, out, true)
                                                       : run(left, out);
  if (!good) return false;
  if (out->is_unknown()) {
    out.set(out->without_promise());  // it may turn out null
    return true;
  }
  if (!out->is_null()) return true;
  const bool secret = out->is_secret();
  Slot right;
  if (!run(node.children[1], right)) return false;
  out.set(right->as_secret(secret));
  return true;
}

bool Evaluator::logic(const Node& node, Slot& out) {
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

bool Evaluator::condition(const Node& node, Slot& out) {
  Slot test;
  if (!run(node.children[0], test)) return false;
  if (test->is_unknown()) {
    out.set(test->without_promise());
    return true;
  }
  if (!boolean(node.children[0], *test, "'?'")) return false;
  if (!run(node.children[test->as_bool() ? 1 : 2], out)) return false;
  if (test->is_secret()) out.set(out->as_secret());
  return true;
}

}  // namespace jim::detail
