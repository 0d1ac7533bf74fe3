#include "core/state/sqlite_store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/state/entry_text.h"
#include "core/state/lock.h"
#include "core/state/sqlite_format.h"
#include "core/state/sqlite_problem.h"
#include "core/state/unix_time.h"

namespace jim {

namespace {

/// RecordStore's entry that goes with every batch.
constexpr std::string_view kHead = "head";

}  // namespace

/// One commit that waits for the end of the loop's turn. Lives in the frame of whoever awaits it;
/// one that is dropped before it was written leaves a gap below those that wait with it.
struct SqliteStore::Waiting {
  Waiting(SqliteStore& to, Batch changes)
      : store(to), batch(std::move(changes)), suspended(to.loop_) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (std::erase(store.waiting_, this) != 0)
      store.fail({.code = ErrorCode::cancelled, .message = "a write was cut short"});
  }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    suspended.suspend(waiter);
    store.waiting_.push_back(this);
  }
  Result<void> await_resume() {
    suspended.resume();
    return std::move(result);
  }
  void end(const Result<void>& with) {
    result = with;
    store.loop_.resume_soon(suspended.handle());
  }

  SqliteStore& store;
  Batch batch;
  Suspended suspended;
  Result<void> result = {};
};

struct SqliteStore::LockRow {
  bool taken = false;
  LockHolder holder = {};
  std::chrono::system_clock::time_point expires = {};
  ProcessIdentity process = {};
};

SqliteStore::SqliteStore(EventLoop& loop, std::string path, std::string place)
    : loop_(loop), path_(std::move(path)), place_(std::move(place)) {
  idle_ = loop_.add_idle([this] { flush(); });
}

SqliteStore::~SqliteStore() { loop_.remove_idle(idle_); }

// --- opening and reading ---

bool SqliteStore::exists() const {
  // A folder that may not be searched is no proof that the file does not exist.
  return access(path_.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

Result<void> SqliteStore::open() {
  if (database_) return {};
  auto opened = SqliteDatabase::open(path_, place_);
  if (!opened) return opened.error();
  database_ = std::move(*opened);
  return {};
}

Result<void> SqliteStore::open_to_write() {
  if (auto made = SqliteDatabase::make(path_, place_); !made) return made;
  if (auto opened = open(); !opened) return opened;
  if (auto current = bring_to_current_format(*database_, place_); !current) return current;
  auto put = database_->prepare(
      "insert into entry values (?1, ?2, ?3) on conflict do update set serial = excluded.serial, "
      "body = excluded.body");
  if (!put) return put.error();
  auto remove = database_->prepare("delete from entry where key = ?1");
  if (!remove) return remove.error();
  put_ = std::move(*put);
  remove_ = std::move(*remove);
  return {};
}

Task<Result<std::vector<Entry>>> SqliteStore::load(std::vector<std::string> prefixes) {
  const bool head = std::any_of(prefixes.begin(), prefixes.end(),
                                [](const std::string& one) { return kHead.starts_with(one); });
  if (!database_ && !exists()) {
    if (head) failed_.reset();
    co_return std::vector<Entry>();
  }
  if (auto opened = open(); !opened) co_return opened.error();
  // One transaction: everything as of one moment, whoever writes meanwhile.
  if (auto begun = database_->run("begin"); !begun) co_return begun.error();
  auto entries = read(prefixes);
  database_->roll_back();
  if (entries && head) failed_.reset();
  co_return entries;
}

Result<std::vector<Entry>> SqliteStore::read(const std::vector<std::string>& prefixes) {
  const auto format = format_of(*database_);
  if (!format) return format.error();
  if (*format < kSqliteFormat) return read_old_format(*database_, place_, prefixes);
  std::vector<Entry> entries;
  auto rows = database_->prepare(
      "select key, serial, body from entry where key >= ?1 and key < ?2 order by key");
  if (!rows) return rows.error();
  for (const std::string& prefix : prefixes) {
    const std::string end = prefix_end(prefix);
    rows->bind(1, prefix);
    rows->bind(2, end);
    while (true) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) break;
      entries.push_back({.key = std::string(rows->text(0)),
                         .serial = rows->number(1),
                         .body = std::string(rows->text(2))});
    }
    rows->reset();
  }
  return entries;
}

// --- the lock ---

Result<SqliteStore::LockRow> SqliteStore::read_lock() {
  auto rows = database_->prepare(
      "select token, who, command, since, expires, machine, pid, started from lock");
  if (!rows) return rows.error();
  const auto row = rows->step();
  if (!row) return row.error();
  LockRow lock;
  if (!*row) return lock;
  lock.taken = true;
  lock.expires = from_unix(rows->number(4));
  lock.holder = {.who = std::string(rows->text(1)),
                 .command = std::string(rows->text(2)),
                 .since = utc_text(from_unix(rows->number(3))),
                 .expires = utc_text(lock.expires),
                 .token = rows->number(0)};
  lock.process = {.machine = std::string(rows->text(5)),
                  .pid = rows->number(6),
                  .started = std::string(rows->text(7))};
  return lock;
}

Result<void> SqliteStore::check_lock() {
#ifdef JIM_MUTANT_NO_FENCE  // tests/simulation proves that it would be noticed
  return {};
#endif
  const auto lock = read_lock();
  if (!lock) return lock.error();
  // The term may be over: as long as nobody took the lock, it is still ours.
  if (token_ != 0 && lock->taken && lock->holder.token == token_) return {};
  return lost_lock(place_, lock->taken ? &lock->holder : nullptr);
}

