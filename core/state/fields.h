#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.h"

namespace jim {

/// Writes the fields of one of our own formats, and only what is not the default: most are short.
class FieldWriter {
 public:
  void text(const char* name, const std::string& value);
  void list(const char* name, const std::vector<std::string>& value);
  void flag(const char* name, bool value);
  void map(const char* name, const ValueMap& value);
  void value(const char* name, Value value);
  Value take();

 private:
  std::vector<ValueMap::Entry> entries_ = {};
};

/// Reads fields of a map and remembers the first that is not what it should be, or that nobody
/// asked for. `value` outlives it.
class FieldReader {
 public:
  explicit FieldReader(const Value& value);
  void text(std::string_view name, std::string& out);
  void flag(std::string_view name, bool& out);
  void number(std::string_view name, std::int64_t& out);
  void map(std::string_view name, ValueMap& out);
  void list(std::string_view name, std::vector<std::string>& out);
  const Value* child(std::string_view name);
  /// Empty when everything was understood.
  std::string finish();

 private:
  const Value* take(std::string_view name, Value::Kind kind);
  void fail(std::string_view name);

  const Value& value_;
  std::size_t seen_ = 0;
  std::string wrong_ = {};
};

}  // namespace jim
