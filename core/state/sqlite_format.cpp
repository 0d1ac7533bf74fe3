#include "core/state/sqlite_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/state/damage.h"
#include "core/state/entry_text.h"
#include "core/state/fields.h"
#include "core/value/json.h"

namespace jim {

namespace {

bool is_wanted(std::string_view key, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return key.starts_with(prefix); });
}

Entry clear_entry(std::string key, std::int64_t serial, std::string_view text) {
  Entry entry = {.key = std::move(key), .serial = serial};
  entry.body = clear_body(entry.key, serial, text);
  return entry;
}

/// Format 1: what was in meta goes into the head, and each record becomes an entry as it is.
Result<std::vector<Entry>> read_format_1(SqliteDatabase& database, const std::string& place) {
  std::vector<Entry> entries;
  std::uint64_t tally = 0;
  std::int64_t serial = 0;
  std::string project;
  std::string lineage;
  std::string fingerprint_key;
  std::string outputs;
  auto meta = database.prepare("select name, value from meta");
  if (!meta) return meta.error();
  while (true) {
    const auto row = meta->step();
    if (!row) return row.error();
    if (!*row) break;
    const std::string_view name = meta->text(0);
    if (name == "project") project = meta->text(1);
    if (name == "lineage") lineage = meta->text(1);
    if (name == "fingerprint_key") fingerprint_key = meta->text(1);
    if (name == "outputs") outputs = meta->text(1);
    if (name == "serial") serial = meta->number(1);
  }
  if (lineage.empty()) return entries;
  auto records = database.prepare("select address, body from record");
  if (!records) return records.error();
  while (true) {
    const auto row = records->step();
    if (!row) return row.error();
    if (!*row) break;
    if (!parse_json(records->text(1))) return damaged_state(place, "a record is malformed");
    entries.push_back(
        clear_entry("record/" + std::string(records->text(0)), serial, records->text(1)));
    tally += tally_of(entries.back());
  }
  if (!outputs.empty()) {
    if (!parse_json(outputs)) return damaged_state(place, "its outputs are malformed");
    entries.push_back(clear_entry("outputs", serial, outputs));
    tally += tally_of(entries.back());
  }
  FieldWriter head;
  head.value("format", std::int64_t{2});
  head.text("project", project);
  head.text("lineage", lineage);
  head.text("fingerprint_key", fingerprint_key);
  head.value("serial", serial);
  head.text("tally", fmt::format("{:016x}", tally));
  entries.push_back(clear_entry("head", serial, to_json(head.take())));
  return entries;
}

Result<void> rewrite(SqliteDatabase& database, const std::vector<Entry>& entries) {
  auto made = database.run(
      "create table entry(key text primary key, serial integer not null, body text not null) "
      "without rowid");
  if (!made) return made;
  auto put = database.prepare("insert into entry values (?1, ?2, ?3)");
  if (!put) return put.error();
  for (const Entry& entry : entries) {
    put->bind(1, entry.key);
    put->bind(2, entry.serial);
    put->bind(3, entry.body);
    if (auto done = put->run(); !done) return done;
  }
  return database.run(
      "drop table record; delete from meta where name <> 'token'; pragma user_version = 2;");
}

}  // namespace

Result<std::int64_t> format_of(SqliteDatabase& database) {
  auto statement = database.prepare("pragma user_version");
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->number(0) : std::int64_t{0};
}

Result<std::vector<Entry>> read_old_format(SqliteDatabase& database, const std::string& place,
                                           const std::vector<std::string>& prefixes) {
  auto entries = read_format_1(database, place);
  if (!entries) return entries;
  std::erase_if(*entries, [&](const Entry& entry) { return !is_wanted(entry.key, prefixes); });
  return entries;
}

Result<void> bring_to_current_format(SqliteDatabase& database, const std::string& place) {
  const auto before = format_of(database);
  if (!before) return before.error();
  if (*before >= kSqliteFormat) return {};
  if (auto begun = database.run("begin immediate"); !begun) return begun;
  Result<void> done;
  // Another process may have done it meanwhile.
  const auto format = format_of(database);
  if (!format) {
    done = format.error();
  } else if (*format < kSqliteFormat) {
    const auto entries = read_format_1(database, place);
    done = entries ? rewrite(database, *entries) : Result<void>(entries.error());
  }
  if (done) done = database.run("commit");
  if (!done) database.roll_back();
  return done;
}

}  // namespace jim
