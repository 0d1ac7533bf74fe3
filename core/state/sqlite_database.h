#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace jim {

/// One prepared SQL statement. Texts that are bound must live until `step` or `run` ends.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  void bind(int place, std::string_view text);
  void bind(int place, std::int64_t number);
  /// True while there is a row; fails as the database does.
  Result<bool> step();
  /// Steps once and makes the statement ready for the next use.
  Result<void> run();
  void reset();
  std::string_view text(int column) const;
  std::int64_t number(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  const class SqliteDatabase* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_ = {};
};

/// One SQLite file that holds a state. Every failure is a Diagnostic that says what a person can do
/// about it.
class SqliteDatabase {
 public:
  /// Opens an existing state, for reading where writing is not allowed. Fails with `io`: no
  /// permission, damaged, not a state, written by a newer jim.
  static Result<std::unique_ptr<SqliteDatabase>> open(const std::string& path,
                                                      const std::string& place);
  /// Makes an empty state at `path`, with its folder if need be; does nothing when there is one.
  /// The file appears whole.
  static Result<void> make(const std::string& path, const std::string& place);

  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;
  ~SqliteDatabase();

  bool read_only() const;
  Result<void> run(const char* sql);
  Result<SqliteStatement> prepare(const char* sql);
  /// Ends a transaction that failed.
  void roll_back();
  /// Rows changed by the last statement.
  std::int64_t changes() const;
  /// What just went wrong.
  Diagnostic problem() const;

 private:
  SqliteDatabase(std::string path, std::string place);
  int connect(int flags, bool immutable, bool alone = false);
  Result<void> check();
  bool is_out_of_room() const;
  /// Opens it so that no other process can use it meanwhile; false where one does already.
  bool connect_alone();

  std::string path_;
  std::string place_;
  sqlite3* handle_ = nullptr;
};

}  // namespace jim
