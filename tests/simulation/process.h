#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/apply/apply.h"
#include "core/config/expand.h"
#include "core/net/background.h"
#include "core/net/rate_limited_http.h"
#include "core/net/retrying_http.h"
#include "core/net/watched_http.h"
#include "core/provider/rest_provider.h"
#include "core/state/held_lock.h"
#include "core/state/state_store.h"
#include "tests/fakes/memory_files.h"
#include "tests/simulation/identities.h"
#include "tests/simulation/network.h"
#include "tests/simulation/vendor.h"

namespace jim {

/// How a run ended, as a caller of the program sees it.
struct Ending {
  bool locked_out = false;  ///< somebody else holds the state
  int status = 0;
  std::string error = {};
  std::size_t changes = 0;  ///< that the plan had
  bool ambiguous = false;   ///< it says that it cannot tell objects apart
};

/// Makes a store of this world for a process.
using MakeStore = std::function<std::unique_ptr<StateStore>(EventLoop&, Http& state_server)>;

/// One run of jim: `apply` of a file, from taking the lock to giving it back, on a loop of its own.
/// What it would ask a person is answered by nobody, so it may not ask. Destroying it kills it.
class Process {
 public:
  Process(Network& network, SimulatedVendor& vendor, Server state_server, const MakeStore& make,
          std::string file, std::string name, std::string machine);
  /// From now on one of each kind is ordered within so long, as the vendor has it.
  void order_slowly(Duration pace);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Does one thing; false when it waits.
  bool step() {
    identity_.enter();
    return loop_.step();
  }
  std::optional<Instant> next_timer() const { return loop_.next_timer(); }
  const std::optional<Ending>& ending() const { return ending_; }
  /// As by SIGINT.
  void interrupt() {
    stop_.request();
    loop_.wake_sleepers();
  }

 private:
  class Observer : public ApplyObserver {
   public:
    void started(const Change& /*change*/) override {}
    void progress(const Change& /*change*/, const std::string& /*what*/) override {}
    void finished(const Change& /*change*/, const StepReport& /*report*/) override {}
  };

  Background live();
  Task<Ending> run();
  Task<Ending> apply_under_lock(Instant since);
  static Ending failed(const Diagnostic& error);

  std::string name_;
  Identity identity_;  ///< last to end: what it was doing ends before
  EventLoop loop_;
  StopFlag stop_ = {};
  SimulatedHttp vendor_http_;
  SimulatedHttp state_http_;
  HttpCounts counts_ = {};
  WatchedHttp watched_;
  RateLimitedHttp limited_;
  RetryingHttp retrying_;
  RetryingHttp state_retrying_;
  MemoryFiles files_ = {};
  std::unique_ptr<StateStore> store_ = {};
  std::unique_ptr<Provider> provider_ = {};
  Providers providers_ = {};
  std::map<std::string, const ResourceType*> types_ = {};
  Config config_ = {};
  std::optional<Expansion> expansion_ = {};
  State state_ = {};
  Snapshot snapshot_ = {};
  Observer observer_ = {};
  std::optional<Ending> ending_ = {};
  Background life_ = {};
};

}  // namespace jim
