#include "core/base/private_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace jim {

namespace {

constexpr const char* kOurs = ".jim";

/// State is nothing for version control: it holds ids and the key of the fingerprints.
int keep_out_of_git(const std::string& folder) {
  const int file = ::open((folder + "/.gitignore").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0) return errno;
  const bool written = ::write(file, "*\n", 2) == 2;
  const int number = errno;
  ::close(file);
  return written ? 0 : number;
}

}  // namespace

int make_private_folder(const std::string& folder) {
  if (::access(folder.c_str(), F_OK) == 0) return 0;
  const std::filesystem::path path(folder);
  const std::filesystem::path above = path.parent_path();
  if (above.filename() == kOurs) {
    if (const int number = make_private_folder(above.string()); number != 0) return number;
  } else if (!above.empty()) {
    std::error_code failure;
    std::filesystem::create_directories(above, failure);
    if (failure) return failure.value();
  }
  if (::mkdir(folder.c_str(), 0700) != 0) return errno == EEXIST ? 0 : errno;
  return path.filename() == kOurs ? keep_out_of_git(folder) : 0;
}

}  // namespace jim