template <class Work>
Result<void> SqliteStore::transaction(Work work) {
  // Immediate: the lock is compared under the right to write, so nobody can take it in between.
  if (auto begun = database_->run("begin immediate"); !begun) return begun;
  Result<void> done = work();
  if (done) done = database_->run("commit");
  if (!done) database_->roll_back();
  return done;
}

template <class Work>
Result<void> SqliteStore::locked(Work work) {
  if (!database_ || token_ == 0) return lost_lock(place_, nullptr);
  return transaction([&]() -> Result<void> {
    if (auto ours = check_lock(); !ours) return ours;
    return work();
  });
}

Task<Result<LockHolder>> SqliteStore::acquire_lock(LockHolder wanted, Duration term) {
  if (auto opened = open_to_write(); !opened) co_return opened.error();
  co_return take_lock(wanted, term);
}

Result<LockHolder> SqliteStore::take_lock(const LockHolder& wanted, Duration term) {
  const auto now = loop_.clock().wall();
  LockHolder holder = wanted;
  holder.since = utc_text(now);
  holder.expires = utc_text(now + term);
  const auto done = transaction([&]() -> Result<void> {
    const auto lock = read_lock();
    if (!lock) return lock.error();
    if (lock->taken && lock->expires > now && !is_gone(lock->process))
      return held_lock(place_, lock->holder);
    const auto token = next_token();
    if (!token) return token.error();
    holder.token = *token;
    auto take = database_->prepare(
        "insert or replace into lock values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    if (!take) return take.error();
    const ProcessIdentity process = this_process();
    take->bind(1, holder.token);
    take->bind(2, holder.who);
    take->bind(3, holder.command);
    take->bind(4, to_unix(now));
    take->bind(5, to_unix(now + term));
    take->bind(6, process.machine);
    take->bind(7, process.pid);
    take->bind(8, process.started);
    return take->run();
  });
  if (!done) return done.error();
  token_ = holder.token;
  return holder;
}

Task<Result<std::optional<LockHolder>>> SqliteStore::holder() {
  if (!database_ && !exists()) co_return std::optional<LockHolder>();
  if (auto opened = open(); !opened) co_return opened.error();
  const auto format = format_of(*database_);
  if (!format) co_return format.error();
  if (*format < kSqliteFormat)
    co_return std::optional<LockHolder>();  // a lock brings it to this one
  const auto lock = read_lock();
  if (!lock) co_return lock.error();
  const bool held = lock->taken && lock->expires > loop_.clock().wall() && !is_gone(lock->process);
  co_return held ? std::optional(lock->holder) : std::nullopt;
}

Task<Result<void>> SqliteStore::renew_lock(Duration term) {
  co_return locked([&]() -> Result<void> {
    auto renew = database_->prepare("update lock set expires = ?1");
    if (!renew) return renew.error();
    renew->bind(1, to_unix(loop_.clock().wall() + term));
    return renew->run();
  });
}

Task<Result<void>> SqliteStore::release_lock() {
  if (!database_ || token_ == 0) co_return Result<void>();
  auto release = database_->prepare("delete from lock where token = ?1");
  if (!release) co_return release.error();
  release->bind(1, token_);
  token_ = 0;  // also when it fails: then its term ends it
  co_return release->run();
}

Result<std::int64_t> SqliteStore::next_token() {
  auto count = database_->prepare(
      "insert into meta values ('token', 1) on conflict do update set value = value + 1");
  if (!count) return count.error();
  if (auto counted = count->run(); !counted) return counted.error();
  auto token = database_->prepare("select value from meta where name = 'token'");
  if (!token) return token.error();
  if (const auto row = token->step(); !row) return row.error();
  return token->number(0);
}

// --- writing ---

Task<Result<void>> SqliteStore::commit(Batch batch) {
  if (failed_) co_return *failed_;
  Waiting waiting(*this, std::move(batch));
  co_return co_await waiting;
}

/// Writes each key once, as the last of the group has it: the state's head is in all of them.
Result<void> SqliteStore::put(const std::vector<Waiting*>& group) {
  std::unordered_map<std::string_view, const EntryChange*> last;
  for (const Waiting* one : group)
    for (const EntryChange& change : one->batch.changes) last[change.entry.key] = &change;
  for (const Waiting* one : group) {
    for (const EntryChange& change : one->batch.changes) {
      if (last[change.entry.key] != &change) continue;
      SqliteStatement& statement = change.remove ? remove_ : put_;
      statement.bind(1, change.entry.key);
      if (!change.remove) {
        statement.bind(2, change.entry.serial);
        statement.bind(3, change.entry.body);
      }
      if (auto done = statement.run(); !done) return done;
    }
  }
  return {};
}

void SqliteStore::flush() {
  if (waiting_.empty()) return;
  std::vector<Waiting*> group;
  group.swap(waiting_);
  const auto written = locked([&] { return put(group); });
  if (!written) failed_ = written.error();
  for (Waiting* one : group) one->end(written);
}

void SqliteStore::fail(const Diagnostic& why) {
  failed_ = why;
  for (Waiting* one : std::exchange(waiting_, {})) one->end(why);
}

}  // namespace jim
