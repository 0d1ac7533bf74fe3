#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/event_loop.h"
#include "core/resource/object.h"
#include "core/value/value.h"

namespace jim {

/// Where everyone who waits for objects of one type shares what a list showed, so that a thousand
/// waiting machines cost one list per poll and not a thousand reads.
struct Board {
  explicit Board(EventLoop& loop) : arrived(loop), answer_came(loop) {}

  /// The vendor's words on one object, and the parent it was listed below.
  struct Shown {
    Value it = {};
    Value parent = {};
  };

  /// Ids that somebody waits for right now, with how many do.
  std::map<std::string, int> awaited = {};
  std::map<std::string, Shown> shown = {};  ///< of the awaited ones
  std::uint64_t asked = 0;                  ///< lists begun
  std::uint64_t answered = 0;               ///< the list that `shown` is from
  std::size_t pages = 1;                    ///< how many it took
  std::optional<Diagnostic> failure = {};   ///< of that list
  bool listing = false;
  Event arrived;

  /// What stood before the first creation of this run; for types of which a new object can be told
  /// only from what was there before.
  std::optional<std::vector<Object>> survey = {};
  bool surveying = false;
  std::set<std::string> made = {};  ///< ids of objects that this run created

  std::set<std::uint64_t> sending = {};  ///< creating requests that are not answered yet
  std::uint64_t sent = 0;                ///< creating requests so far
  Event answer_came;
};

/// A creating request under way, for as long as it lives.
class Sending {
 public:
  explicit Sending(Board& board) : board_(board), ticket_(++board.sent) {
    board_.sending.insert(ticket_);
  }
  ~Sending() {
    board_.sending.erase(ticket_);
    board_.answer_came.set();
    board_.answer_came.reset();
  }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

 private:
  Board& board_;
  std::uint64_t ticket_;
};

/// Being among the awaited ones, for as long as it lives.
class Awaiting {
 public:
  Awaiting(Board& board, std::string id) : board_(board), id_(std::move(id)), heard_(board.asked) {
    ++board_.awaited[id_];
  }
  ~Awaiting() {
    if (--board_.awaited[id_] > 0) return;
    board_.awaited.erase(id_);
    board_.shown.erase(id_);
  }
  Awaiting(const Awaiting&) = delete;
  Awaiting& operator=(const Awaiting&) = delete;

  /// Whether the board has a list that was begun after this wait, and not heard yet.
  bool has_news() const { return board_.answered > heard_; }
  void hear() { heard_ = board_.answered; }

 private:
  Board& board_;
  std::string id_;
  std::uint64_t heard_;
};

}  // namespace jim
