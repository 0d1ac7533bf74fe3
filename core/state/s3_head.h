#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/state/lock.h"
#include "core/state/process_identity.h"

namespace jim {

/// Who holds the right to write, as the head has it. Its term runs from the head's last writing, by
/// the server's clock.
struct S3Lock {
  std::string id = {};  ///< random: tells our lock from any other
  LockHolder holder = {};
  Duration term = {};
  ProcessIdentity process = {};
};

/// An object below `key.d/` that holds changes. It never changes itself.
struct S3Segment {
  std::string name = {};
  std::int64_t bytes = 0;
  bool operator==(const S3Segment&) const = default;
};

/// The object `key`: which segments make the state, in order, and who may write. Whoever writes
/// puts a new head in place of the very one that he read, so a holder that lost the lock can add
/// nothing any more.
struct S3Head {
  std::string write = {};   ///< random, of each writing: no two heads are the same bytes
  std::int64_t token = 0;   ///< of the last holder
  std::int64_t serial = 0;  ///< of the last entry
  std::optional<S3Lock> lock = {};
  std::vector<S3Segment> segments = {};

  bool lists(const std::string& segment) const;
};

std::string head_text(const S3Head& head);
/// Fails with `io` on what no jim wrote, or a newer one; `place` is for the message.
Result<S3Head> read_head(const std::string& text, const std::string& place);

}  // namespace jim
