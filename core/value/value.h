#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace jim {

class Value;

/// Names to values, sorted by name, kept in one block of memory.
class ValueMap {
 public:
  using Entry = std::pair<std::string, Value>;
  /// The value of `key`, or nullptr.
  const Value* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// The map of entries in any order; of two equal keys the later one counts.
  static ValueMap from_entries(std::vector<Entry> entries);
  /// Adds or replaces.
  void set(std::string key, Value value);
  void erase(std::string_view key);
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::vector<Entry>::const_iterator begin() const;
  std::vector<Entry>::const_iterator end() const;
  bool operator==(const ValueMap& other) const;

 private:
  std::vector<Entry> entries_;  // no initializer: Value is incomplete here, which clang refuses
};

using ValueList = std::vector<Value>;

/// A JSON value that may also be unknown (until applied) and may be secret. Immutable once made;
/// lists and maps are shared between copies, so a copy is cheap whatever its size. Not for use by
/// several threads at once.
class Value {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, number, string, list, map, unknown };

  Value() = default;  ///< null
  Value(std::nullptr_t) {}
  Value(bool value) : content_(value) {}
  Value(int value) : content_(std::int64_t{value}) {}
  Value(std::int64_t value) : content_(value) {}
  Value(double value) : content_(value) {}
  Value(std::string value) : content_(std::move(value)) {}
  Value(std::string_view value) : content_(std::string(value)) {}
  Value(const char* value) : content_(std::string(value)) {}
  Value(ValueList value) : content_(std::make_shared<const ValueList>(std::move(value))) {}
  Value(ValueMap value);
  /// A value that is known only after apply. `promised` is the kind it will have, or null; when no
  /// more can be said, it is `unknown`.
  static Value unknown(Kind promised = Kind::unknown);

  Kind kind() const { return static_cast<Kind>(content_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_integer() const { return kind() == Kind::integer; }
  /// An integer or a number with a fraction.
  bool is_number() const { return kind() == Kind::integer || kind() == Kind::number; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }
  bool is_unknown() const { return kind() == Kind::unknown; }
  /// This value, or anything inside it, is unknown.
  bool has_unknown() const;
  /// What kind it is, and for an unknown value what kind it is going to be, if that is known.
  Kind promised_kind() const;
  /// The same unknown value without the promise: for what is made of it by an operator.
  Value without_promise() const { return Value::unknown().as_secret(secret_); }

  /// The content; the kind must be the one asked for.
  bool as_bool() const { return std::get<bool>(content_); }
  std::int64_t as_integer() const { return std::get<std::int64_t>(content_); }
  /// Any number as a double.
  double as_number() const;
  const std::string& as_string() const { return std::get<std::string>(content_); }
  const ValueList& as_list() const;
  const ValueMap& as_map() const;
  /// The entry `key` of a map; nullptr when this is no map or has none.
  const Value* get(std::string_view key) const;

  /// Marked secret itself. A secret prints as `(sensitive)` and never reaches state, plan or log in
  /// clear.
  bool is_secret() const { return secret_; }
  /// This value, or anything inside it, is secret.
  bool has_secret() const;
  /// The same value, marked secret (also when `yes` is false but it was secret before).
  Value as_secret(bool yes = true) const;

  /// Equal content; secrecy does not count. 1 and 1.0 are equal. Unknown equals nothing but
  /// unknown.
  bool operator==(const Value& other) const;

 private:
  struct Unknown {
    Kind promised = Kind::unknown;
    bool operator==(const Unknown&) const { return true; }
  };
  std::variant<std::monostate, bool, std::int64_t, double, std::string,
               std::shared_ptr<const ValueList>, std::shared_ptr<const ValueMap>, Unknown>
      content_ = {};
  bool secret_ = false;
};

/// `a string`, `a list`, `an integer`...: the kind as an error message says it.
const char* kind_name(Value::Kind kind);

}  // namespace jim
