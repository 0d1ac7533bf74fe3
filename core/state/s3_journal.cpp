#include "core/state/s3_journal.h"

#include <fmt/format.h>
#include <unistd.h>

namespace jim {

namespace {

constexpr const char* kTables =
    "create table if not exists base(name text primary key) without rowid;"
    "create table if not exists pending(number integer primary key, name text not null,"
    " serial integer not null, commits integer not null, body text not null);";

}  // namespace

S3Journal::S3Journal(std::string path, std::string place)
    : path_(std::move(path)), place_(std::move(place)) {}

Result<void> S3Journal::open() {
  if (database_) return {};
  auto opened = SqliteDatabase::open(path_, place_);
  if (!opened) return opened.error();
  if (auto made = (*opened)->run(kTables); !made) return made;
  database_ = std::move(*opened);
  return {};
}

Result<S3Journal::Content> S3Journal::read() {
  if (access(path_.c_str(), F_OK) != 0) return Content();
  if (auto opened = open(); !opened) return opened.error();
  return read_tables();
}

Result<S3Journal::Content> S3Journal::read_tables() {
  Content content;
  auto bases = database_->prepare("select name from base order by name");
  if (!bases) return bases.error();
  while (true) {
    const auto row = bases->step();
    if (!row) return row.error();
    if (!*row) break;
    content.bases.emplace_back(bases->text(0));
  }
  auto rows = database_->prepare("select name, body, serial, commits from pending order by number");
  if (!rows) return rows.error();
  while (true) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return content;
    content.pending.push_back({.name = std::string(rows->text(0)),
                               .text = std::string(rows->text(1)),
                               .serial = rows->number(2),
                               .commits = rows->number(3)});
  }
}

template <class Work>
Result<void> S3Journal::transaction(bool durable, Work work) {
  if (!database_)
    return Diagnostic{.code = ErrorCode::io, .message = "the journal " + place_ + " is not open"};
  const char* safety = durable ? "pragma synchronous = full" : "pragma synchronous = normal";
  if (auto set = database_->run(safety); !set) return set;
  if (auto begun = database_->run("begin immediate"); !begun) return begun;
  Result<void> done = work();
  if (done) done = database_->run("commit");
  if (!done) database_->roll_back();
  return done;
}

Result<void> S3Journal::check_owner() {
  auto owns = database_->prepare("select value from meta where name = 'owner'");
  if (!owns) return owns.error();
  if (const auto row = owns->step(); !row) return row.error();
  if (owns->text(0) == owner_) return {};
  return Diagnostic{.code = ErrorCode::conflict,
                    .message = fmt::format("another run has taken the journal {} over", place_)};
}

Result<void> S3Journal::write_bases(const std::vector<std::string>& bases) {
  if (auto cleared = database_->run("delete from base"); !cleared) return cleared;
  auto add = database_->prepare("insert or ignore into base values (?1)");
  if (!add) return add.error();
  for (const std::string& base : bases) {
    add->bind(1, base);
    if (auto added = add->run(); !added) return added;
  }
  return {};
}

Result<void> S3Journal::take_over(const std::string& owner,
                                  const std::function<void(Content&)>& edit) {
  if (auto made = SqliteDatabase::make(path_, place_); !made) return made;
  if (auto opened = open(); !opened) return opened;
  auto taken = transaction(true, [&]() -> Result<void> {
    auto content = read_tables();
    if (!content) return content.error();
    edit(*content);
    auto owns = database_->prepare("insert or replace into meta values ('owner', ?1)");
    if (!owns) return owns.error();
    owns->bind(1, owner);
    if (auto done = owns->run(); !done) return done;
    if (auto cleared = database_->run("delete from pending"); !cleared) return cleared;
    if (auto written = write_bases(content->bases); !written) return written;
    owner_ = owner;
    auto add = database_->prepare(
        "insert into pending(name, body, serial, commits) values (?1, ?2, ?3, ?4)");
    if (!add) return add.error();
    for (const S3Pending& segment : content->pending) {
      add->bind(1, segment.name);
      add->bind(2, segment.text);
      add->bind(3, segment.serial);
      add->bind(4, segment.commits);
      if (auto added = add->run(); !added) return added;
    }
    return {};
  });
  return taken;
}

Result<void> S3Journal::append(const S3Pending& segment, const std::vector<std::string>& bases) {
  return transaction(true, [&]() -> Result<void> {
    if (auto ours = check_owner(); !ours) return ours;
    auto waiting = database_->prepare("select count(*) from pending");
    if (!waiting) return waiting.error();
    if (const auto row = waiting->step(); !row) return row.error();
    // With others before it, those say what it all stands upon.
    if (waiting->number(0) == 0)
      if (auto written = write_bases(bases); !written) return written;
    auto add = database_->prepare(
        "insert into pending(name, body, serial, commits) values (?1, ?2, ?3, ?4)");
    if (!add) return add.error();
    add->bind(1, segment.name);
    add->bind(2, segment.text);
    add->bind(3, segment.serial);
    add->bind(4, segment.commits);
    return add->run();
  });
}

Result<void> S3Journal::clear(const std::vector<std::string>& bases) {
  return transaction(false, [&]() -> Result<void> {
    if (auto ours = check_owner(); !ours) return ours;
    if (auto cleared = database_->run("delete from pending"); !cleared) return cleared;
    return write_bases(bases);
  });
}

Result<void> S3Journal::take_back(const std::string& name) {
  return transaction(true, [&]() -> Result<void> {
    if (auto ours = check_owner(); !ours) return ours;
    auto remove = database_->prepare("delete from pending where name = ?1");
    if (!remove) return remove.error();
    remove->bind(1, name);
    return remove->run();
  });
}

bool S3Journal::is_ours() {
  if (!database_) return true;
  const auto ours = check_owner();
  return ours || ours.error().code != ErrorCode::conflict;
}

void S3Journal::drop() {
  const bool ours = is_ours();
  database_.reset();
  if (!ours) return;
  for (const char* end : {"", "-wal", "-shm"}) unlink((path_ + end).c_str());
}

}  // namespace jim
