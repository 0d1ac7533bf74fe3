#include "core/state/damage.h"

#include <fmt/format.h>

namespace jim {

Diagnostic damaged_state(const std::string& place, const std::string& why) {
  const bool is_file = place.find("://") == std::string::npos;
  return {
      .code = ErrorCode::io,
      .message = fmt::format("the state {} is damaged: {}", place, why),
      .hint = is_file
                  ? fmt::format("move it away (mv {0} {0}.damaged), then 'jim state rebuild' "
                                "makes it anew from the marks on the objects",
                                place)
                  : "name another, empty place by 'state:' of the file, then 'jim state rebuild' "
                    "makes it anew there from the marks on the objects"};
}

}  // namespace jim
