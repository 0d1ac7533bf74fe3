#pragma once

#include <string>

#include "cli/session.h"

namespace jim {

/// Takes an object over as it is: its record first, then this state's mark on it. Nothing else
/// about it changes. `command` is what the history calls it, and `action` its step:
/// adopt, or find where it carries its resource's mark already.
bool take_over(Session& session, const Address& address, const ResourceType& type,
               const Object& object, bool write_mark, const std::string& command,
               const std::string& action);

/// Once all are taken over: what no vendor shows of them is recorded as the file has it, as far as
/// state tells what its expressions look at. The next apply does the same for the rest.
bool settle_taken_over(Session& session);

}  // namespace jim
