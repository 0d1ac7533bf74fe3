#pragma once

#include <string_view>

namespace jim {

/// A reference page of `jim explain`: `file`, `state`, `manifest`, `scenario`; nullptr when there
/// is none of that name.
const char* reference_page(std::string_view name);

}  // namespace jim
