#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/state/sqlite_database.h"

namespace jim {

/// A segment on its way to the bucket.
struct S3Pending {
  std::string name = {};
  std::string text = {};
  std::int64_t serial = 0;
  std::int64_t commits = 0;  ///< how many share it
};

/// What this machine still owes the bucket: segments are durable here before they are sent, so a
/// commit that no server takes any more is not lost. One SQLite file for each state and folder,
/// there only while a run writes or something is owed.
///
/// It says which segment the bucket ended with when the first of its own was added (`bases`): only
/// upon that may they be written later, else they would put old over newer.
///
/// A run that has slept over its term may find that the next one has taken its journal over: then
/// it changes nothing there, and each change fails with `conflict`.
class S3Journal {
 public:
  struct Content {
    std::vector<std::string> bases = {};  ///< the empty name: the state had no segment
    std::vector<S3Pending> pending = {};  ///< in order
  };

  /// `place` is what messages call `path`.
  S3Journal(std::string path, std::string place);

  const std::string& place() const { return place_; }
  /// What an earlier run left; nothing when there is no file.
  Result<Content> read();
  /// From now on the journal is of the holder `owner` and holds what `edit` makes of what an
  /// earlier run left; makes the file. One transaction: what that run still adds is either left to
  /// `edit` or refused.
  Result<void> take_over(const std::string& owner, const std::function<void(Content&)>& edit);
  /// Adds a segment; durable when it returns.
  Result<void> append(const S3Pending& segment, const std::vector<std::string>& bases);
  /// The bucket has what is in the journal; its last segment may be one of `bases`. Not durable by
  /// itself: after a power cut `read` may give some of it again.
  Result<void> clear(const std::vector<std::string>& bases);
  /// Takes back the segment that was appended last.
  Result<void> take_back(const std::string& name);
  /// Nobody has taken it over, as far as it can be read.
  bool is_ours();
  /// Removes the file, unless it is another holder's by now.
  void drop();

 private:
  Result<void> open();
  Result<void> check_owner();
  Result<Content> read_tables();
  Result<void> write_bases(const std::vector<std::string>& bases);
  template <class Work>
  Result<void> transaction(bool durable, Work work);

  std::string path_;
  std::string place_;
  std::string owner_ = {};
  std::unique_ptr<SqliteDatabase> database_ = {};
};

}  // namespace jim
