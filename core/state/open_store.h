#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/state/state_store.h"

namespace jim {

/// Where state is kept when nobody says otherwise, from the config's folder.
inline constexpr const char* kDefaultState = ".jim/state.db";

/// The store that `place` names: a path (from `root`, the config's folder), or `sqlite:PATH`. Fails
/// with `invalid_config` on anything else. Nothing is opened or made yet.
Result<std::unique_ptr<StateStore>> open_store(EventLoop& loop, const std::string& place,
                                               const std::string& root = {});

}  // namespace jim
