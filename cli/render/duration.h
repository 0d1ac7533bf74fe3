#pragma once

#include <string>

#include "core/base/clock.h"

namespace jim {

/// A time span for people: `40 ms`, `1.2 s`, `35 s`, `8 min 20 s`, `2 h 5 min`.
std::string duration_text(Duration time);

}  // namespace jim
