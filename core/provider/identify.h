#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/resource/intent.h"
#include "core/resource/object.h"
#include "core/resource/resource_type.h"

namespace jim {

/// Finds among `objects` the one that the request of `intent` made: by the id we chose, else by
/// mark, else (marks that come after) the one that was not listed before, carries no mark and has
/// the request's own fields. Leaves out those that are not `free`, if given. Returns its index;
/// nullopt when it is not there. Fails with `ambiguous`, naming all, when several fit.
Result<std::optional<std::size_t>> identify(const ResourceType& type, const Intent& intent,
                                            const std::vector<Object>& objects,
                                            const std::function<bool(const Object&)>& free = {});

/// Whether `object` could be what a request with these attributes made, as far as it shows them.
bool resembles(const ResourceType& type, const ValueMap& fields, const Object& object);

/// Whether `object` has the mark that the intent's request carried; true where it carried none.
/// Even an id of our choice may be another's object when it is no fresh one.
bool carries_mark(const ResourceType& type, const Intent& intent, const Object& object);

}  // namespace jim
