#include <charconv>
#include <cmath>

#include "core/value/arguments.h"

namespace jim::detail {

namespace {

using Values = std::vector<Value>;

Result<Value> to_text(const Values& values, const Scope&) {
  if (values[0].is_null()) return Value();
  Arguments in(values);
  std::string text = in.text(0);
  if (!in) return in.error();
  return Value(std::move(text));
}

Result<Value> to_number(const Values& values, const Scope&) {
  const Value& value = values[0];
  if (value.is_number() || value.is_null()) return value;
  if (!value.is_string())
    return function_error(std::string("argument 1 must be a number or a text of one, found ") +
                          kind_name(value.kind()));
  const std::string& text = value.as_string();
  const char* const last = text.data() + text.size();
  std::int64_t integer = 0;
  const auto whole = std::from_chars(text.data(), last, integer);
  if (whole.ec == std::errc() && whole.ptr == last) return Value(integer);
  double number = 0;
  const auto real = std::from_chars(text.data(), last, number);
  if (real.ec == std::errc() && real.ptr == last && std::isfinite(number)) return Value(number);
  return function_error("\"" + text + "\" is not a number");
}

Result<Value> to_bool(const Values& values, const Scope&) {
  const Value& value = values[0];
  if (value.is_bool() || value.is_null()) return value;
  if (value.is_string() && value.as_string() == "true") return Value(true);
  if (value.is_string() && value.as_string() == "false") return Value(false);
  return function_error("argument 1 must be true, false or the text of one");
}

Result<Value> to_list(const Values& values, const Scope&) {
  if (values[0].is_list()) return values[0];
  return function_error(
      std::string("argument 1 must be a list, found ") + kind_name(values[0].kind()),
      "the values of a map come from values()");
}

Result<Value> to_map(const Values& values, const Scope&) {
  if (values[0].is_map()) return values[0];
  return function_error(std::string("argument 1 must be a map, found ") +
                        kind_name(values[0].kind()));
}

Result<Value> type_name(const Values& values, const Scope&) {
  switch (values[0].kind()) {
    case Value::Kind::null:
      return Value("null");
    case Value::Kind::boolean:
      return Value("bool");
    case Value::Kind::integer:
    case Value::Kind::number:
      return Value("number");
    case Value::Kind::string:
      return Value("string");
    case Value::Kind::list:
      return Value("list");
    case Value::Kind::map:
      return Value("map");
    case Value::Kind::unknown:
      break;
  }
  return Value::unknown();
}

Function lazy(std::string name, std::string signature, std::string summary, std::string example,
              std::string result, int most) {
  return {std::move(name),
          std::move(signature),
          std::move(summary),
          std::move(example),
          std::move(result),
          1,
          most,
          nullptr,
          false,
          false,
          true};
}

}  // namespace

void add_type_functions(Functions& all) {
  all.push_back(lazy("can", "can(expression)",
                     "Whether the expression gives a value rather than an error.", "can({a: 1}.b)",
                     "false", 1));
  all.push_back(lazy("issensitive", "issensitive(value)",
                     "Whether the value, or anything inside it, is secret.",
                     R"(issensitive(sensitive("a")))", "true", 1));
  all.push_back(lazy("nonsensitive", "nonsensitive(value)", "The value, no longer secret.",
                     R"(nonsensitive(sensitive("a")))", R"("a")", 1));
  all.push_back(lazy("sensitive", "sensitive(value)",
                     "The value as a secret, which is never shown or stored.",
                     R"(nonsensitive(sensitive(1)))", "1", 1));
  all.push_back(lazy("try", "try(expression, ...)",
                     "The first of the expressions that gives a value rather than an error.",
                     R"(try({a: 1}.b, "none"))", R"("none")", -1));
  all.push_back({"tobool", "tobool(value)", "A boolean from a boolean or its text.",
                 R"(tobool("true"))", "true", 1, 1, to_bool});
  all.push_back({"tolist", "tolist(value)", "The value, which must be a list.", "tolist([1])",
                 "[1]", 1, 1, to_list, true});
  all.push_back({"tomap", "tomap(value)", "The value, which must be a map.", "tomap({a: 1})",
                 R"({"a":1})", 1, 1, to_map, true});
  all.push_back({"tonumber", "tonumber(value)", "A number from a number or its text.",
                 R"(tonumber("2.5"))", "2.5", 1, 1, to_number});
  all.push_back({"tostring", "tostring(value)", "A text from a text, number or boolean.",
                 "tostring(8)", R"("8")", 1, 1, to_text});
  all.push_back({"type", "type(value)",
                 "The kind of the value: null, bool, number, string, list or map.", "type([1])",
                 R"("list")", 1, 1, type_name, true});
}

}  // namespace jim::detail
