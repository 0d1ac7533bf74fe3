#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/http_exchange.h"

namespace jim {

/// The server's lock, as one run has it. Every LOCK has an id of its own and is sent once: one that
/// arrives after it was given up is either found to be there and then held, or takes the lock under
/// an id that no write names, and ends with its term like the lock of any dead jim. A late UNLOCK
/// names an id that is gone.
class HttpServerLock {
 public:
  HttpServerLock(EventLoop& loop, HttpExchange& exchange) : loop_(loop), exchange_(exchange) {}

  /// Takes it, from a dead jim if need be; `conflict` names whoever else has it. When it ends so or
  /// otherwise fails, nothing is held.
  Task<Result<void>> take(LockHolder wanted, Duration term);
  /// Takes it off and takes it anew under another id: then the server refuses every write that
  /// names the old one, however late it arrives. `conflict` when somebody came in between. After
  /// another failure it is not known whether it is still on; it may be tried again.
  Task<Result<void>> take_anew();
  /// Holds nothing any more, whatever the server has.
  void forget() { lock_ = {}; }
  /// UNLOCK. Good also where it is off already, or by now another one's.
  Task<Result<void>> take_off(LockInfo lock);

  bool held() const { return !lock_.id.empty(); }
  const LockInfo& info() const { return lock_; }
  /// Whether this is an id that this run's lock has or had.
  bool had(std::string_view id) const;

 private:
  /// What a LOCK came to that was answered.
  struct Asked {
    bool held = false;
    LockInfo sent = {};
    std::optional<LockInfo> told = {};  ///< who has it, when not we
  };

  Task<Result<Asked>> ask();
  void hold(LockInfo lock);

  EventLoop& loop_;
  HttpExchange& exchange_;
  LockHolder wanted_ = {};
  Duration term_ = {};
  LockInfo lock_ = {};                 ///< no id: not held
  std::vector<std::string> had_ = {};  ///< ids
  std::vector<LockInfo> asked_ = {};   ///< whose LOCK may have arrived, or may yet
};

}  // namespace jim
