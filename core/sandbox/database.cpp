#include "core/sandbox/database.h"

#include <sqlite3.h>

#include <filesystem>

namespace jim::sandbox {
namespace {

constexpr const char* kSchema = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS objects (
  collection TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (collection, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
INSERT OR IGNORE INTO counter VALUES (1, 0);
)";

void bind(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

std::string_view column(sqlite3_stmt* statement, int place) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, place));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement, place))};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  const std::string path = folder + "/sandbox.db";
  auto database = std::unique_ptr<Database>(new Database);
  const auto failed = [&] {
    return Diagnostic{.code = ErrorCode::io,
                      .message = "cannot open " + path + ": " + sqlite3_errmsg(database->handle_),
                      .hint = "name another folder for the sandbox's data"};
  };
  if (sqlite3_open(path.c_str(), &database->handle_) != SQLITE_OK) return failed();
  sqlite3_busy_timeout(database->handle_, 2000);
  if (sqlite3_exec(database->handle_, kSchema, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return failed();
  }
  if (sqlite3_prepare_v2(database->handle_, "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)",
                         -1, &database->put_, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(database->handle_, "DELETE FROM objects WHERE collection = ? AND id = ?",
                         -1, &database->remove_, nullptr) != SQLITE_OK) {
    return failed();
  }
  return database;
}

Database::~Database() {
  sqlite3_finalize(put_);
  sqlite3_finalize(remove_);
  sqlite3_close(handle_);
}

void Database::load(const Row& row) {
  sqlite3_stmt* select = nullptr;
  sqlite3_prepare_v2(handle_, "SELECT collection, id, number, data FROM objects ORDER BY number",
                     -1, &select, nullptr);
  while (sqlite3_step(select) == SQLITE_ROW) {
    row(column(select, 0), column(select, 1),
        static_cast<std::uint64_t>(sqlite3_column_int64(select, 2)), column(select, 3));
  }
  sqlite3_finalize(select);
}

std::uint64_t Database::last_number() {
  sqlite3_stmt* select = nullptr;
  sqlite3_prepare_v2(handle_, "SELECT last FROM counter", -1, &select, nullptr);
  std::uint64_t last = 0;
  if (sqlite3_step(select) == SQLITE_ROW) {
    last = static_cast<std::uint64_t>(sqlite3_column_int64(select, 0));
  }
  sqlite3_finalize(select);
  return last;
}

void Database::begin() {
  if (open_) return;
  sqlite3_exec(handle_, "BEGIN", nullptr, nullptr, nullptr);
  open_ = true;
}

void Database::put(std::string_view collection, std::string_view id, std::uint64_t number,
                   std::string_view data) {
  begin();
  bind(put_, 1, collection);
  bind(put_, 2, id);
  sqlite3_bind_int64(put_, 3, static_cast<sqlite3_int64>(number));
  bind(put_, 4, data);
  sqlite3_step(put_);
  sqlite3_reset(put_);
}

void Database::remove(std::string_view collection, std::string_view id) {
  begin();
  bind(remove_, 1, collection);
  bind(remove_, 2, id);
  sqlite3_step(remove_);
  sqlite3_reset(remove_);
}

void Database::clear() {
  begin();
  sqlite3_exec(handle_, "DELETE FROM objects", nullptr, nullptr, nullptr);
}

void Database::commit(std::uint64_t last_number) {
  if (!open_) return;
  const std::string counted = "UPDATE counter SET last = " + std::to_string(last_number);
  sqlite3_exec(handle_, counted.c_str(), nullptr, nullptr, nullptr);
  sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr);
  open_ = false;
}

}  // namespace jim::sandbox
