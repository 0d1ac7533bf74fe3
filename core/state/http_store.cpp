#include "core/state/http_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/state/damage.h"

namespace jim {

namespace {

/// How often and how long a request of a run under way is tried again. RetryingHttp below has its
/// own, shorter patience.
constexpr int kTries = 6;
constexpr Duration kFirstWait = std::chrono::seconds(1);
constexpr Duration kPatience = std::chrono::seconds(90);
/// A sign of life is as good as new for this part of the term.
constexpr int kFresh = 6;

bool may_pass(const Diagnostic& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timed_out ||
         error.code == ErrorCode::unknown_outcome || error.code == ErrorCode::rate_limited;
}

/// The pauses between tries, until patience is over.
class Patience {
 public:
  explicit Patience(EventLoop& loop) : loop_(loop), end_(loop.clock().now() + kPatience) {}
  /// False, without a pause, when it is over.
  Task<bool> wait() {
    if (++tried_ >= kTries || loop_.clock().now() + pause_ > end_) co_return false;
    co_await loop_.sleep(pause_);
    pause_ *= 2;
    co_return true;
  }

 private:
  EventLoop& loop_;
  Instant end_;
  Duration pause_ = kFirstWait;
  int tried_ = 0;
};

}  // namespace

/// A commit in the queue. Lives in the frame of whoever awaits it, and leaves the queue with it.
class HttpStore::Waiting {
 public:
  Waiting(std::vector<Waiting*>& queue, Batch changes) : batch(std::move(changes)), queue_(&queue) {
    queue.push_back(this);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (queue_ != nullptr) std::erase(*queue_, this);
  }
  void end(const Result<void>& outcome) {
    result = outcome;
    queue_ = nullptr;
  }
  void move_to(std::vector<Waiting*>& queue) { queue_ = &queue; }

  Batch batch = {};
  std::optional<Result<void>> result = {};

