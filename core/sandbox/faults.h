#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/sandbox/exchange.h"

namespace jim::sandbox {

/// One misbehaviour that was asked for. README.md describes the format.
struct Fault {
  std::string vendor = {};  ///< empty: any
  std::string method = "*";
  std::string path = "*";  ///< with globs; `*` alone is any path
  Json match = nullptr;    ///< attributes the request must have, with globs
  int times = 1;           ///< how often still; -1: always
  int after = 0;           ///< how many fitting requests pass before
  std::string action = {};
  int status = 500;
  bool after_effect = false;
  Json body = nullptr;
  int retry_after = 1;
  int milliseconds = 1000;
  double factor = 10;
};

/// The faults still to come.
class Faults {
 public:
  /// Adds a list of faults. Fails with invalid_config, and then adds none.
  Result<void> add(const Json& list);
  /// The fault that this request meets, used up by it.
  std::optional<Fault> take(const Request& request);
  void clear() { faults_.clear(); }
  bool empty() const { return faults_.empty(); }

 private:
  std::vector<Fault> faults_ = {};
};

/// True when `text` fits `pattern` (`*`, `?` and `[...]`; `*` does not pass a slash).
bool fits(const std::string& pattern, const std::string& text);
/// True when each entry of `match` fits the value of the same name in `data`.
bool fits_all(const Json& match, const Json& data);

}  // namespace jim::sandbox
