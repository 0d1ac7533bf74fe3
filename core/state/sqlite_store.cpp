#include "core/state/sqlite_store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/state/fingerprint.h"
#include "core/state/lock_text.h"
#include "core/state/sqlite_problem.h"
#include "core/value/json.h"

namespace jim {

namespace {

std::chrono::system_clock::time_point from_unix(std::int64_t milliseconds) {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
}

std::int64_t to_unix(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

/// One commit that waits for the end of the loop's turn. Lives in the frame of whoever awaits it.
struct SqliteStore::Waiting {
  SqliteStore& store;
  const std::vector<RecordChange>* changes = nullptr;
  const ValueMap* outputs = nullptr;
  std::coroutine_handle<> handle = {};
  Result<void> result = {};

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    handle = waiter;
    store.waiting_.push_back(this);
  }
  Result<void> await_resume() { return std::move(result); }
  ~Waiting() { std::erase(store.waiting_, this); }
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
  auto put = database_->prepare(
      "insert into record values (?1, ?2) on conflict do update set body = excluded.body");
  if (!put) return put.error();
  auto remove = database_->prepare("delete from record where address = ?1");
  if (!remove) return remove.error();
  put_ = std::move(*put);
  remove_ = std::move(*remove);
  return {};
}

Task<Result<State>> SqliteStore::load() {
  if (!database_ && !exists()) co_return State{};
  if (auto opened = open(); !opened) co_return opened.error();
  // One transaction: everything as of one moment, whoever writes meanwhile.
  if (auto begun = database_->run("begin"); !begun) co_return begun.error();
  Result<State> state = read();
  database_->roll_back();
  if (state) key_ = state->head.fingerprint_key;
  co_return state;
}

Result<State> SqliteStore::read() {
  State state;
  if (auto meta = read_meta(state); !meta) return meta.error();
  if (auto records = read_records(state); !records) return records.error();
  return state;
}

Result<void> SqliteStore::read_meta(State& state) {
  auto rows = database_->prepare("select name, value from meta");
  if (!rows) return rows.error();
  while (true) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return {};
    const std::string_view name = rows->text(0);
    if (name == "project") state.head.project = rows->text(1);
    if (name == "lineage") state.head.lineage = rows->text(1);
    if (name == "fingerprint_key") state.head.fingerprint_key = rows->text(1);
    if (name == "serial") state.head.serial = rows->number(1);
    if (name != "outputs") continue;
    auto outputs = parse_json(rows->text(1));
    if (!outputs || !outputs->is_map()) return damaged_state(place_, "its outputs are malformed");
    state.outputs = outputs->as_map();
  }
}

Result<void> SqliteStore::read_records(State& state) {
  auto count = database_->prepare("select count(*) from record");
  if (!count) return count.error();
  if (const auto row = count->step(); !row) return row.error();
  state.records.reserve(static_cast<std::size_t>(count->number(0)));
  auto rows = database_->prepare("select body from record order by address");
  if (!rows) return rows.error();
  while (true) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto body = parse_json(rows->text(0));
    if (!body) return damaged_state(place_, "a record is malformed");
    auto record = record_from(*body);
    if (!record) return record.error();
    state.records.push_back(std::move(*record));
  }
  std::sort(state.records.begin(), state.records.end(),
            [](const Record& a, const Record& b) { return a.address < b.address; });
  return {};
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

Task<Result<LockHolder>> SqliteStore::acquire_lock(const LockHolder& wanted, Duration term) {
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
    if (auto counted = add_to_meta("token", 1); !counted) return counted;
    auto token = database_->prepare("select value from meta where name = 'token'");
    if (!token) return token.error();
    if (const auto row = token->step(); !row) return row.error();
    holder.token = token->number(0);
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

// --- writing ---

Result<void> SqliteStore::set_meta(std::string_view name, std::string_view value) {
  auto set = database_->prepare("insert or replace into meta values (?1, ?2)");
  if (!set) return set.error();
  set->bind(1, name);
  set->bind(2, value);
  return set->run();
}

Result<void> SqliteStore::add_to_meta(std::string_view name, std::int64_t more) {
  auto add = database_->prepare(
      "insert into meta values (?1, ?2) on conflict do update set value = value + ?2");
  if (!add) return add.error();
  add->bind(1, name);
  add->bind(2, more);
  return add->run();
}

Task<Result<void>> SqliteStore::create(const StateHead& head) {
  const auto made = locked([&]() -> Result<void> {
    State old;
    if (auto meta = read_meta(old); !meta) return meta;
    if (!old.head.lineage.empty()) return state_exists(place_, old.head.project);
    if (auto set = set_meta("project", head.project); !set) return set;
    if (auto set = set_meta("lineage", head.lineage); !set) return set;
    if (auto set = set_meta("fingerprint_key", head.fingerprint_key); !set) return set;
    auto serial = database_->prepare("insert or replace into meta values ('serial', ?1)");
    if (!serial) return serial.error();
    serial->bind(1, head.serial);
    return serial->run();
  });
  if (made) key_ = head.fingerprint_key;
  co_return made;
}

Task<Result<void>> SqliteStore::commit(std::vector<RecordChange> changes) {
  Waiting waiting{.store = *this, .changes = &changes};
  co_return co_await waiting;
}

Task<Result<void>> SqliteStore::commit_outputs(const ValueMap& outputs) {
  Waiting waiting{.store = *this, .outputs = &outputs};
  co_return co_await waiting;
}

Result<void> SqliteStore::put(const Waiting& waiting) {
  const JsonStyle style = stored_style(key_);
  if (waiting.outputs != nullptr)
    return set_meta("outputs", to_json(Value(*waiting.outputs), style));
  for (const RecordChange& change : *waiting.changes) {
    const std::string address = change.record.address.text();
    SqliteStatement& statement = change.remove ? remove_ : put_;
    statement.bind(1, address);
    const std::string body =
        change.remove ? std::string() : to_json(record_to_value(change.record), style);
    if (!change.remove) statement.bind(2, body);
    if (auto done = statement.run(); !done) return done;
  }
  return {};
}

void SqliteStore::flush() {
  if (waiting_.empty()) return;
  std::vector<Waiting*> group;
  group.swap(waiting_);
  const auto written = locked([&]() -> Result<void> {
    for (const Waiting* one : group)
      if (auto done = put(*one); !done) return done;
    return add_to_meta("serial", static_cast<std::int64_t>(group.size()));
  });
  for (Waiting* one : group) {
    one->result = written;
    loop_.resume_soon(one->handle);
  }
}

}  // namespace jim
