#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "cli/past.h"
#include "cli/session.h"

namespace jim {

/// All runs that the history keeps, with the steps of those that `wanted` says; nullopt with the
/// error told.
std::optional<Past> read_past(Session& session, const std::function<bool(const Run&)>& wanted);

/// The run of this number, the last one for 0; null with the error told.
const PastRun* find_run(Session& session, const Past& past, std::int64_t number);

}  // namespace jim
