#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/entry_store.h"
#include "core/state/s3_journal.h"
#include "core/state/s3_objects.h"
#include "core/state/s3_register.h"
#include "core/state/s3_segments.h"

namespace jim {

/// What an S3Store needs beside the bucket.
struct S3StoreOptions {
  std::string journal = {};        ///< path of the journal's file; empty: none is kept
  std::string journal_shown = {};  ///< what messages call it
  bool unconditional = false;      ///< the server may ignore conditions
  std::function<void(const Diagnostic&)> tell = {};
};

/// Entries in an S3 bucket. A commit puts an immutable segment with its changes, then a head that
/// lists it in place of the very head that was read last; lock, renewal and release are written the
/// same way, so who lost the lock cannot add anything, however late. Terms run by the server's
/// clock alone. Commits that wait while one is under way go together.
///
/// Before it is sent each segment is durable in a journal on this machine. While the server is gone
/// a commit that is no promise succeeds by that; promises fail, the release tells what is owed, and
/// the next lock from this machine and folder brings it in, unless the state has moved on.
class S3Store : public EntryStore {
 public:
  S3Store(EventLoop& loop, Http& http, S3Place place, AwsCredentialSettings credentials,
          S3StoreOptions options);

  Task<Result<std::vector<Entry>>> load(std::vector<std::string> prefixes) override;
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override;
  Task<Result<std::optional<LockHolder>>> holder() override;
  Task<Result<void>> renew_lock(Duration term) override;
  Task<Result<void>> release_lock() override;
  Task<Result<void>> commit(Batch batch) override;
  bool keeps_what_failed() const override { return journal_ != nullptr; }
  Diagnostic with_what_is_owed(Diagnostic why) override;
  std::string place() const override { return objects_.place().shown; }

 private:
  /// A commit that waits; shared with the one that writes it, who may outlive it or not.
  struct Waiting {
    Batch batch = {};
    bool taken = false;  ///< it is part of a segment
    bool done = false;
    Result<void> result = {};
  };
  struct Queued;

  void tell(const Diagnostic& told) const;
  Diagnostic lost() const;
  Result<void> check(const S3Head& head) const;
  /// The last segment that the bucket may have, as far as is known.
  std::vector<std::string> bases() const;

  Task<Result<void>> take_lock(LockHolder& holder, Duration term);
  Task<Result<void>> bring_in_what_is_owed();
  Task<Result<void>> give_lock_back();
  Diagnostic owed(const Diagnostic& why);

  Task<void> write_group();
  void fail(const Diagnostic& why);
  Task<Result<void>> write_segment(S3Pending segment, bool promise);
  bool keep_in_journal(const S3Pending& segment);
  /// Sends what is pending and a head that lists it, changed by `more`.
  Task<Result<void>> send_pending(const S3Register::Edit& more);
  Task<Result<void>> send_pending();
  Task<void> merge_segments();

  EventLoop& loop_;
  S3Objects objects_;
  S3StoreOptions options_;
  S3Register head_;
  S3Segments segments_;
  std::unique_ptr<S3Journal> journal_ = {};
  std::string lock_ = {};  ///< the id of ours; empty: none
  Gate writing_;           ///< who changes the head, or what is pending
  std::vector<std::shared_ptr<Waiting>> waiting_ = {};
  std::vector<S3Pending> pending_ = {};  ///< not known to be listed
  /// Why commits are refused until the state was loaded: they may stand upon one that is not there.
  std::optional<Diagnostic> failed_ = {};
  std::vector<std::string> given_up_ = {};       ///< a head that is on its way may yet list them
  std::optional<Instant> not_before_ = {};       ///< the server is gone; when to try again
  std::optional<std::string> may_be_last_ = {};  ///< of a merge that nobody heard the end of
  bool mostly_dead_ = false;        ///< segments hold more that is over than what counts
  std::size_t merge_again_at_ = 0;  ///< how many segments there must be
};

}  // namespace jim
