#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/events.h"
#include "cli/interrupt.h"
#include "cli/workspace.h"
#include "core/net/curl_http.h"
#include "core/net/rate_limited_http.h"
#include "core/net/retrying_http.h"
#include "core/net/watched_http.h"
#include "core/plan/plan.h"
#include "core/plan/snapshot.h"
#include "core/provider/provider.h"
#include "core/sandbox/sandbox.h"
#include "core/state/held_lock.h"
#include "core/state/state_store.h"

namespace jim {

/// A dead holder of the state's lock is replaced after that long.
Duration lock_term();
/// Where the sandbox keeps its objects, and what jim remembers of them, from the file's folder.
inline constexpr const char* kSandboxData = ".jim/sandbox";
inline constexpr const char* kSandboxState = ".jim/sandbox-state.db";

/// This process, as others read it when they find its lock.
LockHolder this_holder(const std::string& command);

/// The real world of one command: file, network, providers, state. Each step tells its errors on
/// standard error and gives false; `status` then is the exit status.
class Session {
 public:
  explicit Session(Context& context);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  enum class Vendors { asked, not_asked };
  /// The file and its providers' manifests, evaluated. Where no vendor is asked no credential is
  /// needed.
  bool open_file(Vendors vendors = Vendors::asked);
  /// What `open_file` found wrong or doubtful.
  const Diagnostics& findings() const { return findings_; }
  /// Opens the state where the file says it is. Nothing else of the file is evaluated, so no
  /// variable of the environment has to be set for the rest.
  bool open_state_alone(const std::string& command, bool to_write = false);
  /// The same for a move, to write; a state that was moved away is let through.
  bool open_state_to_move(const std::string& command);
  /// Opens another place for state and takes its lock, until the end; null with the error told.
  StateStore* open_other_place(const std::string& url, const std::string& command);
  /// Opens the store and reads it. With `to_write`, takes the lock first and keeps it alive until
  /// the end.
  bool open_state(const std::string& command, bool to_write);
  /// Who else is at work on this state; nullopt: nobody, or the place does not tell.
  std::optional<LockHolder> other_holder();
  /// Makes the state's identity when there is none. Needs the lock.
  bool make_state();
  /// Makes the providers; starts the sandbox when it was asked for.
  bool open_providers();
  /// Reads the live objects of everything in file and state; `offline` takes state's word.
  bool refresh(bool offline);
  bool refresh_some(const std::map<std::string, std::vector<std::string>>& ids,
                    const std::vector<std::string>& lists);
  /// Compares; nullopt with the errors told.
  std::optional<Plan> plan(const PlanOptions& options);
  /// What the person was told already of the state: `close` does not tell it again.
  void know_told(Diagnostics told) { told_ = std::move(told); }
  /// Gives the lock back. False when the state's last word is not known to be written.
  bool close();

  int fail(const Diagnostic& error);
  int fail(const Diagnostics& errors);
  int status() const { return status_; }

  Workspace& workspace() { return workspace_; }
  Terminal& terminal() { return terminal_; }
  EventLoop& loop() { return loop_; }
  StateStore& store() { return *store_; }
  State& state() { return state_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const Providers& providers() const { return providers_; }
  const StopFlag& stop() const { return stop_; }
  Events& events() { return events_; }
  /// How fast the vendors' time goes: 1 but in the sandbox.
  double pace() const { return globals_.sandbox ? globals_.sandbox_pace : 1; }
  Provider* provider_of(const ResourceType& type) const;
  /// What saved plans and JSON stand secrets by: the state's key, or one of this run where there is
  /// no state.
  const std::string& key();
  std::string lineage() const { return state_.head.lineage; }
  /// What the history says of this process when it runs `command`.
  Run run_of(const std::string& command) const;
  /// Writes records for a command that has no plan, and notes it in the history: one step for each
  /// of them, `action` being what is done; of a rename the old address is not counted. The run ends
  /// with `close`.
  bool commit_as(const std::string& command, const std::string& action,
                 std::vector<RecordChange> changes);

 private:
  bool open_store_of_file(const std::string& command, bool to_write);
  /// Opens the store, takes the lock where it is to be written, and reads it.
  bool read_store_of_file(const std::string& command, bool to_write);
  /// Whether it is that of the file's project.
  bool check_state();
  /// Null with the error told.
  std::unique_ptr<HeldLock> take_lock(StateStore& store, const std::string& command);
  bool know_types_of_state();
  void hint_at_sandbox(const std::string& command);
  void hint_at_move();
  bool start_sandbox();
  bool add_limits(const Account& account);
  RefreshOptions refresh_options();

  Terminal& terminal_;
  const Globals& globals_;
  Workspace workspace_;
  Diagnostics findings_ = {};
  SystemClock clock_ = {};
  EventLoop loop_;
  StopFlag stop_ = {};
  CurlHttp curl_;
  HttpCounts counts_ = {};
  WatchedHttp watched_;
  RateLimitedHttp limited_;
  RetryingHttp http_;
  RetryingHttp state_http_;  ///< goes on after a stop: what was done must be written
  Interrupt interrupt_;
  Events events_;
  std::unique_ptr<jim::Sandbox> sandbox_ = {};
  std::unique_ptr<StateStore> store_ = {};
  State state_ = {};
  std::unique_ptr<HeldLock> lock_ = {};
  std::optional<Run> run_ = {};  ///< of `commit_as`
  std::int64_t steps_ = 0;       ///< of that run
  std::unique_ptr<StateStore> other_ = {};
  std::unique_ptr<HeldLock> other_lock_ = {};
  std::map<std::string, std::unique_ptr<Provider>> owned_ = {};
  Providers providers_ = {};
  Snapshot snapshot_ = {};
  std::string run_key_ = {};
  Diagnostics told_ = {};
  int status_ = 0;
};

}  // namespace jim
