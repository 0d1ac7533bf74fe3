#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/net/event_loop.h"
#include "core/net/http.h"

namespace jim {

/// A server of Terraform's http state protocol. Time is the clock's, told by the Date of each
/// answer. It outlives its clients, and any number of them may use it at once.
class SimulatedHttpState {
 public:
  /// How servers differ.
  struct Habits {
    bool compares_ids = true;  ///< a write and an unlock must name the lock's id
    bool tells_holder = true;  ///< a refused lock says who has it
    /// As GitLab 18 does: POST and DELETE for locks, a serial is taken once, a refused write is
    /// answered with 500, and of a holder only id, name and time are told, the rest is the asker's.
    bool like_gitlab = false;
    std::string authorization = {};  ///< what the header must be; empty: none is asked for
  };

  explicit SimulatedHttpState(const Clock& clock) : SimulatedHttpState(clock, Habits()) {}
  SimulatedHttpState(const Clock& clock, Habits habits)
      : clock_(clock), habits_(std::move(habits)) {}

  HttpResponse answer(const HttpRequest& request);

  /// What is kept at a path such as `/state/demo`; empty: nothing.
  const std::string& document(const std::string& path) { return documents_[path].text; }
  void set_document(const std::string& path, std::string text) {
    documents_[path].text = std::move(text);
  }
  /// The body that LOCK was sent with; empty: not locked.
  const std::string& lock(const std::string& path) { return documents_[path].lock; }
  void set_lock(const std::string& path, std::string body) {
    documents_[path].lock = std::move(body);
  }
  int writes() const { return writes_; }

 private:
  struct Document {
    std::string text = {};
    std::string lock = {};
    std::set<std::int64_t> serials = {};
  };

  HttpResponse answer_at(Document& document, const HttpRequest& request, bool for_lock);
  HttpResponse take_lock(Document& document, const std::string& body) const;
  HttpResponse write(Document& document, const std::string& body, const std::string& id);

  const Clock& clock_;
  Habits habits_;
  std::map<std::string, Document> documents_ = {};
  int writes_ = 0;
};

/// A client's way to the server. Others run between a request and its effect, and between that and
/// its answer.
class SimulatedHttpStateClient : public Http {
 public:
  SimulatedHttpStateClient(EventLoop& loop, SimulatedHttpState& server)
      : loop_(loop), server_(server) {}
  Task<Result<HttpResponse>> send(HttpRequest request) override;

 private:
  EventLoop& loop_;
  SimulatedHttpState& server_;
};

}  // namespace jim
