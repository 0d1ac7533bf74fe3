#pragma once

#include <functional>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/provider/exchange.h"

namespace jim {

/// Takes one page's items. The page is dropped afterwards.
using PageSink = std::function<Result<void>(const ValueList& items)>;

/// Reads a list to its end and hands every page to `sink` as it comes; gives the number of pages.
/// Where the first page tells the total, the others are asked for side by side. `scope` holds
/// `config` and `parent`. Never fails with not_found: a list that is not there is a mistake, not an
/// absence.
Task<Result<std::size_t>> read_pages(EventLoop& loop, const Exchange& exchange,
                                     const ListSpec& list, const Scope& scope, PageSink sink);

}  // namespace jim
