#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/render/paint.h"
#include "core/base/clock.h"
#include "core/plan/change.h"

namespace jim {

/// A change that is under way.
struct RunningChange {
  std::string address = {};
  Action action = Action::no_op;
  std::string what = {};  ///< what it waits for: `status: deploying`
  Duration elapsed = {};
  Duration expected = {};  ///< zero: not known
};

/// An apply at one moment.
struct ProgressState {
  std::vector<RunningChange> running = {};  ///< in the order in which they started
  std::size_t done = 0;
  std::size_t total = 0;
  Duration elapsed = {};
  bool stopping = false;
};

/// What a display may take.
struct ProgressSize {
  std::size_t width = 80;   ///< columns; no line is longer
  std::size_t height = 10;  ///< lines at most
};

/// The running changes, one line each, and a last line with the counts:
///
///       +   web[0]  create  status: deploying  2 min 3 s of ~8 min
///       +   web[1]  create  status: deploying  2 min 3 s of ~8 min
///           and 13 more
///       12 of 40 done · 15 running · 3 min 5 s
std::vector<std::string> progress_lines(const ProgressState& state, const Paint& paint,
                                        const ProgressSize& size);

/// One line while live objects are read: `Reading live state  12 requests · 3 s`.
std::string reading_line(std::size_t requests, Duration elapsed, const Paint& paint,
                         std::size_t width);

}  // namespace jim
