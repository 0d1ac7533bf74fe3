#include "core/state/sqlite_problem.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/state/damage.h"

namespace jim {

namespace {

/// ` (it belongs to user 0, and this is user 1000)`, where that is the reason: of the file, or of
/// the first folder above it that can be seen.
std::string ownership(const std::string& path) {
  struct stat found = {};
  std::filesystem::path at = std::filesystem::absolute(path);
  while (stat(at.c_str(), &found) != 0) {
    if (at == at.parent_path()) return {};
    at = at.parent_path();
  }
  if (found.st_uid == geteuid()) return {};
  return fmt::format(" (it belongs to user {}, and this is user {})", found.st_uid, geteuid());
}

bool is_on_read_only_disk(const std::string& path) {
  struct statvfs disk = {};
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  return statvfs(folder.c_str(), &disk) == 0 && (disk.f_flag & ST_RDONLY) != 0;
}

}  // namespace

Diagnostic no_access(const std::string& path, const std::string& place, const char* verb) {
  if (is_on_read_only_disk(path))
    return {
        .code = ErrorCode::io,
        .message = fmt::format("cannot {} the state {}: its file system is read-only", verb, place),
        .hint = "mount it for writing, or name another place by --state"};
  const std::string owner = ownership(path);
  return {.code = ErrorCode::io,
          .message = fmt::format("cannot {} the state {}: permission denied{}", verb, place, owner),
          .hint = owner.empty()
                      ? "make the file and its folder writable, or name another place by --state"
                      : "run jim as that user, or give the folder to this one with chown"};
}

bool is_out_of_room(int number) { return number == ENOSPC || number == EDQUOT || number == EFBIG; }

Diagnostic no_room(const std::string& place, const char* verb, int number) {
  const std::string why = number == ENOSPC ? "the disk is full" : std::strerror(number);
  return {.code = ErrorCode::io,
          .message = fmt::format("cannot {} the state {}: {}", verb, place, why),
          .hint = "make room and run the command again; everything recorded so far is safe"};
}

namespace {

bool files_are_limited() {
  struct rlimit limit = {};
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

std::string system_reason(sqlite3* handle) {
  const int number = sqlite3_system_errno(handle);
  return number != 0 ? std::strerror(number) : sqlite3_errmsg(handle);
}

}  // namespace

Diagnostic sqlite_problem(sqlite3* handle, const std::string& path, const std::string& place) {
  switch (sqlite3_errcode(handle)) {
    case SQLITE_FULL:
      return no_room(place, "write", ENOSPC);
    case SQLITE_ERROR:  // our statements are right: what they name is not there any more
    case SQLITE_CONSTRAINT:
      return damaged_state(
          place, fmt::format("its structure is not as jim made it: {}", sqlite3_errmsg(handle)));
    case SQLITE_CORRUPT:
      return damaged_state(place, "parts of it are missing or overwritten");
    case SQLITE_NOTADB: {
      Diagnostic other = damaged_state(place, "it is no database");
      other.hint =
          "name another file if it is something else of yours; if it was jim's, " + other.hint;
      return other;
    }
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {.code = ErrorCode::conflict,
              .message = fmt::format("the state {} is being written by another process", place),
              .hint = "wait until it has ended and run the command again"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return no_access(path, place, "write");
    case SQLITE_CANTOPEN:
      if (access(path.c_str(), R_OK) != 0 && errno == EACCES) return no_access(path, place, "open");
      return {.code = ErrorCode::io,
              .message = fmt::format("cannot open the state {}: {}", place, system_reason(handle)),
              .hint = "see whether the folder exists and is writable"};
    default:
      if (const int number = sqlite3_system_errno(handle); is_out_of_room(number))
        return no_room(place, "use", number);
      // SQLite does not always keep the number.
      if (sqlite3_extended_errcode(handle) == SQLITE_IOERR_WRITE && files_are_limited())
        return no_room(place, "write", EFBIG);
      return {
          .code = ErrorCode::io,
          .message = fmt::format("cannot use the state {}: {}", place, system_reason(handle)),
          .hint = "see whether its disk is healthy and supports locks; a network folder may not"};
  }
}

}  // namespace jim
