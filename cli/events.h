#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/value/value.h"

namespace jim {

/// Newline-delimited JSON about what happens, for `--events FILE`. Each line has `event`, `time`
/// to the millisecond, and `run`, which is the same for all lines of one run. Holds no secret.
class Events {
 public:
  explicit Events(const Clock& clock) : clock_(clock) {}
  /// Appends to the file; fails with io when it does not open.
  Result<void> open(const std::string& path);
  void write(const std::string& event, ValueMap fields);
  /// Fails with io when not every event could be written.
  Result<void> close();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const Clock& clock_;
  std::string run_ = {};
  std::unique_ptr<std::FILE, Close> file_ = {};
  std::string path_ = {};
  int failure_ = 0;  ///< the system's number for the first one
};

}  // namespace jim
