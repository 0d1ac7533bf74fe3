#include "core/sandbox/sandbox.h"

#include <csignal>

#include "cli/commands/commands.h"
#include "cli/scenario.h"
#include "cli/tell.h"
#include "core/base/private_folder.h"
#include "core/base/text.h"
#include "core/net/curl_http.h"
#include "core/value/json.h"

namespace jim {

namespace {

constexpr const char* kData = ".jim/sandbox";

std::string data_of(const SandboxFlags& flags) { return flags.data.empty() ? kData : flags.data; }

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
  const auto sandbox = Sandbox::start(std::move(options));
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
  const auto done = order(data_of(flags), "/reset", "{}");
  if (!done) return fail(context.terminal, done.error());
  context.terminal.err("the sandbox is empty\n");
  return 0;
}

int run_sandbox_drift(Context& context, const SandboxFlags& flags) {
  // One server goes, another gets a name of somebody's own.
  const auto done = order(
      data_of(flags), "/drift",
      R"([{"vendor": "latitude", "type": "servers", "match": {"hostname": "*-0"}, "delete": true},
                {"vendor": "latitude", "type": "servers", "match": {"hostname": "*-1"},
                 "set": {"hostname": "renamed-by-hand"}}])");
  if (!done) return fail(context.terminal, done.error());
  context.terminal.err("the server *-0 is deleted and *-1 is renamed, as if by hand\n");
  return 0;
}

}  // namespace jim
