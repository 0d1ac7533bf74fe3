#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/net/event_loop.h"
#include "core/net/http.h"
#include "tests/simulation/dice.h"

namespace jim {

/// Time of a simulated world: it stands still until everybody waits.
class WorldClock : public Clock {
 public:
  Instant now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000)) + now_;
  }
  void advance_to(Instant when) {
    if (when > now_) now_ = when;
  }

 private:
  Instant now_ = {};
};

/// What is under way between processes and servers. It goes on when a process dies: a request that
/// left is delivered.
class Network {
 public:
  Network(WorldClock& clock, Dice& dice) : clock_(clock), dice_(dice) {}

  /// Has `what` happen after `time`.
  void after(Duration time, std::function<void()> what);
  std::optional<Instant> next() const;
  /// Does everything that is due.
  void deliver();
  /// Lets time pass, with everything that happens in it at its own time.
  void pass(Duration time);

  WorldClock& clock() { return clock_; }
  Dice& dice() { return dice_; }
  /// Tells every request that arrives at a server, for people.
  bool trace = false;
  /// How many in a thousand requests meet a fault; 0: the network and all servers are well.
  int faults = 0;
  /// Later effects than this do not happen: the vendor's `visible_within` is longer.
  static constexpr Duration kLatest = std::chrono::seconds(12);

 private:
  WorldClock& clock_;
  Dice& dice_;
  std::multimap<Instant, std::function<void()>> under_way_ = {};
};

/// A server as the network meets it.
using Server = std::function<Result<HttpResponse>(const HttpRequest&)>;

/// One process's way to one server, with everything that may go wrong on it.
class SimulatedHttp : public Http {
 public:
  SimulatedHttp(EventLoop& loop, Network& network, Server server)
      : loop_(loop), network_(network), server_(std::move(server)) {}
  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  struct Slot {
    explicit Slot(EventLoop& loop) : done(loop) {}
    std::optional<Result<HttpResponse>> answer = {};
    Event done;
  };

  static void answer(Network& network, const std::weak_ptr<Slot>& slot, Duration after,
                     Result<HttpResponse> with);
  void start(const HttpRequest& request, const std::weak_ptr<Slot>& slot);

  EventLoop& loop_;
  Network& network_;
  Server server_;
};

}  // namespace jim
