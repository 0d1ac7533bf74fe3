#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace jim {

/// What a server got: a whole request, and on which of its connections (counted from 1).
struct SeenRequest {
  int connection = 0;
  std::string method = {};
  std::string target = {};
  std::string head = {};  ///< request line and headers as they came
  std::string body = {};
};

/// What a server does about a request: it sends `bytes` and then keeps, closes or resets the
/// connection.
struct RawAnswer {
  enum class Then { keep, close, reset };
  std::string bytes = {};
  Then then = Then::keep;
};

/// `HTTP/1.1 200 OK` with that body and extra header lines, each ended by CR LF.
RawAnswer answer(int status, const std::string& body = "", const std::string& lines = "");
/// Resets the connection (SO_LINGER 0), after a part of an answer if one is given.
RawAnswer reset(const std::string& bytes = "");

/// A server on a real loopback socket, with a thread of its own. Sockets are what libcurl's own
/// repetitions show up at; a fake Http cannot see them.
class LoopbackServer {
 public:
  using Script = std::function<RawAnswer(const SeenRequest&)>;

  /// `script` runs on the server's thread.
  explicit LoopbackServer(Script script);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url(const std::string& path = "") const;
  /// Whole requests so far, in order.
  std::vector<SeenRequest> seen() const;
  /// `GET 1`, `POST 2`: methods with their connections.
  std::vector<std::string> seen_in_short() const;

 private:
  struct Connection {
    int number = 0;
    std::string received = {};
  };

  void serve();
  void accept_one();
  void receive(int socket, Connection& connection);
  /// Answers the first request when it is whole; false when the connection is at its end.
  bool answer_one(int socket, Connection& connection);
  void close_one(int socket, bool with_reset);

  Script script_;
  int listener_ = -1;
  int stop_pipe_[2] = {-1, -1};
  int port_ = 0;
  int accepted_ = 0;
  std::map<int, Connection> connections_ = {};
  mutable std::mutex mutex_ = {};
  std::vector<SeenRequest> seen_ = {};
  std::thread thread_ = {};
};

}  // namespace jim