 private:
  std::vector<Waiting*>* queue_;
};

/// The commits of one write. All are told the outcome, also when whoever does the writing is
/// dropped in the middle.
class HttpStore::Group {
 public:
  explicit Group(std::vector<Waiting*>& queue) {
    members.swap(queue);
    for (Waiting* one : members) one->move_to(members);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() {
    end(Diagnostic{.code = ErrorCode::unknown_outcome, .message = "a write was cut short"});
  }
  void end(const Result<void>& outcome) {
    for (Waiting* one : members) one->end(outcome);
    members.clear();
  }

  std::vector<Waiting*> members = {};
};

HttpStore::HttpStore(EventLoop& loop, Http& http, HttpPlace place)
    : loop_(loop), exchange_(loop, http, std::move(place)), writing_(loop, 1) {}

// --- reading ---

Task<Result<std::vector<Entry>>> HttpStore::load(std::vector<std::string> prefixes) {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  auto found = co_await exchange_.get();
  if (!found) co_return found.error();
  std::vector<Entry> entries;
  if (!*found) co_return entries;
  for (const auto& [key, entry] : (*found)->entries) {
    const bool wanted = std::any_of(prefixes.begin(), prefixes.end(),
                                    [&](const std::string& one) { return key.starts_with(one); });
    if (wanted) entries.push_back(entry);
  }
  // Writes go on from what was read.
  const bool ours = !lock_.id.empty() && (*found)->lock && (*found)->lock->id == lock_.id;
  if (ours) marks_ = {(*found)->write};
  co_return entries;
}

Task<Result<std::optional<HttpDocument>>> HttpStore::read_patiently() {
  Patience patience(loop_);
  while (true) {
    auto found = co_await exchange_.get();
    if (found || !may_pass(found.error())) co_return found;
    const bool again = co_await patience.wait();
    if (!again) co_return found;
  }
}

// --- the lock ---

Task<Result<LockHolder>> HttpStore::acquire_lock(LockHolder wanted, Duration term) {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  // Nothing is locked where there is something else than jim's. And this tells the server's time.
  const auto seen = co_await exchange_.get();
  if (!seen) co_return seen.error();
  lock_ = new_lock(wanted, term, exchange_.now());
  if (auto locked = co_await lock_server(); !locked) {
    lock_ = {};
    co_return locked.error();
  }
  auto holder = co_await begin_holding(std::move(wanted), term);
  if (!holder) {
    // On a conflict the lock may be another one's by now. What stays locked ends with its term.
    if (holder.error().code != ErrorCode::conflict)
      const auto unlocked = co_await exchange_.unlock(lock_);
    lock_ = {};
  }
  co_return holder;
}

Task<Result<void>> HttpStore::lock_server() {
  Patience patience(loop_);
  bool replaced = false;
  while (true) {
    const auto reply = co_await exchange_.lock(lock_);
    if (reply && is_success(*reply)) co_return Result<void>();
    if (reply && is_locked(*reply)) {
      const auto told = read_lock_info(reply->body);
      if (told && told->id == lock_.id) co_return Result<void>();  // an earlier try arrived
      const auto seen = co_await exchange_.get();
      if (!seen) co_return seen.error();
      const std::optional<HttpLock> written = *seen ? (*seen)->lock : std::nullopt;
      const MetLock held = judge_holder(place(), lock_, told, written, exchange_.now());
      if (!held.dead || replaced) co_return held.refusal;
      // By its id: a holder that came in between keeps its lock.
      const auto unlocked = co_await exchange_.unlock(held.lock);
      if (!unlocked) co_return unlocked.error();
      replaced = true;
      continue;
    }
    Diagnostic error = reply ? exchange_.refused("locking", *reply) : reply.error();
    if (reply && (reply->status == 404 || reply->status == 405 || reply->status == 501))
      error = {.code = ErrorCode::invalid_config,
               .message = fmt::format("the server of the state {} does not know how to lock it: "
                                      "status {}",
                                      place(), reply->status),
               .hint =
                   "check the address, and 'lock_url', 'lock_method' and 'unlock_method' below "
                   "'state'"};
    if (!may_pass(error) || !co_await patience.wait()) co_return error;
  }
}

Task<Result<LockHolder>> HttpStore::begin_holding(LockHolder wanted, Duration term) {
  auto found = co_await exchange_.get();
  if (!found) co_return found.error();
  HttpDocument document = *found ? std::move(**found) : HttpDocument{.lineage = new_uuid()};
  term_ = term;
  ++document.token;
  document.lock = {.id = lock_.id,
                   .who = std::move(wanted.who),
                   .command = std::move(wanted.command),
                   .since = exchange_.now(),
                   .term = term,
                   .process = this_process()};
  const LockHolder holder = {.who = document.lock->who,
                             .command = document.lock->command,
                             .since = utc_text(document.lock->since),
                             .expires = utc_text(exchange_.now() + term),
                             .token = document.token};
  if (auto written = co_await put(std::move(document)); !written) co_return written.error();
  co_return holder;
}

Task<Result<void>> HttpStore::renew_lock(Duration term) {
  term_ = term;
  if (!lock_.id.empty() && exchange_.now() < renewed_ + term / kFresh) co_return Result<void>();
  Batch nothing;
  co_return co_await commit(std::move(nothing));
}

Task<Result<void>> HttpStore::release_lock() {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  if (lock_.id.empty()) co_return Result<void>();
  const LockInfo lock = lock_;
  auto found = co_await read_patiently();
  // Whose lock is lost must not take off the one of whoever has it now.
  bool lost = found && *found && (!(*found)->lock || (*found)->lock->id != lock.id);
  if (found && *found && !lost) {
    (*found)->lock.reset();
    const auto written = co_await put(std::move(**found));
    lost = !written && written.error().code == ErrorCode::conflict;
  }
  lock_ = {};
  if (!found) co_return found.error();
  if (lost) co_return Result<void>();
  const auto unlocked = co_await exchange_.unlock(lock);
  if (!unlocked) co_return unlocked.error();
  if (unlocked->status >= 500 || unlocked->status == 401 || unlocked->status == 403)
    co_return exchange_.refused("unlocking", *unlocked);
  co_return Result<void>();
}

// --- writing ---

Task<Result<void>> HttpStore::commit(Batch batch) {
  Waiting waiting(waiting_, std::move(batch));
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  if (!waiting.result) {
    auto written = co_await write_group();
    co_return written;
  }
  co_return *waiting.result;
}

Task<Result<void>> HttpStore::write_group() {
  Group group(waiting_);
  auto written = co_await write(group.members);
  group.end(written);
  co_return written;
}

Task<Result<void>> HttpStore::write(const std::vector<Waiting*>& group) {
  if (lock_.id.empty()) co_return lost_lock(place(), nullptr);
  auto found = co_await read_patiently();
  if (!found) co_return found.error();
  if (auto same = check(*found); !same) co_return same;
  HttpDocument document = std::move(**found);
  document.lock->term = term_;
  for (const Waiting* one : group) {
    for (const EntryChange& change : one->batch.changes) {
      if (change.remove)
        document.entries.erase(change.entry.key);
      else
        document.entries[change.entry.key] = change.entry;
    }
  }
  co_return co_await put(std::move(document));
}

Diagnostic HttpStore::lost(const std::optional<HttpDocument>& found) const {
  if (!found || !found->lock) return lost_lock(place(), nullptr);
  const LockHolder holder = holder_of(*found->lock, found->token);
  return lost_lock(place(), &holder);
}

Result<void> HttpStore::check(const std::optional<HttpDocument>& found) const {
  if (!found) return damaged_state(place(), "the server does not have it any more");
  if (!found->lock || found->lock->id != lock_.id) return lost(found);
  if (std::find(marks_.begin(), marks_.end(), found->write) == marks_.end())
    return damaged_state(place(), "it is not as this run left it");
  return {};
}

Task<Result<void>> HttpStore::put(HttpDocument document) {
  const std::string before = document.write;
  const std::string mark = new_uuid();
  const auto now = exchange_.now();
  ++document.serial;
  document.write = mark;
  if (document.lock) document.lock->renewed = now;
  const std::string body = write_document(document);
  marks_ = {before, mark};
  const auto arrived = [&] {
    marks_ = {mark};
    renewed_ = now;
    return Result<void>();
  };
  Patience patience(loop_);
  while (true) {
    const auto reply = co_await exchange_.post(lock_.id, body);
    if (reply && is_success(*reply)) co_return arrived();
    Diagnostic error = reply ? exchange_.refused("writing", *reply) : reply.error();
    if (error.code == ErrorCode::unauthorized || error.code == ErrorCode::invalid_config)
      co_return error;
    // Whatever was said: what counts is what is there.
    const auto found = co_await exchange_.get();
    if (found) {
      const std::string there = *found ? (*found)->write : "";
      if (there == mark) co_return arrived();
      if (there != before) co_return lost(*found);
      if (reply && is_locked(*reply)) co_return lost_to(place(), read_lock_info(reply->body));
      if (!may_pass(error)) co_return error;
    }
    if (!co_await patience.wait()) {
      // One of our tries may still be on its way.
      error.code = ErrorCode::unknown_outcome;
      co_return error;
    }
  }
}

Result<std::unique_ptr<EntryStore>> open_http(EventLoop& loop, Http& http,
                                              const StoreSettings& settings) {
  auto place = http_place(settings);
  if (!place) return place.error();
  return std::unique_ptr<EntryStore>(std::make_unique<HttpStore>(loop, http, std::move(*place)));
}

}  // namespace jim
