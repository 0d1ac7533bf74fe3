#pragma once

#include <string>

namespace jim::sandbox {

struct Answer {
  int status = 0;  ///< 0: the connection ended before a whole reply
  std::string head = {};
  std::string body = {};
};

/// A blocking HTTP client over one connection, made anew when it has been closed.
class Client {
 public:
  explicit Client(int port, std::string token = "good") : port_(port), token_(std::move(token)) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer send(const std::string& method, const std::string& path, const std::string& body = {});

 private:
  bool connect();
  void drop();

  int port_;
  std::string token_;
  int socket_ = -1;
};

}  // namespace jim::sandbox
