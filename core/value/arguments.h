#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/value/functions.h"
#include "core/value/value.h"

namespace jim::detail {

Diagnostic function_error(std::string message, std::string hint = {});

/// A function's arguments with their kinds checked. The first wrong one is kept as the error, and
/// something empty is given for it: ask for all, then look once whether all were right.
class Arguments {
 public:
  explicit Arguments(const std::vector<Value>& values) : values_(values) {}
  /// All asked for so far were of the right kind.
  explicit operator bool() const { return good_; }
  const Diagnostic& error() const { return error_; }

  std::size_t size() const { return values_.size(); }
  bool has(std::size_t i) const { return i < values_.size(); }
  const Value& value(std::size_t i) const { return values_[i]; }
  /// A string; a number or boolean as its text.
  std::string text(std::size_t i);
  std::int64_t integer(std::size_t i);
  double number(std::size_t i);
  const ValueList& list(std::size_t i);
  const ValueMap& map(std::size_t i);
  /// A list of which every element is a string, number or boolean.
  std::vector<std::string> texts(std::size_t i);

 private:
  void wrong(std::size_t i, std::string_view expected);

  const std::vector<Value>& values_;
  Diagnostic error_ = {};
  bool good_ = true;
};

/// The text of a string, number or boolean into `out`; false for anything else.
bool plain_text(const Value& value, std::string& out);
/// Equal values have equal keys, 1 and 1.0 too.
std::string identity_key(const Value& value);
ValueList text_list(const std::vector<std::string>& texts);

using Functions = std::vector<Function>;
void add_number_functions(Functions& all);
void add_text_functions(Functions& all);
void add_format_functions(Functions& all);
void add_regex_functions(Functions& all);
void add_list_functions(Functions& all);
void add_set_functions(Functions& all);
void add_map_functions(Functions& all);
void add_encoding_functions(Functions& all);
void add_csv_functions(Functions& all);
void add_yaml_functions(Functions& all);
void add_digest_functions(Functions& all);
void add_network_functions(Functions& all);
void add_file_functions(Functions& all);
void add_type_functions(Functions& all);
void add_time_functions(Functions& all);

}  // namespace jim::detail
