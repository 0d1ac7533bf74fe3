#include "core/sandbox/server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/text.h"

namespace jim::sandbox {
namespace {

constexpr int kMethods = EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_PATCH |
                         EVHTTP_REQ_DELETE | EVHTTP_REQ_HEAD;

constexpr timeval kBeforeNextAccept = {0, 200'000};
/// Longer than any client of ours waits for an answer.
constexpr int kIdleSeconds = 300;

const char* method_name(evhttp_cmd_type method) {
  switch (method) {
    case EVHTTP_REQ_POST:
      return "POST";
    case EVHTTP_REQ_PUT:
      return "PUT";
    case EVHTTP_REQ_PATCH:
      return "PATCH";
    case EVHTTP_REQ_DELETE:
      return "DELETE";
    case EVHTTP_REQ_HEAD:
      return "HEAD";
    default:
      return "GET";
  }
}

std::string decoded(std::string_view text, bool plus_is_space) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                        std::isxdigit(static_cast<unsigned char>(text[i + 2]));
    if (escape) {
      result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      result += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

Request read_request(evhttp_request* from) {
  Request request;
  request.method = method_name(evhttp_request_get_command(from));
  const std::string_view uri = evhttp_request_get_uri(from);
  const std::size_t mark = std::min(uri.find('?'), uri.size());
  request.path = decoded(uri.substr(0, mark), false);
  if (mark < uri.size()) {
    for (const std::string& pair : split(uri.substr(mark + 1), "&")) {
      if (pair.empty()) continue;
      const std::size_t equals = std::min(pair.find('='), pair.size());
      const std::string_view value =
          equals < pair.size() ? std::string_view(pair).substr(equals + 1) : "";
      request.query.emplace_back(decoded(std::string_view(pair).substr(0, equals), true),
                                 decoded(value, true));
    }
  }
  const evkeyvalq* headers = evhttp_request_get_input_headers(from);
  for (const evkeyval* header = headers->tqh_first; header != nullptr;
       header = header->next.tqe_next) {
    request.headers.emplace_back(lower(header->key), header->value);
  }
  evbuffer* body = evhttp_request_get_input_buffer(from);
  request.body.resize(evbuffer_get_length(body));
  evbuffer_remove(body, request.body.data(), request.body.size());
  return request;
}

void free_text(const void*, std::size_t, void* text) { delete static_cast<std::string*>(text); }

void close_connection(evhttp_request* request) {
  evhttp_connection* connection = evhttp_request_get_connection(request);
  if (connection == nullptr) {
    evhttp_send_reply(request, 500, nullptr,
                      nullptr);  // the client has gone already; this frees the request
  } else {
    evhttp_connection_free(connection);
  }
}

void on_half_sent(bufferevent*, void* connection) {
  evhttp_connection_free(static_cast<evhttp_connection*>(connection));
}

void on_half_failed(bufferevent*, short, void* connection) {
  evhttp_connection_free(static_cast<evhttp_connection*>(connection));
}

void accept_again(int, short, void* listener) {
  evconnlistener_enable(static_cast<evconnlistener*>(listener));
}

// Out of descriptors: the connection stays in the queue, so another try at once would fail as well.
void on_accept_failed(evconnlistener* listener, void*) {
  static bool told = false;
  if (!told) {
    std::fprintf(stderr, "sandbox: no new connection: %s; trying again until others end\n",
                 std::strerror(errno));
  }
  told = true;
  evconnlistener_disable(listener);
  event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT, accept_again, listener,
                  &kBeforeNextAccept);
}

}  // namespace

struct Server::Pending {
  Server* server = nullptr;
  evhttp_request* request = nullptr;
  Outcome outcome = {};
  event* timer = nullptr;

  Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    if (timer != nullptr) event_free(timer);
  }
};

Server::Server(std::unique_ptr<Database> database, const SandboxOptions& options, Recorder recorder,
               TlsContext tls)
    : responder_(std::move(database), options.pace),
      recorder_(std::move(recorder)),
      tls_(std::move(tls)),
      latency_milliseconds_(static_cast<int>(options.latency.count())) {
  base_ = event_base_new();
  // Three priorities: connections get the middle one, the flush comes after all of them.
  event_base_priority_init(base_, 3);
  http_ = evhttp_new(base_);
  evhttp_set_allowed_methods(http_, kMethods);
  evhttp_set_max_body_size(http_, 16 << 20);
  evhttp_set_max_headers_size(http_, 64 << 10);
  evhttp_set_timeout(http_, kIdleSeconds);
  if (tls_ != nullptr) evhttp_set_bevcb(http_, make_tls_connection, tls_.get());
  evhttp_set_gencb(http_, on_request, this);
  flush_event_ = event_new(base_, -1, 0, on_flush, this);
  event_priority_set(flush_event_, 2);
  if (pipe(stop_pipe_) == 0) {
    stop_event_ = event_new(base_, stop_pipe_[0], EV_READ, on_stop, this);
    event_add(stop_event_, nullptr);
  }
}

Server::~Server() {
  for (Pending* pending : delayed_) delete pending;
  unflushed_.clear();
  evhttp_free(http_);
  event_free(flush_event_);
  if (stop_event_ != nullptr) event_free(stop_event_);
  event_base_free(base_);
  for (const int end : stop_pipe_) {
    if (end >= 0) close(end);
  }
  responder_.commit();
}

Result<int> Server::listen(int port) {
  evhttp_bound_socket* socket =
      evhttp_bind_socket_with_handle(http_, "127.0.0.1", static_cast<std::uint16_t>(port));
  if (socket == nullptr) {
    return Diagnostic{.code = ErrorCode::io,
                      .message = "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " +
                                 std::strerror(errno),
                      .hint = "choose another port; 0 takes any free one"};
  }
  evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(socket), on_accept_failed);
  sockaddr_in address = {};
  socklen_t length = sizeof address;
  getsockname(evhttp_bound_socket_get_fd(socket), reinterpret_cast<sockaddr*>(&address), &length);
  return static_cast<int>(ntohs(address.sin_port));
}

