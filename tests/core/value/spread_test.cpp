#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/value/functions.h"
#include "core/value/json.h"
#include "core/value/node.h"
#include "tests/core/value/evaluate.h"

namespace jim {
namespace {

constexpr const char* kHush = "hush-7391";

/// A call of a function with good arguments, which the scope holds as a0, a1...
struct Call {
  std::string text = {};
  std::vector<Value> arguments = {};
};

/// The call of `function` inside its documented example.
const detail::Node* find_call(const detail::Node& node, const Function& function) {
  if (node.function == &function) return &node;
  for (const detail::Node& child : node.children)
    if (const detail::Node* found = find_call(child, function)) return found;
  return nullptr;
}

Call call_of(const Function& function) {
  // Files exist only in this test, so their examples are of one that is missing.
  static const std::map<std::string, Call> kOfFiles = {
      {"file", {"file(a0)", {"hello.tpl"}}},
      {"filebase64", {"filebase64(a0)", {"hello.tpl"}}},
      {"fileexists", {"fileexists(a0)", {"hello.tpl"}}},
      {"templatefile",
       {"templatefile(a0, a1)", {"hello.tpl", ValueMap::from_entries({{"name", Value("x")}})}}}};
  if (const auto found = kOfFiles.find(function.name); found != kOfFiles.end())
    return found->second;
  const auto parsed = detail::parse_bare(function.example, {});
  const detail::Node* node = parsed ? find_call(parsed->root, function) : nullptr;
  if (node == nullptr) return {};
  Call call;
  for (const detail::Node& child : node->children) {
    const auto value = detail::evaluate({.root = child}, MapScope({}));
    call.text += fmt::format("{}a{}", call.text.empty() ? "" : ", ", call.arguments.size());
    call.arguments.push_back(value ? *value : Value());
  }
  call.text = function.name + "(" + call.text + ")";
  return call;
}

Result<Value> evaluate_with(const Call& call, std::size_t place, const Value& instead) {
  ExampleScope scope;
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    scope.set(fmt::format("a{}", i), i == place ? instead : call.arguments[i]);
  const auto parsed = Template::parse_expression(call.text, {"f", 1, 1});
  return parsed ? parsed->evaluate(scope) : parsed.error();
}

/// Calls `check` for every argument of every function.
template <class Check>
void for_each_argument(Check check) {
  for (const Function& function : functions()) {
    const Call call = call_of(function);
    ASSERT_FALSE(call.arguments.empty()) << function.name;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      SCOPED_TRACE(fmt::format("{}, argument {}", call.text, i));
      check(function, call, i);
    }
  }
}

TEST(SpreadTest, ASecretArgumentMakesEveryFunctionsResultSecret) {
  // These two say what is secret, or take secrecy away, and that is all they are for.
  const std::set<std::string> exceptions = {"issensitive", "nonsensitive", "can"};
  for_each_argument([&](const Function& function, const Call& call, std::size_t i) {
    const auto plain = evaluate_with(call, i, call.arguments[i]);
    ASSERT_TRUE(plain) << plain.error().message;
    const auto value = evaluate_with(call, i, call.arguments[i].as_secret());
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(*value, *plain);
    // `try` takes its first good argument and never looks at the others.
    const bool looked_at = function.name != "try" || i == 0;
    EXPECT_EQ(value->is_secret(), looked_at && !exceptions.contains(function.name));
  });
}

/// `value` with its first scalar replaced; nothing when it holds none.
std::optional<Value> with_first_inside(const Value& value, const Value& instead) {
  if (value.is_list() && !value.as_list().empty()) {
    ValueList items = value.as_list();
    items[0] = instead;
    return items;
  }
  if (value.is_map() && !value.as_map().empty()) {
    ValueMap map = value.as_map();
    map.set(map.begin()->first, instead);
    return map;
  }
  return std::nullopt;
}

TEST(SpreadTest, ASecretInsideAnArgumentIsNeverLost) {
  for_each_argument([&](const Function& function, const Call& call, std::size_t i) {
    if (function.lazy) return;
    const Value& argument = call.arguments[i];
    const Value first = argument.is_list() && !argument.as_list().empty() ? argument.as_list()[0]
                        : argument.is_map() && !argument.as_map().empty()
                            ? argument.as_map().begin()->second
                            : Value();
    const auto inside = with_first_inside(argument, first.as_secret());
    if (!inside) return;
    const auto value = evaluate_with(call, i, *inside);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_TRUE(value->has_secret());
  });
}

TEST(SpreadTest, AnUnknownArgumentMakesEveryFunctionsResultUnknown) {
  for_each_argument([&](const Function& function, const Call& call, std::size_t i) {
    const auto value = evaluate_with(call, i, Value::unknown());
    ASSERT_TRUE(value) << value.error().message;
    if (function.name == "issensitive") {  // its answer does not wait for the value
      EXPECT_EQ(*value, Value(false));
    } else if (function.name == "try" && i > 0) {
      EXPECT_EQ(*value, call.arguments[0]);
    } else {
      EXPECT_TRUE(value->is_unknown());
    }
    const auto secret = evaluate_with(call, i, Value::unknown().as_secret());
    ASSERT_TRUE(secret) << secret.error().message;
    const bool kept = function.name != "nonsensitive" && function.name != "issensitive" &&
                      function.name != "can" && (function.name != "try" || i == 0);
    EXPECT_EQ(secret->is_secret(), kept);
  });
}

TEST(SpreadTest, AnUnknownInsideAnArgumentIsWaitedForOrMovedAlong) {
  for_each_argument([&](const Function& function, const Call& call, std::size_t i) {
    if (function.lazy) return;
    const auto inside = with_first_inside(call.arguments[i], Value::unknown());
    if (!inside) return;
    const auto value = evaluate_with(call, i, *inside);
    if (!function.structural) {
      ASSERT_TRUE(value) << value.error().message;
      EXPECT_TRUE(value->is_unknown());
    } else if (value) {
      const auto known = evaluate_with(call, i, call.arguments[i]);
      EXPECT_TRUE(value->has_unknown() || *value == *known) << to_json(*value);
    } else {
      EXPECT_EQ(value.error().where, (SourceLocation{"f", 1, 1}));
    }
  });
}

TEST(SpreadTest, NoFunctionSaysASecretInItsError) {
  const std::vector<Value> secrets = {Value(kHush), ValueList{Value(kHush)},
                                      ValueMap::from_entries({{kHush, Value(kHush)}})};
  for_each_argument([&](const Function&, const Call& call, std::size_t i) {
    for (const Value& secret : secrets) {
      const auto value = evaluate_with(call, i, secret.as_secret());
      if (value) continue;
      EXPECT_EQ(value.error().message.find(kHush), std::string::npos) << value.error().message;
      EXPECT_EQ(value.error().hint.find(kHush), std::string::npos) << value.error().hint;
    }
  });
}

struct Operation {
  const char* text;
  Value a;
  Value b;
};

const std::vector<Operation>& operations() {
  static const Value kMap = ValueMap::from_entries({{"k", Value(1)}});
  static const Value kList = ValueList{Value(1), Value(2)};
  static const std::vector<Operation> kAll = {
      {"a + b", 1, 2},
      {"a - b", 1, 2},
      {"a * b", 1, 2},
      {"a / b", 1, 2},
      {"a % b", 1, 2},
      {"a < b", 1, 2},
      {"a <= b", 1, 2},
      {"a > b", 1, 2},
      {"a >= b", 1, 2},
      {"a == b", 1, 2},
      {"a != b", 1, 2},
      {"a && b", true, true},
      {"a || b", false, false},
      {"a ?? b", nullptr, 2},
      {"-a + b", 1, 2},
      {"!a != b", true, true},
      {"a ? b : 0", true, 1},
      {"a[b]", kList, 1},
      {"a[b]", kMap, "k"},
      {"a.k + b", kMap, 1},
      {"[for x in a : x + b][0]", kList, 1},
      {"[for x in a : x if x > b][0]", kList, 1},
      {"[for x in a : b][0]", kList, 1},
      {"a[*] == b", kList, kList},
      {"a[*].k == b", ValueList{kMap}, kList},
      {"\"${a}${b}\"", "x", "y"},
      {"[a, b] == 1", 1, 2},
      {"{k: a, l: b} == 1", 1, 2},
      {"{(a): 1, (b): 2}", "x", "y"},
      {"{for k, v in a : k => b}[\"k\"]", kMap, 1},
      {"{for x in a : tostring(x) => 1}[b]", kList, "1"},
  };
  return kAll;
}

Result<Value> operate(const Operation& operation, const Value& a, const Value& b) {
  MapScope scope({});
  scope.set("a", a);
  scope.set("b", b);
  const auto parsed = Template::parse_expression(operation.text, {"f", 1, 1});
  return parsed ? parsed->evaluate(scope) : parsed.error();
}

TEST(SpreadTest, ASecretOnEitherSideMakesEveryOperatorsResultSecret) {
  for (const Operation& operation : operations()) {
    SCOPED_TRACE(operation.text);
    const auto plain = operate(operation, operation.a, operation.b);
    const auto left = operate(operation, operation.a.as_secret(), operation.b);
    const auto right = operate(operation, operation.a, operation.b.as_secret());
    ASSERT_TRUE(plain) << plain.error().message;
    ASSERT_TRUE(left) << left.error().message;
    ASSERT_TRUE(right) << right.error().message;
    EXPECT_FALSE(plain->is_secret());
    EXPECT_TRUE(left->is_secret());
    EXPECT_TRUE(right->is_secret());
    EXPECT_EQ(*left, *plain);
    EXPECT_EQ(*right, *plain);
  }
}

TEST(SpreadTest, AnUnknownOnEitherSideMakesEveryOperatorsResultUnknown) {
  for (const Operation& operation : operations()) {
    SCOPED_TRACE(operation.text);
    const auto left = operate(operation, Value::unknown(), operation.b);
    const auto right = operate(operation, operation.a, Value::unknown());
    ASSERT_TRUE(left) << left.error().message;
    ASSERT_TRUE(right) << right.error().message;
    EXPECT_TRUE(left->is_unknown());
    EXPECT_TRUE(right->is_unknown());
  }
}

TEST(SpreadTest, WhatIsUnknownAndSecretStaysBoth) {
  for (const Operation& operation : operations()) {
    SCOPED_TRACE(operation.text);
    const auto value = operate(operation, Value::unknown().as_secret(), operation.b);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_TRUE(value->is_unknown() && value->is_secret());
  }
}

}  // namespace
}  // namespace jim
