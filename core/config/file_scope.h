#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/config/config.h"
#include "core/config/expand.h"
#include "core/value/expression.h"

namespace jim {

/// The outermost names of a config: `var` and `env`, and the files next to it.
class FileScope : public Scope {
 public:
  /// Evaluates the file's variables; each may use `env` and the others, but not in a circle. `env`
  /// values are secret. A variable with a mistake is unknown.
  FileScope(const Config& config, const Files& files, const Surroundings& surroundings,
            Diagnostics& diagnostics);

  const Value* lookup(std::string_view name) const override;
  std::vector<std::string> names() const override;
  Result<std::string> read_file(const std::string& path) const override;
  Effort* effort() const override { return counts_ ? &effort_ : nullptr; }
  /// The file is read: what is evaluated from now on was bounded then, and must not fail in the
  /// middle of an apply.
  void stop_counting() { counts_ = false; }

 private:
  /// The variable's value, from outside or from the file; nothing after a mistake.
  std::optional<Value> value_of(const ConfigAttribute& variable, const Surroundings& surroundings,
                                Diagnostics& diagnostics) const;

  std::string root_;
  const Files& files_;
  Value env_ = {};
  Value var_ = {};
  mutable Effort effort_ = {};
  bool counts_ = true;
};

}  // namespace jim
