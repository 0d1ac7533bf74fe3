#pragma once

#include <functional>
#include <optional>

#include "cli/past.h"
#include "cli/session.h"

namespace jim {

/// All runs that the history keeps, with the steps of those that `wanted` says; nullopt with the
/// error told.
std::optional<Past> read_past(Session& session, const std::function<bool(const Run&)>& wanted);

}  // namespace jim
