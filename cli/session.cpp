#include "cli/session.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "cli/reading.h"
#include "cli/render/plan_text.h"
#include "cli/scenario.h"
#include "cli/tell.h"
#include "core/apply/apply.h"
#include "core/base/digest.h"
#include "core/base/private_folder.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/provider/rest_provider.h"
#include "core/state/clock_check.h"
#include "core/state/move_state.h"
#include "core/state/open_store.h"

namespace jim {

namespace {

std::string who_am_i() {
  std::array<char, 256> host = {};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  // Beside the shell's: the person behind a job of GitLab and of GitHub.
  std::string user = "uid " + std::to_string(::getuid());
  for (const char* name : {"LOGNAME", "USER", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"})
    if (const char* set = std::getenv(name); set != nullptr && *set != '\0') user = set;
  return user + "@" + host.data() + ", process " + std::to_string(::getpid());
}

std::string new_lineage() { return random_hex(4); }

/// Where the emulated vendors answer, below the sandbox's own URL.
std::optional<std::string> sandbox_base(const std::string& provider) {
  if (provider == "latitude") return "/latitude";
  if (provider == "lambda") return "/lambda/api/v1";
  return std::nullopt;
}

}  // namespace

Duration lock_term() {
  constexpr Duration kUsual = std::chrono::seconds(60);
  const char* asked = std::getenv("JIM_LOCK_TERM");  // for tests
  return asked == nullptr ? kUsual : parse_duration(asked).value_or(kUsual);
}

LockHolder this_holder(const std::string& command) {
  return {.who = who_am_i(), .command = command};
}

Session::Session(Context& context)
    : terminal_(context.terminal),
      globals_(context.globals),
      workspace_(context.globals),
      loop_(clock_),
      curl_(loop_),
      watched_(
          loop_, curl_, stop_, counts_,
          globals_.log.empty()
              ? WatchedHttp::Log()
              : [this](const std::string& line) { terminal_.err(escape_control(line) + "\n"); }),
      limited_(loop_, watched_, &stop_),
      http_(loop_, limited_, RetryPolicy{}, static_cast<std::uint32_t>(::getpid()), &counts_,
            &stop_),
      state_http_(loop_, curl_, RetryPolicy{}, static_cast<std::uint32_t>(::getpid()) + 1),
      interrupt_(
          loop_, stop_, [this] { curl_.wakeup(); },
          [this] {
            if (terminal_.interrupted()) return;  // at a question: nothing runs
            curl_.cancel_reads();
            terminal_.err(
                "\ninterrupted: requests under way are heard to their end, nothing new is started "
                "and no machine is\nwaited for; the next run goes on from there. Once more leaves "
                "at once\n");
          }),
      events_(clock_) {
  loop_.set_poller(&curl_);
}

Session::~Session() { close(); }

int Session::fail(const Diagnostic& error) {
  tell(terminal_, workspace_.files(), {error}, workspace_.secret_keys());
  status_ = exit_status(error.code);
  return status_;
}

int Session::fail(const Diagnostics& errors) {
  tell(terminal_, workspace_.files(), errors, workspace_.secret_keys());
  status_ = std::max(1, status_of(errors));
  return status_;
}

bool Session::open_file(Vendors vendors) {
  if (vendors == Vendors::not_asked) workspace_.stay_offline();
  if (auto opened = events_.open(globals_.events); !opened) return fail(opened.error()), false;
  Diagnostics& found = findings_;
  bool good = workspace_.load(found);
  // Mistakes in the resources are told in the same run, as far as their types are known.
  if (workspace_.has_config()) good = workspace_.expand(found) && good;
  if (!good) return fail(found), false;
  if (vendors == Vendors::not_asked && !workspace_.check_state(found)) return fail(found), false;
  tell(terminal_, workspace_.files(), found, workspace_.secret_keys());
  return true;
}

bool Session::open_state_alone(const std::string& command, bool to_write) {
  Diagnostics found;
  if (!workspace_.load_file(found)) return fail(found), false;
  if (!open_store_of_file(command, to_write)) return false;
  hint_at_sandbox(command);
  return true;
}

void Session::hint_at_sandbox(const std::string& command) {
  const bool nothing = state_.head.lineage.empty() && !globals_.sandbox;
  if (nothing && workspace_.files().exists(workspace_.below_root(kSandboxState)))
    terminal_.err("there is no state yet, but the sandbox has one of its own: jim --sandbox " +
                  command + "\n");
}

std::unique_ptr<HeldLock> Session::take_lock(StateStore& store, const std::string& command) {
  auto lock = loop_.run(HeldLock::acquire(loop_, store, stop_, this_holder(command), lock_term()));
  if (lock) return std::move(*lock);
  fail(lock.error());
  if (lock.error().code == ErrorCode::conflict) status_ = kStateLocked;
  return nullptr;
}

StateStore* Session::open_other_place(const std::string& url, const std::string& command) {
  Diagnostics found;
  auto settings = workspace_.state_settings(found);
  if (!settings) return fail(found), nullptr;
  settings->url = url;
  settings->where = {};
  auto opened = open_store(loop_, state_http_, *settings);
  if (!opened) return fail(opened.error()), nullptr;
  if ((*opened)->place() == store_->place())
    return fail(Diagnostic{.code = ErrorCode::invalid_config,
                           .message = "the state is in " + store_->place() + " already"}),
           nullptr;
  other_lock_ = take_lock(**opened, command);
  if (!other_lock_) return nullptr;
  other_ = std::move(*opened);
  return other_.get();
}

bool Session::open_state(const std::string& command, bool to_write) {
  return open_store_of_file(command, to_write) && know_types_of_state();
}

bool Session::open_state_to_move(const std::string& command) {
  Diagnostics found;
  if (!workspace_.load_file(found)) return fail(found), false;
  if (!read_store_of_file(command, true) || !check_state()) return false;
  hint_at_sandbox(command);
  return true;
}

/// Who names another place in the file finds nothing there, until the state is moved.
void Session::hint_at_move() {
  const bool stays = !state_.head.lineage.empty() || globals_.sandbox || !globals_.state.empty();
  const std::string old = workspace_.below_root(kDefaultState);
  if (stays || store_->place() == old || !workspace_.files().exists(old)) return;
  const std::string place = escape_control(store_->place());
  terminal_.err("there is no state in " + place + " yet, but one in " + kDefaultState +
                ": 'jim --state " + kDefaultState + " state move --to " + place +
                "' brings it there\n");
}

bool Session::open_store_of_file(const std::string& command, bool to_write) {
  if (!read_store_of_file(command, to_write)) return false;
  hint_at_move();
  if (const auto why = not_in_use(escape_control(store_->place()), state_.head))
    return fail(*why), false;
  return check_state();
}

bool Session::read_store_of_file(const std::string& command, bool to_write) {
  Diagnostics found;
  auto settings = workspace_.state_settings(found);
  if (!settings) return fail(found), false;
  // What the sandbox makes is kept apart, lest the file's true state take it for machines.
  if (globals_.sandbox && globals_.state.empty()) settings->url = kSandboxState;
  settings->tell = [this](const Diagnostic& told) {
    jim::tell(terminal_, workspace_.files(), {told}, workspace_.secret_keys());
  };
  auto opened = open_store(loop_, state_http_, *settings);
  if (!opened) return fail(opened.error()), false;
  store_ = std::move(*opened);
  if (to_write) {
    lock_ = take_lock(*store_, command);
    if (!lock_) return false;
  }
  auto state = loop_.run(store_->load());
  if (!state) return fail(state.error()), false;
  state_ = std::move(*state);
  return true;
}

bool Session::check_state() {
  if (!state_.head.lineage.empty() && state_.head.project != workspace_.config().project)
    return fail(Diagnostic{
               .code = ErrorCode::invalid_config,
               .message = "the state in " + escape_control(store_->place()) +
                          " belongs to project '" + escape_control(state_.head.project) +
                          "', and this file's project is '" + workspace_.config().project + "'",
               .hint = "name the project as it was, or another state by --state or 'state:'",
               .where = workspace_.config().project_where}),
           false;
  if (const auto behind = check_clock(state_, clock_.wall()))
    tell(terminal_, workspace_.files(), {*behind}, workspace_.secret_keys());
  return true;
}

/// What is left of a provider that the file no longer has must still be found and deleted.
bool Session::know_types_of_state() {
  Diagnostics found;
  for (const Record& record : state_.records) {
    const std::string provider = record.type.substr(0, record.type.find('.'));
    if (!workspace_.types().contains(record.type)) workspace_.add_provider(provider, found);
    if (!found.empty()) return fail(found), false;
    if (!workspace_.types().contains(record.type))
      return fail(Diagnostic{
                 .code = ErrorCode::invalid_config,
                 .message = "state has " + record.address.text() + " of type '" +
                            escape_control(record.type) + "', and no provider of the file knows it",
                 .hint = "put the provider back, or forget the object with 'jim state rm " +
                         record.address.text() + "'"}),
             false;
  }
  return true;
}

std::optional<LockHolder> Session::other_holder() {
  if (lock_) return std::nullopt;
  const auto holder = loop_.run(store_->holder());
  return holder ? *holder : std::nullopt;
}

bool Session::make_state() {
  if (!state_.head.lineage.empty()) return true;
  const StateHead head = {.project = workspace_.config().project,
                          .lineage = new_lineage(),
                          .fingerprint_key = random_hex(32)};
  if (auto made = loop_.run(store_->create(head)); !made) return fail(made.error()), false;
  state_.head = head;
  return true;
}

bool Session::start_sandbox() {
  SandboxOptions options = {.folder = workspace_.below_root(kSandboxData),
                            .pace = globals_.sandbox_pace};
  make_private_folder(options.folder);  // opening the data there says what is wrong
  if (!globals_.sandbox_scenario.empty()) {
    auto scenario = read_scenario(workspace_.files(), globals_.sandbox_scenario);
    if (!scenario) return fail(scenario.error()), false;
    options.scenario = std::move(*scenario);
  }
  auto started = jim::Sandbox::start(options);
  if (!started) return fail(about_scenario(started.error(), globals_.sandbox_scenario)), false;
  sandbox_ = std::move(*started);
  return true;
}

bool Session::open_providers() {
  if (globals_.sandbox && !start_sandbox()) return false;
  for (const Account& account : workspace_.accounts()) {
    ProviderSettings settings = *account.settings;
    settings.secrets = workspace_.expansion().secrets();
    if (sandbox_) {
      const auto base = sandbox_base(account.manifest->provider);
      if (!base)
        return fail(Diagnostic{.code = ErrorCode::invalid_config,
                               .message = "the sandbox does not emulate '" + account.name + "'",
                               .hint = "it emulates latitude and lambda"}),
               false;
      settings.endpoint = sandbox_->url() + *base;
      settings.time_scale = std::max(globals_.sandbox_pace, 0.001);
    }
    add_limits(account);
    auto made = RestProvider::make(account.manifest, std::move(settings), http_, loop_);
    if (!made) return fail(made.error()), false;
    providers_[account.name] = made->get();
    owned_[account.name] = std::move(*made);
  }
  return true;
}

bool Session::add_limits(const Account& account) {
  if (globals_.sandbox && globals_.sandbox_pace <= 0) return false;  // nothing to spare
  for (const LimitSpec& limit : account.manifest->limits)
    limited_.add_limit(account.name, limit.route, {.count = limit.count, .per = limit.per});
  return true;
}

RefreshOptions Session::refresh_options() {
  return {.alone = lock_ ? std::optional(lock_->since()) : std::nullopt,
          .waits = [this](const Address& address, Duration within) {
            terminal_.err("Waiting up to " + std::to_string(within / std::chrono::seconds(1)) +
                          " s for " + address.text() +
                          ", which an earlier run asked for: it may not show yet\n");
          }};
}

bool Session::refresh(bool offline) {
  if (offline) {
    snapshot_ = offline_snapshot(state_, workspace_.types());
    return true;
  }
  std::set<std::string> types = workspace_.used_types();
  for (const Record& record : state_.records) types.insert(record.type);
  auto snapshot = [&] {
    const Reading reading(terminal_, loop_, counts_);
    return loop_.run(jim::refresh(loop_, providers_,
                                  std::vector<std::string>(types.begin(), types.end()), state_,
                                  refresh_options()));
  }();
  if (!snapshot) return fail(snapshot.error()), false;
  snapshot_ = std::move(*snapshot);
  if (!types.empty())
    terminal_.err("Reading live state  " + totals_text(snapshot_.totals) + "\n\n");
  return true;
}

bool Session::refresh_some(const std::map<std::string, std::vector<std::string>>& ids,
                           const std::vector<std::string>& lists) {
  auto snapshot = [&] {
    const Reading reading(terminal_, loop_, counts_);
    return loop_.run(jim::refresh_some(loop_, providers_, ids, lists, state_, refresh_options()));
  }();
  if (!snapshot) return fail(snapshot.error()), false;
  snapshot_ = std::move(*snapshot);
  terminal_.err("Reading live state  " + totals_text(snapshot_.totals) + "\n\n");
  return true;
}

std::optional<Plan> Session::plan(const PlanOptions& options) {
  Diagnostics found;
  auto plan = make_plan(workspace_.config(), workspace_.expansion(), state_, snapshot_, options,
                        workspace_.types(), found);
  if (!plan) {
    fail(found);
    return std::nullopt;
  }
  tell(terminal_, workspace_.files(), found, workspace_.secret_keys());
  plan->requests = snapshot_.totals;
  plan->vars = workspace_.given_vars();
  return plan;
}

bool Session::close() {
  bool good = true;
  if (const auto written = events_.close(); !written) {
    fail(written.error());
    good = false;
  }
  if (run_ && lock_ && !lock_->lost()) {
    run_->ended = utc_text(loop_.clock().wall());
    run_->status = status_;
    if (auto ended = loop_.run(store_->write_run(*run_, {})); !ended) fail(ended.error());
    run_.reset();
  }
  if (other_lock_) {
    const std::unique_ptr<HeldLock> other = std::move(other_lock_);
    if (auto released = loop_.run(other->release()); !released)
      return fail(released.error()), false;
  }
  if (!lock_) return good;
  const std::unique_ptr<HeldLock> lock = std::move(lock_);
  if (auto released = loop_.run(lock->release()); !released) {
    const Diagnostic& why = released.error();
    const auto same = [&](const Diagnostic& one) {
      return one.message == why.message && one.hint == why.hint;
    };
    if (std::any_of(told_.begin(), told_.end(), same))
      status_ = exit_status(why.code);
    else
      fail(why);
    if (released.error().code == ErrorCode::conflict) status_ = kStateLocked;
    return false;
  }
  return good;
}

Provider* Session::provider_of(const ResourceType& type) const {
  const auto found = providers_.find(type.provider);
  return found == providers_.end() ? nullptr : found->second;
}

const std::string& Session::key() {
  if (!state_.head.fingerprint_key.empty()) return state_.head.fingerprint_key;
  if (run_key_.empty()) run_key_ = random_hex(32);
  return run_key_;
}

Run Session::run_of(const std::string& command) const {
  return {.command = command,
          .who = who_am_i(),
          .version = std::string(kVersion),
          .started = utc_text(loop_.clock().wall())};
}

bool Session::commit_as(const std::string& command, const std::string& action,
                        std::vector<RecordChange> changes) {
  if (!run_) {
    auto begun = loop_.run(store_->begin_run(run_of(command)));
    if (!begun) return fail(begun.error()), false;
    run_ = std::move(*begun);
  }
  for (RecordChange& change : changes) {
    const Record* before = state_.find(change.record.address);
    RunStep step = {.number = ++steps_,
                    .address = change.record.address,
                    .type = change.record.type,
                    .action = action,
                    .outcome = "done",
                    .started = utc_text(loop_.clock().wall())};
    if (!change.record.id.empty()) step.ids.push_back(change.record.id);
    if (before != nullptr) step.before = before->attributes;
    if (!change.remove) step.after = change.record.attributes;
    change.step = std::move(step);
    const bool left = change.remove && action == action_word(Action::rename);
    if (!left) ++run_->counts[action];
  }
  if (auto saved = loop_.run(store_->commit(std::move(changes))); !saved)
    return fail(saved.error()), false;
  return true;
}

}  // namespace jim
