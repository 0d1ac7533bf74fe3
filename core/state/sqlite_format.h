#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/state/entry_store.h"
#include "core/state/sqlite_database.h"

namespace jim {

/// The format of a state file, in SQLite's user_version.
///   1  tables meta and record: a JSON text per address
///   2  table entry: key, serial, body (entry_text.h)
inline constexpr std::int64_t kSqliteFormat = 2;

Result<std::int64_t> format_of(SqliteDatabase& database);
/// The entries that a file of an older format would have in this one.
Result<std::vector<Entry>> read_old_format(SqliteDatabase& database, const std::string& place,
                                           const std::vector<std::string>& prefixes);
/// Rewrites a file of an older format, in one transaction.
Result<void> bring_to_current_format(SqliteDatabase& database, const std::string& place);
}  // namespace jim
