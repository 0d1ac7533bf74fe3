#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/net/event_loop.h"
#include "core/state/s3_journal.h"
#include "core/state/s3_objects.h"
#include "core/state/s3_register.h"
#include "core/state/s3_segment.h"

namespace jim {

/// The segments in the bucket, several requests at a time.
///
/// A DELETE may arrive long after it was given up. So only names go that no head lists, and a head
/// takes up no name that one before it might have listed and did not: what is written again gets a
/// fresh name.
class S3Segments {
 public:
  S3Segments(EventLoop& loop, S3Objects& objects) : loop_(loop), objects_(objects) {}

  /// A name that nobody has used.
  static std::string fresh_name(std::int64_t serial);
  /// What these say together. Fails with `not_found` when one is gone, with `io` on damage.
  Task<Result<EntryChanges>> read(std::vector<S3Segment> segments);
  Task<Result<void>> put(const std::vector<S3Pending>& segments);
  /// Removes those that no head lists any more; what fails is left for the next time.
  Task<void> remove(std::vector<std::string> names);
  /// Removes what runs before have left: segments that `seen`, written by us under the lock, does
  /// not list and that are older than it. No head that could list them can be written any more.
  Task<void> remove_leftovers(const S3Seen& seen);

 private:
  EventLoop& loop_;
  S3Objects& objects_;
};

}  // namespace jim
