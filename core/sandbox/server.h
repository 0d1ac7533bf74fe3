#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/sandbox/recorder.h"
#include "core/sandbox/responder.h"
#include "core/sandbox/sandbox.h"
#include "core/sandbox/tls.h"

struct event;
struct event_base;
struct evhttp;
struct evhttp_request;

namespace jim::sandbox {

/// The HTTP side: libevent's evhttp. Requests that arrive in one turn of the loop share one
/// transaction; their replies leave when it is committed.
class Server {
 public:
  Server(std::unique_ptr<Database> database, const SandboxOptions& options, Recorder recorder,
         TlsContext tls);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Responder& responder() { return responder_; }
  /// Fails with io when the port is taken.
  Result<int> listen(int port);
  /// Serves until `stop` is called, by any thread.
  void run();
  void stop();

 private:
  struct Pending;
  static void on_request(evhttp_request* request, void* self);
  static void on_flush(int, short, void* self);
  static void on_delay(int, short, void* pending);
  static void on_stop(int, short, void* self);
  void accept(evhttp_request* request);
  void flush();
  void send(Pending& pending);
  void send_half(Pending& pending);

  Responder responder_;
  Recorder recorder_;
  TlsContext tls_;
  int latency_milliseconds_;
  event_base* base_ = nullptr;
  evhttp* http_ = nullptr;
  event* flush_event_ = nullptr;
  event* stop_event_ = nullptr;
  int stop_pipe_[2] = {-1, -1};
  std::vector<std::unique_ptr<Pending>> unflushed_;
  std::unordered_set<Pending*> delayed_ = {};
};

}  // namespace jim::sandbox
