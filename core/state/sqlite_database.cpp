#include "core/state/sqlite_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/base/digest.h"
#include "core/base/private_folder.h"
#include "core/state/damage.h"
#include "core/state/sqlite_format.h"
#include "core/state/sqlite_problem.h"

namespace jim {

namespace {

constexpr std::int64_t kApplication = 0x6a696d31;  // "jim1", in the file's header
constexpr int kBusyMilliseconds = 5000;  // others hold the write lock for one commit at a time

constexpr const char* kSchema = R"(
pragma journal_mode = wal;
begin;
create table meta(name text primary key, value) without rowid;
create table entry(key text primary key, serial integer not null, body text not null) without rowid;
create table lock(
  one integer primary key check (one = 1), token integer not null, who text not null,
  command text not null, since integer not null, expires integer not null,
  machine text not null, pid integer not null, started text not null);
pragma application_id = 0x6a696d31;
pragma user_version = 2;
commit;
)";

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// A path as SQLite's URIs want it.
std::string uri(const std::string& path) {
  std::string out = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#')
      out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "?immutable=1";
}

Diagnostic cannot_make(const std::string& path, const std::string& place, int number) {
  if (is_out_of_room(number)) {
    Diagnostic problem = no_room(place, "make", number);
    problem.hint = "make room and run the command again";
    return problem;
  }
  if (number == EACCES || number == EROFS) return no_access(path, place, "make");
  return {.code = ErrorCode::io,
          .message = fmt::format("cannot make the state {}: {}", place, std::strerror(number)),
          .hint = "make the folder writable, or name another place by --state"};
}

int make_durable(const std::string& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (file < 0) return errno;
  const int number = fsync(file) == 0 ? 0 : errno;
  close(file);
  return number;
}

/// Keeps others out who would make a state in this folder, where the file system has such locks.
class Making {
 public:
  explicit Making(const std::string& folder)
      : file_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (file_ >= 0) flock(file_, LOCK_EX);
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;
  ~Making() {
    if (file_ >= 0) close(file_);
  }

 private:
  int file_;
};

/// A database that was moved away or removed after a crash leaves its WAL behind, and SQLite would
/// take that for the new one's. It is kept under another name: it may be all that is left.
void set_aside_wal(const std::string& path) {
  rename((path + "-wal").c_str(), (path + "-wal.orphan").c_str());
  unlink((path + "-shm").c_str());
}

/// Gives a finished file its name unless that is taken, which is as good.
int name_file(const std::string& fresh, const std::string& path) {
  if (link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST) {
    unlink(fresh.c_str());
    return 0;
  }
  // Some file systems have no hard links.
  return rename(fresh.c_str(), path.c_str()) == 0 ? 0 : errno;
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::bind(int place, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), place, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void SqliteStatement::bind(int place, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), place, number);
}

Result<bool> SqliteStatement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return database_->problem();
}

Result<void> SqliteStatement::run() {
  const auto stepped = step();
  Result<void> result = stepped ? Result<void>() : Result<void>(stepped.error());
  reset();
  return result;
}

void SqliteStatement::reset() { sqlite3_reset(statement_.get()); }

std::string_view SqliteStatement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t SqliteStatement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

SqliteDatabase::SqliteDatabase(std::string path, std::string place)
    : path_(std::move(path)), place_(std::move(place)) {}

SqliteDatabase::~SqliteDatabase() { sqlite3_close_v2(handle_); }

