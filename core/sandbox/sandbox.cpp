#include "core/sandbox/sandbox.h"

#include <csignal>
#include <thread>

#include "core/sandbox/server.h"

namespace jim {

struct Sandbox::Impl {
  std::unique_ptr<sandbox::Server> server = {};
  std::thread thread = {};
  int port = 0;
  bool tls = false;
};

Sandbox::Sandbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Sandbox>> Sandbox::start(const SandboxOptions& options) {
  std::unique_ptr<sandbox::Database> database;
  if (!options.folder.empty()) {
    auto opened = sandbox::Database::open(options.folder);
    if (!opened) return opened.error();
    database = *std::move(opened);
  }
  auto recorder = sandbox::Recorder::open(options.record);
  if (!recorder) return recorder.error();
  sandbox::TlsContext tls;
  if (!options.tls_certificate.empty() || !options.tls_key.empty()) {
    auto loaded = sandbox::load_tls(options.tls_certificate, options.tls_key);
    if (!loaded) return loaded.error();
    tls = *std::move(loaded);
  }
  auto impl = std::make_unique<Impl>();
  impl->tls = tls != nullptr;
  impl->server = std::make_unique<sandbox::Server>(std::move(database), options,
                                                   *std::move(recorder), std::move(tls));
  if (auto played = impl->server->responder().play(sandbox::from_value(options.scenario));
      !played) {
    return played.error();
  }
  const auto port = impl->server->listen(options.port);
  if (!port) return port.error();
  impl->port = *port;

  // The thread takes no signal: not the program's, and no SIGPIPE from clients that went away.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  impl->thread = std::thread([server = impl->server.get()] { server->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(impl)));
}

Sandbox::~Sandbox() {
  impl_->server->stop();
  impl_->thread.join();
}

int Sandbox::port() const { return impl_->port; }

std::string Sandbox::url() const {
  return (impl_->tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(impl_->port);
}

}  // namespace jim
