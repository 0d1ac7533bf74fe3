#include "tests/simulation/disk.h"

#include <sqlite3.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

namespace jim::disk {

namespace {

/// What a write has overwritten.
struct Undo {
  sqlite3_int64 size = 0;  ///< of the file before
  sqlite3_int64 offset = 0;
  std::string old = {};
};

struct World {
  sqlite3_vfs* real = nullptr;
  bool frozen = false;
  bool full = false;
  std::map<std::string, std::vector<Undo>> unsynced = {};  ///< by path
  std::string folder = {};
};
World world;

/// A file of ours; the real one follows in the same memory.
struct File {
  sqlite3_file base = {};
  std::string* path = nullptr;  ///< nullptr: a temporary file
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file)->real(); }

void remember(File* file, sqlite3_int64 offset, sqlite3_int64 count) {
  if (file->path == nullptr) return;
  Undo undo = {.offset = offset};
  file->real()->pMethods->xFileSize(file->real(), &undo.size);
  const sqlite3_int64 there = std::min(count, undo.size - offset);
  if (there > 0) {
    undo.old.resize(static_cast<std::size_t>(there));
    file->real()->pMethods->xRead(file->real(), undo.old.data(), static_cast<int>(there), offset);
  }
  world.unsynced[*file->path].push_back(std::move(undo));
}

int close(sqlite3_file* file) {
  const int status = real(file)->pMethods->xClose(real(file));
  delete ours(file)->path;
  ours(file)->path = nullptr;
  return status;
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), into, count, offset);
}

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  if (world.frozen) return SQLITE_OK;
  if (world.full) return SQLITE_FULL;
  remember(ours(file), offset, count);
  return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (world.frozen) return SQLITE_OK;
  sqlite3_int64 before = 0;
  real(file)->pMethods->xFileSize(real(file), &before);
  if (before > size) remember(ours(file), size, before - size);
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync(sqlite3_file* file, int /*flags*/) {
  if (!world.frozen && ours(file)->path != nullptr) world.unsynced.erase(*ours(file)->path);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int control(sqlite3_file* file, int what, void* with) {
  return real(file)->pMethods->xFileControl(real(file), what, with);
}
int sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
/// No promises: writes may be lost and come in any order until they are synced.
int traits(sqlite3_file* /*file*/) { return 0; }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), world.frozen ? 0 : remove);
}

const sqlite3_io_methods kMethods = {.iVersion = 2,
                                     .xClose = close,
                                     .xRead = read,
                                     .xWrite = write,
                                     .xTruncate = truncate,
                                     .xSync = sync,
                                     .xFileSize = file_size,
                                     .xLock = lock,
                                     .xUnlock = unlock,
                                     .xCheckReservedLock = check_lock,
                                     .xFileControl = control,
                                     .xSectorSize = sector,
                                     .xDeviceCharacteristics = traits,
                                     .xShmMap = shm_map,
                                     .xShmLock = shm_lock,
                                     .xShmBarrier = shm_barrier,
                                     .xShmUnmap = shm_unmap,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out) {
  File* made = ours(file);
  made->path = nullptr;
  made->base.pMethods = nullptr;
  const int status = world.real->xOpen(world.real, name, made->real(), flags, out);
  if (status != SQLITE_OK) return status;
  if (name != nullptr) made->path = new std::string(name);
  made->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* /*vfs*/, const char* name, int /*sync*/) {
  if (world.frozen) return SQLITE_OK;
  world.unsynced.erase(name);
  return world.real->xDelete(world.real, name, 0);
}

int access(sqlite3_vfs* /*vfs*/, const char* name, int flags, int* there) {
  return world.real->xAccess(world.real, name, flags, there);
}
int full_path(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) {
  return world.real->xFullPathname(world.real, name, size, out);
}
int randomness(sqlite3_vfs* /*vfs*/, int size, char* out) {
  std::memset(out, 7, static_cast<std::size_t>(size));
  return size;
}
int sleep(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }
int current_time(sqlite3_vfs* /*vfs*/, double* out) {
  *out = 2460000;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs* /*vfs*/, int size, char* out) {
  return world.real->xGetLastError(world.real, size, out);
}

std::string folder_of(pid_t process) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path memory =
      fs::is_directory("/dev/shm", error) ? "/dev/shm" : fs::temp_directory_path();
  return memory / ("jim-simulation-" + std::to_string(process));
}

}  // namespace

void install() {
  if (world.real != nullptr) return;
  world.real = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs layer = {};
  layer.iVersion = 1;
  layer.szOsFile = static_cast<int>(sizeof(File)) + world.real->szOsFile;
  layer.mxPathname = world.real->mxPathname;
  layer.zName = "simulated";
  layer.xOpen = open;
  layer.xDelete = remove;
  layer.xAccess = access;
  layer.xFullPathname = full_path;
  layer.xRandomness = randomness;
  layer.xSleep = sleep;
  layer.xCurrentTime = current_time;
  layer.xGetLastError = last_error;
  sqlite3_vfs_register(&layer, 1);
}

std::string fresh_folder() {
  std::error_code error;
  if (world.folder.empty()) world.folder = folder_of(getpid());
  std::filesystem::remove_all(world.folder, error);
  std::filesystem::create_directories(world.folder, error);
  world.unsynced.clear();
  world.frozen = false;
  world.full = false;
  return world.folder;
}

void remove_folder_of(pid_t process) {
  std::error_code error;
  std::filesystem::remove_all(folder_of(process), error);
}

void freeze() { world.frozen = true; }
void revive() { world.frozen = false; }
void set_full(bool full) { world.full = full; }

void lose_power(Dice& dice) {
  for (auto& [path, undos] : world.unsynced) {
    const auto kept = static_cast<std::size_t>(dice.under(static_cast<int>(undos.size()) + 1));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    if (!file) continue;
    for (std::size_t i = undos.size(); i > kept; --i) {
      const Undo& undo = undos[i - 1];
      file.seekp(undo.offset);
      file.write(undo.old.data(), static_cast<std::streamsize>(undo.old.size()));
      file.flush();
      std::error_code error;
      std::filesystem::resize_file(path, static_cast<std::uintmax_t>(undo.size), error);
    }
  }
  world.unsynced.clear();
}

}  // namespace jim::disk
