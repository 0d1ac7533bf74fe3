#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace jim {

/// The file system as the program uses it; a seam, so that tests can keep files in memory and fail
/// a write.
class Files {
 public:
  virtual ~Files() = default;
  /// The whole file. Fails with not_found, or io with the system's reason; io too when larger than
  /// `limit` bytes, and when it is a device or a pipe, unless a shell hands it in as /dev/fd/N.
  virtual Result<std::string> read(const std::string& path,
                                   std::size_t limit = 64u << 20) const = 0;
  /// Replaces the file in one step (temporary file, fsync, rename): afterwards it is the old or the
  /// new one, whole. Follows symbolic links, and writes into what is no regular file.
  virtual Result<void> write(const std::string& path, const std::string& content) = 0;
  virtual bool exists(const std::string& path) const = 0;
  /// Names in a folder, sorted; `not_found` when there is none.
  virtual Result<std::vector<std::string>> list(const std::string& folder) const = 0;
};

/// The real file system.
class DiskFiles : public Files {
 public:
  Result<std::string> read(const std::string& path, std::size_t limit = 64u << 20) const override;
  Result<void> write(const std::string& path, const std::string& content) override;
  bool exists(const std::string& path) const override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;
};

}  // namespace jim
