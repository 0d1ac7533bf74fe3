#pragma once

#include <string>

#include "core/base/result.h"

namespace jim {

/// A state that is not what it should be, and the way out; the code is `io`.
Diagnostic damaged_state(const std::string& place, const std::string& why);

}  // namespace jim
