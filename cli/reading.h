#pragma once

#include "cli/terminal.h"
#include "core/net/background.h"
#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// Says on a terminal, while it lives, how far the reading of live objects has come.
class Reading {
 public:
  /// All outlive it.
  Reading(Terminal& terminal, EventLoop& loop, const HttpCounts& counts);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  Background draw_again_and_again();

  Terminal& terminal_;
  EventLoop& loop_;
  const HttpCounts& counts_;
  Background drawing_ = {};
};

}  // namespace jim
