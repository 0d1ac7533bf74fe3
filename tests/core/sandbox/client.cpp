#include "tests/core/sandbox/client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace jim::sandbox {

Client::~Client() { drop(); }

void Client::drop() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

bool Client::connect() {
  if (socket_ >= 0) return true;
  socket_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

Answer Client::send(const std::string& method, const std::string& path, const std::string& body) {
  if (!connect()) return {};
  std::string text = method + ' ' + path + " HTTP/1.1\r\nHost: sandbox\r\n";
  if (!token_.empty()) text += "Authorization: Bearer " + token_ + "\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0) drop();

  std::string got;
  std::size_t wanted = std::string::npos;
  Answer answer;
  while (socket_ >= 0 && got.size() < wanted) {
    char buffer[65536];
    const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0) break;
    got.append(buffer, static_cast<std::size_t>(count));
    const std::size_t end = got.find("\r\n\r\n");
    if (wanted != std::string::npos || end == std::string::npos) continue;
    answer.head = got.substr(0, end);
    const std::size_t length = answer.head.find("Content-Length: ");
    wanted = end + 4;
    if (length != std::string::npos) wanted += std::strtoul(&answer.head[length + 16], nullptr, 10);
  }
  if (wanted == std::string::npos || got.size() < wanted) {
    drop();
    return {};
  }
  answer.status = std::atoi(answer.head.c_str() + 9);
  answer.body = got.substr(answer.head.size() + 4);
  return answer;
}

}  // namespace jim::sandbox
