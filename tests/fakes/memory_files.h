#pragma once

#include <map>
#include <string>

#include "core/base/files.h"

namespace jim {

/// Files in memory; a folder is there when a file lies below it.
class MemoryFiles : public Files {
 public:
  MemoryFiles() = default;
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  /// The next `write` fails with io, and leaves the file as it was.
  void fail_next_write() { fail_next_write_ = true; }
  const std::map<std::string, std::string>& all() const { return files_; }

  Result<std::string> read(const std::string& path, std::size_t limit = 64u << 20) const override;
  Result<void> write(const std::string& path, const std::string& content) override;
  bool exists(const std::string& path) const override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;

 private:
  std::map<std::string, std::string> files_ = {};
  bool fail_next_write_ = false;
};

}  // namespace jim
