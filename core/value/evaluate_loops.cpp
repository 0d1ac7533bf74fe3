#include <fmt/format.h>

#include "core/value/evaluator.h"

namespace jim::detail {

bool Evaluator::splat(const Node& node, Slot& out) {
  Slot source;
  if (!run(node.children[0], source)) return false;
  if (source->is_unknown()) {
    out.set(source->without_promise());
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

bool Evaluator::for_each(const Node& node, Slot& out) {
  Slot source;
  if (!run(node.children[0], source)) return false;
  if (source->is_unknown()) {
    out.set(source->without_promise());
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

bool Evaluator::once(const Node& node, const Value& key, const Value& item, Loop& loop) {
  const std::size_t outer = locals_.size();
  if (!node.text.empty()) locals_.push_back({node.text, &key});
  locals_.push_back({node.text2, &item});
  const bool good = body(node, loop);
  locals_.resize(outer);
  return good;
}

bool Evaluator::body(const Node& node, Loop& loop) {
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

}  // namespace jim::detail
