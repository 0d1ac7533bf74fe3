#include "tests/fakes/memory_files.h"

#include <set>

namespace jim {

namespace {

std::string below(const std::string& folder) {
  return folder.empty() || folder.back() == '/' ? folder : folder + "/";
}

Diagnostic missing(const std::string& what, const std::string& path) {
  return {.code = ErrorCode::not_found,
          .message = "cannot " + what + " " + path + ": No such file or directory"};
}

}  // namespace

Result<std::string> MemoryFiles::read(const std::string& path, std::size_t limit) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return missing("read", path);
  if (found->second.size() > limit)
    return Diagnostic{.code = ErrorCode::io, .message = "cannot read " + path + ": too large"};
  return found->second;
}

Result<void> MemoryFiles::write(const std::string& path, const std::string& content) {
  if (fail_next_write_) {
    fail_next_write_ = false;
    return Diagnostic{.code = ErrorCode::io,
                      .message = "cannot write " + path + ": No space left on device"};
  }
  files_[path] = content;
  return {};
}

bool MemoryFiles::exists(const std::string& path) const {
  const auto below_it = files_.lower_bound(below(path));
  return files_.contains(path) ||
         (below_it != files_.end() && below_it->first.starts_with(below(path)));
}

Result<std::vector<std::string>> MemoryFiles::list(const std::string& folder) const {
  const std::string start = below(folder);
  std::set<std::string> names;
  for (const auto& [path, content] : files_) {
    if (!path.starts_with(start)) continue;
    const std::string rest = path.substr(start.size());
    names.insert(rest.substr(0, rest.find('/')));
  }
  if (names.empty()) return missing("list", folder);
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace jim
