#include "core/sandbox/sandbox.h"

#include <csignal>
#include <filesystem>

#include "cli/commands/commands.h"
#include "cli/scenario.h"
#include "cli/session.h"
#include "cli/tell.h"
#include "core/apply/apply.h"
#include "core/base/private_folder.h"
#include "core/base/text.h"
#include "core/net/curl_http.h"
#include "core/state/open_store.h"
#include "core/value/json.h"

namespace jim {

namespace {

std::string data_of(const SandboxFlags& flags) {
  return flags.data.empty() ? kSandboxData : flags.data;
}

/// The sandbox of the file here (or of this folder, when there is no file), with the state that
/// belongs to it. Holds that state's lock, so that nothing changes below a running apply.
class HeldSandbox {
 public:
  HeldSandbox(Context& context, const SandboxFlags& flags)
      : context_(context), workspace_(context.globals), loop_(clock_), http_(loop_) {
    loop_.set_poller(&http_);
    Diagnostics ignored;  // a mistake in the file is no reason to keep its sandbox
    workspace_.load_file(ignored);
    const bool file = workspace_.has_config();
    data_ = !flags.data.empty() ? flags.data : below(kSandboxData, file);
    const bool given = !context.globals.state.empty();
    // A folder of one's own is none that --sandbox uses.
    if (!flags.data.empty() && !given) return;
    own_state_ = !given;
    state_ = given ? context.globals.state : kSandboxState;
    root_ = file ? workspace_.config().root : std::string();
    state_file_ = below(state_, file);
  }
  ~HeldSandbox() {
    if (!store_) return;
    if (auto released = loop_.run(store_->release_lock()); !released)
      tell(context_.terminal, DiskFiles(), {released.error()});
  }
  HeldSandbox(const HeldSandbox&) = delete;
  HeldSandbox& operator=(const HeldSandbox&) = delete;

  /// Takes the lock of the state, if there is one; else tells why not, and gives the exit status.
  std::optional<int> take(const std::string& command) {
    if (state_.empty() || !workspace_.files().exists(state_file_)) return std::nullopt;
    StoreSettings settings = {.url = state_, .root = root_};
    auto opened = open_store(loop_, http_, settings);
    if (!opened) return fail(context_.terminal, opened.error());
    const LockHolder wanted = this_holder(command);
    const auto lock = loop_.run((*opened)->acquire_lock(wanted, lock_term()));
    if (!lock) {
      const int status = fail(context_.terminal, lock.error());
      return lock.error().code == ErrorCode::conflict ? kStateLocked : status;
    }
    store_ = std::move(*opened);
    return std::nullopt;
  }
  /// Removes the sandbox's own state; false when there is none to remove.
  bool drop_state() {
    if (!store_ || !own_state_) return false;
    store_.reset();
    std::error_code error;
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(state_file_ + end, error);
    return true;
  }
  const std::string& data() const { return data_; }

 private:
  std::string below(const std::string& path, bool file) const {
    return file ? workspace_.below_root(path) : path;
  }

