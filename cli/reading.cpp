#include "cli/reading.h"

#include "cli/render/progress.h"

namespace jim {

namespace {

constexpr Duration kBetweenFrames = std::chrono::milliseconds(100);

}  // namespace

Reading::Reading(Terminal& terminal, EventLoop& loop, const HttpCounts& counts)
    : terminal_(terminal), loop_(loop), counts_(counts) {
  if (terminal_.err_look().live) drawing_ = draw_again_and_again();
}

Reading::~Reading() {
  drawing_ = Background();
  if (terminal_.err_look().live) terminal_.show({}, {});
}

// Waits first: what is read at once needs no display.
Background Reading::draw_again_and_again() {
  const Instant start = loop_.clock().now();
  const std::size_t before = counts_.reads;
  while (true) {
    co_await loop_.sleep(kBetweenFrames);
    const Look& look = terminal_.measure_err();
    terminal_.show(
        {}, {reading_line(counts_.reads - before, loop_.clock().now() - start, Paint(look.colour),
                          static_cast<std::size_t>(look.width) - 1)});
  }
}

}  // namespace jim
