#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/resource/risk.h"
#include "core/value/value.h"

namespace jim {

/// The kinds of values an attribute takes: `string`, `list(integer)`, `map(any)`...
struct AttributeType {
  enum class Kind { any, string, integer, number, boolean, list, map };
  Kind kind = Kind::any;
  std::shared_ptr<const AttributeType> element = {};  ///< of a list or map; null: any

  std::string text() const;
  /// A value of this type that is known only after apply.
  Value unknown() const;
  bool operator==(const AttributeType& other) const;
};

/// Reads `string`, `list(string)`, ...; nullopt when it is no type.
std::optional<AttributeType> parse_attribute_type(std::string_view text);

/// Converts `value` to `type` where nothing is lost (5 to "5", "5" to 5, "true" to true); null
/// passes, and an unknown value unless it promises a kind that never fits. nullopt when it does not
/// fit.
std::optional<Value> convert(const Value& value, const AttributeType& type);

/// One named value of a resource type.
struct Attribute {
  std::string name = {};
  AttributeType type = {};
  std::string description = {};
  std::string example = {};
  bool required = false;
  bool computed = false;           ///< set by the vendor; in the file only if `optional_computed`
  bool optional_computed = false;  ///< the file may set it, else the vendor does
  bool secret = false;
  bool readable = true;  ///< the API reads it back; else the last applied value is what is compared
  bool unordered = false;  ///< a list whose order means nothing
  bool ignore_case = false;
  bool trim = false;     ///< white space around a text means nothing
  bool partial = false;  ///< a map in which keys that the file does not name belong to others
  std::optional<Value> default_value = {};  ///< sent and compared when the file is silent
  std::vector<Value> allowed = {};          ///< empty: anything of the type
  bool allowed_open = false;  ///< there may be more than `allowed`: others are doubted, not refused
  Risk change = Risk::replace;  ///< what changing it costs
};

/// Whether two values are the same, or texts that the attribute takes for the same.
bool same_text(const Attribute& attribute, const Value& a, const Value& b);

/// Whether a value that is known is none of those that the attribute names. Secrets are not looked
/// at.
bool is_beyond_allowed(const Attribute& attribute, const Value& value);

/// A kind of thing that a provider can make.
struct ResourceType {
  std::string name = {};      ///< `latitude.server`
  std::string provider = {};  ///< `latitude`
  std::string description = {};
  std::vector<Attribute> attributes = {};  ///< sorted by name
  std::vector<std::string> identity =
      {};  ///< attributes that together single out an object to a person: [hostname]
  std::vector<std::string> summary = {};  ///< attributes shown on a plan line: [plan, site]
  bool adopt_only = false;                ///< racked already: never created, only taken over
  bool create_before_destroy = false;     ///< a replacement may stand beside the old one
  bool costs_money = false;
  std::string mark_field = {};  ///< where the mark goes, for people; empty: nowhere
  bool marked_at_create =
      false;  ///< the creating request carries the mark; else it is set afterwards, or never
  Risk retry =
      Risk::none;  ///< what bringing a failed object back costs; none: it is replaced instead
  Duration visible_within = {};  ///< a new object may be missing from lists for that long
  Duration expected_create = {};
  Duration expected_update = {};

  const Attribute* attribute(std::string_view attribute_name) const;
};

}  // namespace jim
