#pragma once

#include <optional>
#include <string>

#include "core/provider/manifest.h"
#include "core/resource/object.h"

namespace jim {

/// The object that the vendor's reply `it` shows; nullopt when the manifest says that it does not
/// exist (`exists`). Fails with `unavailable` when it has no id. `parent`: null, or the id of the
/// object it was listed below.
Result<std::optional<Object>> read_object(const TypeSpec& spec, const Value& it,
                                          const Value& config, const Value& parent);

/// The id alone; empty when there is none.
std::string read_id(const TypeSpec& spec, const Value& it, const Value& config,
                    const Value& parent);

/// How far `it` is, in `status`, `readiness` and `problem` of the object.
void read_readiness(const TypeSpec& spec, const Scope& scope, Object& object);

}  // namespace jim
