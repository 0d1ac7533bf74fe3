#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/sandbox/json.h"

namespace jim::sandbox {

/// One thing that an emulated vendor keeps.
struct Object {
  std::uint64_t number = 0;  ///< never given twice, and rising: the order of creation
  std::string id = {};
  Json data = {};  ///< what is kept; how it looks on the wire is the vendor's matter
  std::vector<std::string> keys = {};  ///< the indexes it is in, such as `project:proj_sandbox`

  // The object as the wire has it, kept until time or another object changes it.
  mutable std::string text = {};
  mutable std::int64_t text_until = 0;
  mutable std::uint64_t text_epoch = 0;
};

}  // namespace jim::sandbox
