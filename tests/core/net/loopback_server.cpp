#include "tests/core/net/loopback_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

namespace jim {

namespace {

/// The first whole request in `text`, taken out of it.
std::optional<SeenRequest> take_request(std::string& text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  SeenRequest request = {.head = text.substr(0, end + 2)};
  const std::size_t length_at = request.head.find("\r\nContent-Length: ");
  const std::size_t length =
      length_at == std::string::npos ? 0 : std::stoul(request.head.substr(length_at + 18));
  if (text.size() < end + 4 + length) return std::nullopt;
  request.body = text.substr(end + 4, length);
  text.erase(0, end + 4 + length);
  const std::size_t method = request.head.find(' ');
  request.method = request.head.substr(0, method);
  request.target = request.head.substr(method + 1, request.head.find(' ', method + 1) - method - 1);
  return request;
}

}  // namespace

RawAnswer answer(int status, const std::string& body, const std::string& lines) {
  return {.bytes = fmt::format("HTTP/1.1 {} Answer\r\nContent-Length: {}\r\n{}\r\n{}", status,
                               body.size(), lines, body)};
}

RawAnswer reset(const std::string& bytes) {
  return {.bytes = bytes, .then = RawAnswer::Then::reset};
}

LoopbackServer::LoopbackServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, plain, &size) != 0 || ::pipe(stop_pipe_) != 0)
    std::abort();  // a machine without loopback cannot run these tests
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  ::close(stop_pipe_[1]);
  thread_.join();
  for (const auto& [socket, connection] : connections_) ::close(socket);
  ::close(stop_pipe_[0]);
  ::close(listener_);
}

std::string LoopbackServer::url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::vector<SeenRequest> LoopbackServer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::vector<std::string> LoopbackServer::seen_in_short() const {
  std::vector<std::string> all;
  for (const SeenRequest& one : seen())
    all.push_back(one.method + " " + std::to_string(one.connection));
  return all;
}

void LoopbackServer::serve() {
  while (true) {
    std::vector<pollfd> wanted = {{stop_pipe_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& [socket, connection] : connections_) wanted.push_back({socket, POLLIN, 0});
    if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[0].revents != 0) return;
    if (wanted[1].revents != 0) accept_one();
    for (std::size_t i = 2; i < wanted.size(); ++i)
      if (wanted[i].revents != 0) receive(wanted[i].fd, connections_.at(wanted[i].fd));
  }
}

void LoopbackServer::accept_one() {
  const int socket = ::accept(listener_, nullptr, nullptr);
  if (socket >= 0) connections_[socket] = {.number = ++accepted_};
}

void LoopbackServer::receive(int socket, Connection& connection) {
  char buffer[16384];
  const ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
  if (count <= 0) return close_one(socket, false);
  connection.received.append(buffer, static_cast<std::size_t>(count));
  while (answer_one(socket, connection)) {
  }
}

bool LoopbackServer::answer_one(int socket, Connection& connection) {
  auto request = take_request(connection.received);
  if (!request) return false;
  request->connection = connection.number;
  {
    const std::lock_guard lock(mutex_);
    seen_.push_back(*request);
  }
  const RawAnswer reply = script_(*request);
  std::string_view rest = reply.bytes;
  while (!rest.empty()) {
    const ssize_t sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (reply.then == RawAnswer::Then::keep) return true;
  close_one(socket, reply.then == RawAnswer::Then::reset);
  return false;
}

void LoopbackServer::close_one(int socket, bool with_reset) {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  if (with_reset) ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket);
  connections_.erase(socket);
}

}  // namespace jim
