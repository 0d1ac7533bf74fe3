#pragma once

#include <map>
#include <string>

#include "core/resource/resource_type.h"
#include "core/value/value.h"

namespace jim {

/// A JSON Schema (draft 7, which editors know best) of the file, with every attribute of these
/// types, so that an editor completes and checks while one types. Where jim takes a value, the
/// schema also takes an expression. Types that it does not know, such as those of a user's own
/// manifest, pass.
Value config_schema(const std::map<std::string, const ResourceType*>& types);

}  // namespace jim
