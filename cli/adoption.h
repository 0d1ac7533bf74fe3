#pragma once

#include <string>

#include "cli/session.h"

namespace jim {

/// Takes an object over as it is: its record first, then this state's mark on it. Nothing else
/// about it changes.
bool take_over(Session& session, const Address& address, const ResourceType& type,
               const Object& object, bool write_mark);

/// What the state keeps of an object that was read but never applied.
Record record_of(Session& session, const Address& address, const ResourceType& type,
                 const Object& object);

}  // namespace jim