void Server::run() { event_base_dispatch(base_); }

void Server::stop() {
  const char byte = 0;
  [[maybe_unused]] const auto written = write(stop_pipe_[1], &byte, 1);
}

void Server::on_request(evhttp_request* request, void* self) {
  static_cast<Server*>(self)->accept(request);
}
void Server::on_flush(int, short, void* self) { static_cast<Server*>(self)->flush(); }
void Server::on_stop(int, short, void* self) {
  event_base_loopbreak(static_cast<Server*>(self)->base_);
}

void Server::on_delay(int, short, void* pending) {
  const std::unique_ptr<Pending> owned(static_cast<Pending*>(pending));
  Server& server = *owned->server;
  server.delayed_.erase(owned.get());
  server.send(*owned);
}

void Server::accept(evhttp_request* request) {
  Request read = read_request(request);
  auto pending = std::make_unique<Pending>();
  pending->server = this;
  pending->request = request;
  if (recorder_.on()) {
    pending->outcome = responder_.respond(read.path, read);
    if (!read.path.starts_with("/_sandbox/")) recorder_.write(read, pending->outcome);
  } else {
    const std::string target = read.path;
    pending->outcome = responder_.respond(target, std::move(read));
  }
  if (unflushed_.empty()) event_active(flush_event_, 0, 0);
  unflushed_.push_back(std::move(pending));
}

void Server::flush() {
  responder_.commit();
  std::vector<std::unique_ptr<Pending>> ready;
  ready.swap(unflushed_);
  for (auto& pending : ready) {
    const int delay = pending->outcome.delay_milliseconds + latency_milliseconds_;
    if (delay == 0) {
      send(*pending);
      continue;
    }
    Pending* waiting = pending.release();
    delayed_.insert(waiting);
    waiting->timer = event_new(base_, -1, 0, on_delay, waiting);
    const timeval time = {delay / 1000, delay % 1000 * 1000L};
    event_add(waiting->timer, &time);
  }
}

void Server::send(Pending& pending) {
  Reply& reply = pending.outcome.reply;
  evhttp_connection* connection = evhttp_request_get_connection(pending.request);
  if (connection == nullptr || pending.outcome.manner == Outcome::Manner::none) {
    close_connection(pending.request);
    return;
  }
  if (pending.outcome.manner == Outcome::Manner::half) {
    send_half(pending);
    return;
  }
  // Without this the end of a long reply waits for the client's delayed acknowledgement.
  const int yes = 1;
  setsockopt(bufferevent_getfd(evhttp_connection_get_bufferevent(connection)), IPPROTO_TCP,
             TCP_NODELAY, &yes, sizeof yes);
  evkeyvalq* headers = evhttp_request_get_output_headers(pending.request);
  if (!reply.body.empty()) evhttp_add_header(headers, "Content-Type", reply.type.c_str());
  if (reply.body.empty() && reply.status != 204) evhttp_add_header(headers, "Content-Length", "0");
  for (const auto& [name, value] : reply.headers)
    evhttp_add_header(headers, name.c_str(), value.c_str());
  evbuffer* body = evbuffer_new();
  if (!reply.body.empty()) {
    auto* text = new std::string(std::move(reply.body));
    evbuffer_add_reference(body, text->data(), text->size(), free_text, text);
  }
  evhttp_send_reply(pending.request, reply.status, nullptr, body);
  evbuffer_free(body);
}

// The head promises the whole body; half of it follows, then the connection closes.
void Server::send_half(Pending& pending) {
  const Reply& reply = pending.outcome.reply;
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) +
                     " Reply\r\nContent-Type: " + reply.type +
                     "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" +
                     reply.body.substr(0, reply.body.size() / 2);
  if (reply.body.size() < 2) text.resize(text.size() / 2);
  evhttp_connection* connection = evhttp_request_get_connection(pending.request);
  bufferevent* stream = evhttp_connection_get_bufferevent(connection);
  bufferevent_setcb(stream, nullptr, on_half_sent, on_half_failed, connection);
  bufferevent_enable(stream, EV_WRITE);
  bufferevent_write(stream, text.data(), text.size());
}

}  // namespace jim::sandbox
