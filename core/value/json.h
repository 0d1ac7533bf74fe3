#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

/// Bounds of a JSON text: a value takes some eighty bytes, however short its text.
struct JsonLimits {
  int depth = 64;
  std::size_t values = 10'000'000;
};

/// Reads one JSON text (RapidJSON underneath). Integers that fit 64 bits stay integers. Fails with
/// `invalid_config`, naming line and column, on malformed text, text beyond `limits`, or text after
/// the end.
Result<Value> parse_json(std::string_view text, const JsonLimits& limits = {});

/// How values are written.
struct JsonStyle {
  int indent = 0;  ///< 0: one line without spaces; else the spaces per level
  /// What stands for a secret; the default is the string "(sensitive)".
  std::function<Value(const Value&)> secret = {};
  bool reveal_secrets = false;  ///< for request bodies only
};

/// Canonical JSON: keys sorted, shortest numbers that read back the same, UTF-8 as it is (bytes
/// that are not UTF-8 replaced). An unknown is written as null.
std::string to_json(const Value& value, const JsonStyle& style = {});

}  // namespace jim
