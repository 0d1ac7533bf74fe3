#pragma once

#include <functional>
#include <string>

#include "core/net/event_loop.h"
#include "core/state/s3_head.h"
#include "core/state/s3_objects.h"

namespace jim {

/// The head as it was last seen in the bucket.
struct S3Seen {
  S3Head head = {};
  bool exists = false;
  std::string etag = {};
  WallTime modified = {};  ///< by the server's clock, like `now`
  WallTime now = {};
};

/// The head in the bucket as a register that is compared and set. One operation at a time.
class S3Register {
 public:
  /// Changes a head that is to be written, or fails when the head as it stands forbids that. Called
  /// again for each try.
  using Edit = std::function<Result<void>(S3Head& head)>;
  /// Whether a head that another one may have written since has in it what the edit adds.
  using Has = std::function<bool(const S3Head& head)>;

  /// `unconditional`: for servers that ignore conditions; it then looks before it writes, and what
  /// comes in between is lost.
  S3Register(EventLoop& loop, S3Objects& objects, bool unconditional);

  const S3Seen& seen() const { return seen_; }
  Task<Result<void>> read();
  /// Puts an edited head in place of the one that was seen. When that was not the one in the
  /// bucket, or no clear answer came, reads and compares: tells success from failure, or tries
  /// again. Fails as `edit` does, and with `unavailable` when nobody knows.
  Task<Result<void>> write(const Edit& edit, const Has& has);
  Task<Result<void>> write(const Edit& edit);
  /// Fails with `invalid_config` when the server writes although a condition is not met. Writes
  /// nothing else than what was seen.
  Task<Result<void>> probe();

 private:
  Task<Result<S3Written>> put(std::string text);
  std::string sent_etag(const std::string& etag) const;

  EventLoop& loop_;
  S3Objects& objects_;
  bool unconditional_;
  S3Seen seen_ = {};
  bool bare_ = false;          ///< ETags are sent without their quotes
  bool quotes_known_ = false;  ///< a write with an ETag was done
};

}  // namespace jim
