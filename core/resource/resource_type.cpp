#include "core/resource/resource_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/base/text.h"
#include "core/value/json.h"

namespace jim {

namespace {

using Kind = AttributeType::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 7> kWords = {{
    {Kind::any, "any"},
    {Kind::string, "string"},
    {Kind::integer, "integer"},
    {Kind::number, "number"},
    {Kind::boolean, "boolean"},
    {Kind::list, "list"},
    {Kind::map, "map"},
}};

const AttributeType& element_of(const AttributeType& type) {
  static const AttributeType any;
  return type.element ? *type.element : any;
}

std::optional<Value> to_string(const Value& value) {
  if (value.is_string()) return value;
  if (value.is_bool()) return Value(value.as_bool() ? "true" : "false");
  if (value.is_number()) return Value(to_json(value, {.reveal_secrets = true}));
  return std::nullopt;
}

/// The number that a text spells out, and nothing else.
std::optional<Value> spelled_number(const std::string& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !(is_digit(text.front()) || text.front() == '-') || !is_digit(text.back()))
    return std::nullopt;
  const Result<Value> value = parse_json(text, {.depth = 1});
  if (!value || !value->is_number()) return std::nullopt;
  return *value;
}

std::optional<Value> to_number(const Value& value) {
  if (value.is_number()) return value;
  if (value.is_string()) return spelled_number(value.as_string());
  return std::nullopt;
}

std::optional<Value> to_integer(const Value& value) {
  std::optional<Value> number = to_number(value);
  if (!number || number->is_integer()) return number;
  const double whole = number->as_number();
  constexpr double kBound = 9007199254740992.0;  // 2^53: beyond it a double has no single integer
  if (std::trunc(whole) != whole || std::abs(whole) > kBound) return std::nullopt;
  return Value(static_cast<std::int64_t>(whole));
}

std::optional<Value> to_boolean(const Value& value) {
  if (value.is_bool()) return value;
  if (!value.is_string()) return std::nullopt;
  if (value.as_string() == "true") return Value(true);
  if (value.as_string() == "false") return Value(false);
  return std::nullopt;
}

std::optional<Value> to_list(const Value& value, const AttributeType& element) {
  if (!value.is_list()) return std::nullopt;
  if (element.kind == Kind::any) return value;
  ValueList items;
  items.reserve(value.as_list().size());
  for (const Value& item : value.as_list()) {
    std::optional<Value> converted = convert(item, element);
    if (!converted) return std::nullopt;
    items.push_back(std::move(*converted));
  }
  return Value(std::move(items));
}

std::optional<Value> to_map(const Value& value, const AttributeType& element) {
  if (!value.is_map()) return std::nullopt;
  if (element.kind == Kind::any) return value;
  ValueMap entries;
  for (const auto& [key, item] : value.as_map()) {
    std::optional<Value> converted = convert(item, element);
    if (!converted) return std::nullopt;
    entries.set(key, std::move(*converted));
  }
  return Value(std::move(entries));
}

std::optional<Value> convert_known(const Value& value, const AttributeType& type) {
  switch (type.kind) {
    case Kind::any:
      return value;
    case Kind::string:
      return to_string(value);
    case Kind::integer:
      return to_integer(value);
    case Kind::number:
      return to_number(value);
    case Kind::boolean:
      return to_boolean(value);
    case Kind::list:
      return to_list(value, element_of(type));
    case Kind::map:
      return to_map(value, element_of(type));
  }
  return std::nullopt;
}

/// The kind that values of the type have; `unknown` when the type does not say.
Value::Kind kind_of(const AttributeType& type) {
  switch (type.kind) {
    case Kind::any:
      return Value::Kind::unknown;
    case Kind::string:
      return Value::Kind::string;
    case Kind::integer:
      return Value::Kind::integer;
    case Kind::number:
      return Value::Kind::number;
    case Kind::boolean:
      return Value::Kind::boolean;
    case Kind::list:
      return Value::Kind::list;
    case Kind::map:
      return Value::Kind::map;
  }
  return Value::Kind::unknown;
}

/// Whether some value of the kind can be converted to the type.
bool may_fit(Value::Kind promised, const AttributeType& type) {
  using Is = Value::Kind;
  if (promised == Is::unknown || promised == Is::null) return true;
  const bool number = promised == Is::integer || promised == Is::number;
  switch (type.kind) {
    case Kind::any:
      return true;
    case Kind::string:
      return promised != Is::list && promised != Is::map;
    case Kind::integer:
    case Kind::number:
      return number || promised == Is::string;
    case Kind::boolean:
      return promised == Is::boolean || promised == Is::string;
    case Kind::list:
      return promised == Is::list;
    case Kind::map:
      return promised == Is::map;
  }
  return true;
}

std::optional<Value> convert_unknown(const Value& value, const AttributeType& type) {
  if (type.kind == Kind::any) return value;
  if (!may_fit(value.promised_kind(), type)) return std::nullopt;
  return Value::unknown(kind_of(type)).as_secret(value.is_secret());
}

/// A type nested deeper than this is no type that anyone meant.
constexpr int kMaxDepth = 8;

std::optional<AttributeType> parse_type(std::string_view text, int depth) {
  text = trim(text);
  for (const auto& [kind, word] : kWords)
    if (text == word) return AttributeType{.kind = kind};
  if (depth == kMaxDepth || !text.ends_with(')')) return std::nullopt;
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view outer = text.substr(0, open);
  if (outer != "list" && outer != "map") return std::nullopt;
  auto inner = parse_type(text.substr(open + 1, text.size() - open - 2), depth + 1);
  if (!inner) return std::nullopt;
  return AttributeType{.kind = outer == "list" ? Kind::list : Kind::map,
                       .element = std::make_shared<const AttributeType>(std::move(*inner))};
}

}  // namespace

