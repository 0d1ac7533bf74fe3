#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/value/expression.h"
#include "core/value/value.h"

namespace jim {

/// A pure function of the expression language. `jim explain functions` prints the table.
struct Function {
  std::string name = {};
  std::string signature = {};  ///< `join(separator, list)`
  std::string summary = {};    ///< one sentence: what it gives
  std::string example = {};    ///< `join("-", ["a", "b"])`
  std::string result = {};     ///< what the example gives, as JSON; a test evaluates every one
  int min_arguments = 0;
  int max_arguments = 0;  ///< -1: any number
  /// Gets arguments that are all known; the evaluator has dealt with unknown and secret. Errors
  /// without a place. nullptr when `lazy`.
  Result<Value> (*call)(const std::vector<Value>& arguments, const Scope& scope) = nullptr;
  bool structural = false;  ///< moves elements without looking inside: these may be unknown
  bool searches = false;    ///< by a pattern, which takes time by the square of the text's size
  bool lazy = false;  ///< the evaluator itself runs it, since it asks how an argument evaluates
};

/// All functions, sorted by name.
const std::vector<Function>& functions();
/// The function called `name`, or nullptr.
const Function* find_function(std::string_view name);

/// What yamldecode() reads with. Only core/config knows YAML and hands its reader in here, once, at
/// the start.
using YamlDecoder = Result<Value> (*)(std::string_view text);
void set_yaml_decoder(YamlDecoder decoder);

}  // namespace jim
