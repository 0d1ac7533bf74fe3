#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/entry_store.h"
#include "core/state/http_exchange.h"
#include "core/state/http_server_lock.h"

namespace jim {

/// Entries in one document on a server of Terraform's http state protocol (GitLab's managed
/// Terraform state and others). Every commit sends the whole document: commits that wait while one
/// is under way go together in the next.
///
/// The server's lock has no term and its holder gives no sign of life. Jim's has both: each write
/// of the document, by a commit or by renew_lock, says when, by the server's own Date; who meets a
/// lock of jim's that is silent for longer than its term takes it off by its id and locks anew. A
/// lock of another tool is never taken off. While a place was never written, the lock's own time
/// counts.
///
/// Fencing. A server that compares the id of a write with its lock, as GitLab does, refuses whoever
/// lost the lock, however late. For those that do not, the document is read before each write, and
/// must be the one that this run wrote last; when the term ends before the write is sent, it is
/// read once more. What remains possible there: a holder that stops for longer than its term
/// exactly between the first byte of its write and the last overwrites what the next one wrote in
/// that time (it sees how long that took, and stops), and so do two that replace the same dead one
/// in the same moment; the other one notices it before its next write, and stops.
///
/// A write whose answer was lost is settled by reading: every writing has a mark of its own. When
/// it is not there it may still be on its way, and would put an old document over newer ones: so
/// this run takes its lock anew, under another id, before it reads or writes again. On servers that
/// do not compare ids such a late write cannot be kept out; it is noticed before the next write.
class HttpStore : public EntryStore {
 public:
  HttpStore(EventLoop& loop, Http& http, HttpPlace place);
  HttpStore(const HttpStore&) = delete;
  HttpStore& operator=(const HttpStore&) = delete;

  Task<Result<std::vector<Entry>>> load(std::vector<std::string> prefixes) override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> commit(Batch batch) override;
  std::string place() const override { return exchange_.shown(); }

 private:
  class Waiting;
  class Group;

  Task<Result<LockHolder>> begin_holding(LockHolder wanted, Duration term);
  /// Fails when it is older than what the server showed, or took, before.
  Result<void> is_later(const std::optional<HttpDocument>& found);
  Task<Result<void>> release();
  Task<Result<void>> write_group();
  Task<Result<void>> write(const Group& group);
  void fail(const Diagnostic& why);
  /// Makes sure that no write of this run arrives any more.
  Task<Result<void>> settle();
  Task<Result<std::optional<HttpDocument>>> read();
  /// Reads until it is answered, for a while: a server that restarts must not end a run.
  Task<Result<std::optional<HttpDocument>>> read_patiently();
  /// Sends it in place of the one that it was made of, which has its mark.
  Task<Result<void>> put(HttpDocument document);
  /// Nobody takes the lock before: the document, which has our mark, may be written.
  Instant write_until() const;
  Task<Result<void>> look_again_if_late();
  Result<void> check(const std::optional<HttpDocument>& found) const;
  Diagnostic lost(const std::optional<HttpDocument>& found) const;

  EventLoop& loop_;
  HttpExchange exchange_;
  HttpServerLock lock_;
  Duration term_ = {};
  Instant alive_ = {};  ///< when the last sign of life that arrived was sent, or the lock asked for
  Instant read_ = {};   ///< when the last reading began
  /// The writings that may be there: the last one of this run, and the one before it as long as
  /// nobody knows whether the last arrived.
  std::vector<std::string> marks_ = {};
  std::int64_t newest_ = 0;   ///< the highest number that the server has shown or taken
  bool has_written_ = false;  ///< since it has the lock
  bool is_spoilt_ = false;    ///< what was written then came back as no document
  bool in_doubt_ = false;     ///< a write under the lock's id may still arrive
  std::vector<Waiting*> waiting_ = {};
  /// After a commit whose changes may be missing nothing that builds on them is written, until the
  /// head is loaded again. Signs of life go on.
  std::optional<Diagnostic> failed_ = {};
  Gate writing_;
};

Result<std::unique_ptr<EntryStore>> open_http(EventLoop& loop, Http& http,
                                              const StoreSettings& settings);

}  // namespace jim
