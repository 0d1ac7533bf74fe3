#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace jim::sandbox {

/// Where objects outlive the process: one SQLite file. Changes collect in a transaction until
/// `commit`; a committed change outlives the death of the process (not that of the machine: nothing
/// waits for the disk).
class Database {
 public:
  using Row = std::function<void(std::string_view collection, std::string_view id,
                                 std::uint64_t number, std::string_view data)>;

  /// Opens or makes `folder`/sandbox.db. Fails with io.
  static Result<std::unique_ptr<Database>> open(const std::string& folder);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Calls `row` for each object, oldest first.
  void load(const Row& row);
  /// The highest number ever given.
  std::uint64_t last_number();
  void put(std::string_view collection, std::string_view id, std::uint64_t number,
           std::string_view data);
  void remove(std::string_view collection, std::string_view id);
  void clear();
  void commit(std::uint64_t last_number);

 private:
  Database() = default;
  void begin();

  sqlite3* handle_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* remove_ = nullptr;
  bool open_ = false;
};

}  // namespace jim::sandbox
