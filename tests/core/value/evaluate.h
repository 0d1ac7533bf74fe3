#pragma once

#include <string>
#include <string_view>

#include "core/value/expression.h"

namespace jim {

/// The scope of the expression tests: machines, a map, a null, a secret, an unknown, and one file.
class ExampleScope : public MapScope {
 public:
  ExampleScope();
  Result<std::string> read_file(const std::string& path) const override;
};

/// What a text evaluates to, as JSON; `unknown` for an unknown; ` (secret)` behind a secret. An
/// error as `jim.yaml:3:5: message | hint`. The text starts at line 3, column 5.
std::string show(std::string_view text);

}  // namespace jim
