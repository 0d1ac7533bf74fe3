#include "core/base/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace jim {

namespace {

Diagnostic failure(const std::string& what, const std::string& path, int error) {
  return {.code = error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          .message = "cannot " + what + " " + path + ": " + std::strerror(error)};
}

/// Closes a file when the scope ends.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int file, const std::string& content) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t some = ::write(file, content.data() + done, content.size() - done);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return false;
    done += static_cast<std::size_t>(some);
  }
  return true;
}

/// What a shell hands in: `-f <(...)`, `-f /dev/stdin`.
bool is_handed_in(const std::string& path) {
  return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

const char* kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

/// Where a chain of symbolic links leads; the end need not exist.
std::string behind_links(std::string path) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code failure;
    const auto next = std::filesystem::read_symlink(path, failure);
    if (failure) break;
    path = next.is_absolute() ? next.string()
                              : (std::filesystem::path(path).parent_path() / next).string();
  }
  return path;
}

/// Writes into what is no regular file: there is nothing to replace. Without a reader a pipe is an
/// error at once.
Result<void> write_into(const std::string& path, const std::string& content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return failure("write", path, errno);
  ::fcntl(file.number(), F_SETFL, ::fcntl(file.number(), F_GETFL) & ~O_NONBLOCK);
  if (!write_all(file.number(), content)) return failure("write", path, errno);
  return {};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::string> DiskFiles::read(const std::string& path, std::size_t limit) const {
  // Opening a pipe that nobody writes to would wait for ever.
  const bool handed_in = is_handed_in(path);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | (handed_in ? 0 : O_NONBLOCK)));
  if (file.number() < 0) return failure("read", path, errno);
  struct stat info = {};
  if (::fstat(file.number(), &info) != 0) return failure("read", path, errno);
  if (S_ISDIR(info.st_mode)) return failure("read", path, EISDIR);
  if (!S_ISREG(info.st_mode) && !(handed_in && S_ISFIFO(info.st_mode)))
    return Diagnostic{.code = ErrorCode::io,
                      .message = "cannot read " + path + ": it is " + kind_of(info.st_mode) +
                                 ", not a regular file"};
  std::string content;
  std::string block(64 << 10, '\0');
  for (;;) {
    const ssize_t some = ::read(file.number(), block.data(), block.size());
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return failure("read", path, errno);
    if (some == 0) return content;
    content.append(block, 0, static_cast<std::size_t>(some));
    if (content.size() > limit)
      return Diagnostic{.code = ErrorCode::io,
                        .message = "cannot read " + path + ": it is larger than " +
                                   std::to_string(limit >> 20) + " MiB"};
  }
}

Result<void> DiskFiles::write(const std::string& path, const std::string& content) {
  struct stat info = {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) return failure("write", path, EISDIR);
  if (there && !S_ISREG(info.st_mode)) return write_into(path, content);
  const std::string target = behind_links(path);
  const std::string temporary = target + ".new-" + std::to_string(::getpid());
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (file.number() < 0) return failure("write", target, errno);
    if (!write_all(file.number(), content) || ::fsync(file.number()) != 0) {
      const int error = errno;
      ::unlink(temporary.c_str());
      return failure("write", target, error);
    }
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return failure("write", target, error);
  }
  const Descriptor folder(::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() >= 0) ::fsync(folder.number());
  return {};
}

bool DiskFiles::exists(const std::string& path) const {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0;
}

Result<std::vector<std::string>> DiskFiles::list(const std::string& folder) const {
  DIR* open = ::opendir(folder.c_str());
  if (open == nullptr) return failure("list", folder, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace jim