  Context& context_;
  Workspace workspace_;
  SystemClock clock_ = {};
  EventLoop loop_;
  CurlHttp http_;
  std::string data_ = {};
  std::string state_ = {};  ///< empty: none belongs to this data
  std::string root_ = {};
  std::string state_file_ = {};
  bool own_state_ = false;
  std::unique_ptr<StateStore> store_ = {};
};

/// The port of `127.0.0.1:PORT`. No other address: the emulated vendors believe everyone.
Result<int> port_of(const std::string& listen) {
  const auto colon = listen.rfind(':');
  const std::string host = listen.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if ((host == "127.0.0.1" || host == "localhost") && digits && std::stoi(port) < 65536)
    return std::stoi(port);
  return Diagnostic{
      .code = ErrorCode::invalid_config,
      .message = "cannot listen on '" + escape_control(listen) + "'",
      .hint = "127.0.0.1:PORT; the sandbox takes any credentials, so it stays on this machine"};
}

/// Sends one order to a sandbox of this process over its data.
Result<Value> order(const std::string& folder, const std::string& path, const std::string& body) {
  auto sandbox = Sandbox::start({.folder = folder});
  if (!sandbox) return sandbox.error();
  SystemClock clock;
  EventLoop loop(clock);
  CurlHttp http(loop);
  loop.set_poller(&http);
  HttpRequest request = {.method = "POST",
                         .url = (*sandbox)->url() + "/_sandbox" + path,
                         .headers = {{.name = "Content-Type", .value = "application/json"}},
                         .body = body,
                         .has_body = true,
                         .mutating = true};
  const auto reply = loop.run(http.send(std::move(request)));
  if (!reply) return reply.error();
  auto answer = parse_json(reply->body);
  if (reply->status == 200 && answer) return answer;
  const Value* error = answer ? answer->get("error") : nullptr;
  return Diagnostic{
      .code = ErrorCode::internal,
      .message = "the sandbox answered " + std::to_string(reply->status) +
                 (error != nullptr && error->is_string() ? ": " + error->as_string() : "")};
}

/// Waits for Ctrl-C or SIGTERM. Both are blocked beforehand, so that the server's thread does not
/// take them.
void wait_for_end(const sigset_t& ends) {
  int signal = 0;
  sigwait(&ends, &signal);
}

}  // namespace

int run_sandbox_serve(Context& context, const SandboxFlags& flags) {
  const auto port = port_of(flags.listen);
  if (!port) return fail(context.terminal, port.error());
  SandboxOptions options = {.folder = data_of(flags),
                            .port = *port,
                            .pace = flags.pace,
                            .latency = std::chrono::milliseconds(flags.latency),
                            .record = flags.record,
                            .tls_certificate = flags.tls_certificate,
                            .tls_key = flags.tls_key};
  if (!flags.scenario.empty()) {
    auto scenario = read_scenario(DiskFiles(), flags.scenario);
    if (!scenario) {
      tell(context.terminal, DiskFiles(), {scenario.error()});
      return status_of({scenario.error()});
    }
    options.scenario = std::move(*scenario);
  }
  make_private_folder(options.folder);  // opening the data there says what is wrong
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const auto sandbox = Sandbox::start(options);
  if (!sandbox) return fail(context.terminal, about_scenario(sandbox.error(), flags.scenario));
  const std::string url = (*sandbox)->url();
  context.terminal.out("Latitude.sh  " + url + "/latitude\nLambda       " + url +
                       "/lambda/api/v1\n");
  if (auto written = context.terminal.finish(); !written)
    return fail(context.terminal, written.error());
  context.terminal.err("any credentials will do; Ctrl-C ends\n");
  wait_for_end(ends);
  return 0;
}

int run_sandbox_reset(Context& context, const SandboxFlags& flags) {
  HeldSandbox sandbox(context, flags);
  if (const auto status = sandbox.take("sandbox reset")) return *status;
  const auto done = order(sandbox.data(), "/reset", "{}");
  if (!done) return fail(context.terminal, done.error());
  context.terminal.err(sandbox.drop_state() ? "the sandbox is empty, and its state is forgotten\n"
                                            : "the sandbox is empty\n");
  return 0;
}

int run_sandbox_drift(Context& context, const SandboxFlags& flags) {
  HeldSandbox sandbox(context, flags);
  if (const auto status = sandbox.take("sandbox drift")) return *status;
  // One server goes, another gets a name of somebody's own.
  const auto done = order(
      sandbox.data(), "/drift",
      R"([{"vendor": "latitude", "type": "servers", "match": {"hostname": "*-0"}, "delete": true},
                {"vendor": "latitude", "type": "servers", "match": {"hostname": "*-1"},
                 "set": {"hostname": "renamed-by-hand"}}])");
  if (!done) return fail(context.terminal, done.error());
  const Value* changed = done->get("changed");
  context.terminal.err(changed != nullptr && *changed == Value(0)
                           ? "no server's hostname ends in -0 or -1, so nothing was changed\n"
                           : "the server *-0 is deleted and *-1 is renamed, as if by hand\n");
  return 0;
}

}  // namespace jim