int SqliteDatabase::connect(int flags, bool immutable, bool alone) {
  sqlite3_close_v2(handle_);
  handle_ = nullptr;
  const std::string name = immutable ? uri(path_) : path_;
  const int more = immutable ? SQLITE_OPEN_URI : 0;
  const int status = sqlite3_open_v2(name.c_str(), &handle_, flags | more, nullptr);
  if (status != SQLITE_OK) return status;
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  if (alone) sqlite3_exec(handle_, "pragma locking_mode = exclusive", nullptr, nullptr, nullptr);
#ifdef JIM_MUTANT_NO_SYNC  // tests/simulation proves that it would be noticed
  constexpr const char* kSettings = "pragma synchronous = off; pragma trusted_schema = off;";
#else
  constexpr const char* kSettings = "pragma synchronous = full; pragma trusted_schema = off;";
#endif
  return sqlite3_exec(handle_, kSettings, nullptr, nullptr, nullptr);
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::string& path,
                                                             const std::string& place) {
  auto database = std::unique_ptr<SqliteDatabase>(new SqliteDatabase(path, place));
  struct stat file = {};
  if (stat(path.c_str(), &file) == 0 && file.st_size == 0)
    return damaged_state(place, "the file is empty");
  // Where the folder cannot be written SQLite could not make the files it reads a WAL by; with no
  // WAL left behind the file alone is the whole state.
  const bool frozen =
      access(folder_of(path).c_str(), W_OK) != 0 && access((path + "-wal").c_str(), F_OK) != 0;
  const int flags = frozen ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const bool connected = database->connect(flags, frozen) == SQLITE_OK;
  auto good = connected ? database->check() : Result<void>(database->problem());
  if (good || (database->is_out_of_room() && database->connect_alone())) return database;
  return good.error();
}

bool SqliteDatabase::is_out_of_room() const {
  return sqlite3_errcode(handle_) == SQLITE_FULL ||
         jim::is_out_of_room(sqlite3_system_errno(handle_));
}

/// On a full disk there is no room for the file by which several processes read one WAL; who is
/// alone needs none (SQLite's documentation, "Use of WAL Without Shared-Memory").
bool SqliteDatabase::connect_alone() {
  return connect(SQLITE_OPEN_READWRITE, false, true) == SQLITE_OK && check();
}

Result<void> SqliteDatabase::check() {
  const auto pragma = [this](const char* sql) -> Result<std::int64_t> {
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    return *row ? statement->number(0) : std::int64_t{0};
  };
  const auto application = pragma("pragma application_id");
  if (!application) return application.error();
  if (*application != kApplication)
    return Diagnostic{.code = ErrorCode::io,
                      .message = fmt::format("{} is a database of another program", place_),
                      .hint = "name another place by --state or 'state:'"};
  const auto format = pragma("pragma user_version");
  if (!format) return format.error();
  if (*format > kSqliteFormat)
    return Diagnostic{
        .code = ErrorCode::io,
        .message = fmt::format(
            "the state {} was written by a newer version of jim: its format is {}, and this "
            "version knows up to {}",
            place_, *format, kSqliteFormat),
        .hint = "use that version or a newer one"};
  return {};
}

Result<void> SqliteDatabase::make(const std::string& path, const std::string& place) {
  if (access(path.c_str(), F_OK) == 0) return {};
  if (errno == EACCES) return no_access(path, place, "open");
  if (const int number = make_private_folder(folder_of(path)); number != 0)
    return cannot_make(path, place, number);
  const Making making(folder_of(path));
  if (access(path.c_str(), F_OK) == 0) return {};  // somebody else was faster
  set_aside_wal(path);
  // Made beside its place and named when it is whole: nobody ever meets half a state.
  const std::string fresh = path + ".new-" + random_hex(6);
  const int file = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  if (file < 0) return cannot_make(path, place, errno);
  ::close(file);
  Result<void> made;
  {
    SqliteDatabase database(fresh, place);
    if (database.connect(SQLITE_OPEN_READWRITE, false) != SQLITE_OK)
      made = database.problem();
    else
      made = database.run(kSchema);
  }
  int number = 0;
  if (made) number = name_file(fresh, path);
  if (!made || number != 0)
    for (const char* end : {"", "-wal", "-shm"}) unlink((fresh + end).c_str());
  if (!made) return made;
  if (number == 0) number = make_durable(folder_of(path));
  if (number != 0) return cannot_make(path, place, number);
  return {};
}

bool SqliteDatabase::read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }

Result<void> SqliteDatabase::run(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return problem();
}

Result<SqliteStatement> SqliteDatabase::prepare(const char* sql) {
  SqliteStatement statement;
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK)
    return problem();
  statement.database_ = this;
  statement.statement_.reset(made);
  return statement;
}

void SqliteDatabase::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0)
    sqlite3_exec(handle_, "rollback", nullptr, nullptr, nullptr);
}

std::int64_t SqliteDatabase::changes() const { return sqlite3_changes(handle_); }

Diagnostic SqliteDatabase::problem() const { return sqlite_problem(handle_, path_, place_); }

}  // namespace jim