Value AttributeType::unknown() const { return Value::unknown(kind_of(*this)); }

std::string AttributeType::text() const {
  std::string word;
  for (const auto& [known, name] : kWords)
    if (known == kind) word = name;
  if (kind != Kind::list && kind != Kind::map) return word;
  return fmt::format("{}({})", word, element_of(*this).text());
}

bool AttributeType::operator==(const AttributeType& other) const {
  if (kind != other.kind) return false;
  if (kind != Kind::list && kind != Kind::map) return true;
  if (!element && !other.element) return true;
  return element_of(*this) == element_of(other);
}

std::optional<AttributeType> parse_attribute_type(std::string_view text) {
  return parse_type(text, 0);
}

std::optional<Value> convert(const Value& value, const AttributeType& type) {
  if (value.is_null()) return value;
  if (value.is_unknown()) return convert_unknown(value, type);
  std::optional<Value> converted = convert_known(value, type);
  if (converted && value.is_secret() && !converted->is_secret()) converted = converted->as_secret();
  return converted;
}

bool is_beyond_allowed(const Attribute& attribute, const Value& value) {
  if (attribute.allowed.empty() || value.is_null() || value.has_unknown() || value.has_secret())
    return false;
  const auto& allowed = attribute.allowed;
  return std::find(allowed.begin(), allowed.end(), value) == allowed.end();
}

bool same_text(const Attribute& attribute, const Value& a, const Value& b) {
  if (!a.is_string() || !b.is_string()) return a == b;
  const auto plain = [&](const Value& value) {
    const std::string& text = value.as_string();
    const std::string bare(attribute.trim ? trim(text) : std::string_view(text));
    return attribute.ignore_case ? lower(bare) : bare;
  };
  return plain(a) == plain(b);
}

const Attribute* ResourceType::attribute(std::string_view attribute_name) const {
  const auto found = std::lower_bound(
      attributes.begin(), attributes.end(), attribute_name,
      [](const Attribute& attribute, std::string_view wanted) { return attribute.name < wanted; });
  return found != attributes.end() && found->name == attribute_name ? &*found : nullptr;
}

}  // namespace jim
