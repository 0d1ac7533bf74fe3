#include "core/state/http_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/state/damage.h"
#include "core/state/http_patience.h"

namespace jim {

namespace {

/// A sign of life is as good as new for this part of the term.
constexpr int kFresh = 6;
/// RecordStore's entry that goes with every batch.
constexpr std::string_view kHead = "head";

std::string mark_of(const std::optional<HttpDocument>& document) {
  return document ? document->write : "";
}

Diagnostic cut_short() {
  return {.code = ErrorCode::unknown_outcome, .message = "a write was cut short"};
}

}  // namespace

/// A commit in the queue. Lives in the frame of whoever awaits it, and leaves the queue with it;
/// one that is dropped before its end leaves nobody who knows whether it was written.
class HttpStore::Waiting {
 public:
  Waiting(HttpStore& store, Batch changes)
      : batch(std::move(changes)), store_(store), queue_(&store.waiting_) {
    queue_->push_back(this);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (queue_ == nullptr) return;
    std::erase(*queue_, this);
    if (has_changes()) store_.fail(cut_short());
  }
  void end(const Result<void>& outcome) {
    result = outcome;
    queue_ = nullptr;
  }
  void move_to(std::vector<Waiting*>& queue) { queue_ = &queue; }
  /// Or else it is a sign of life.
  bool has_changes() const { return !batch.changes.empty(); }

  Batch batch = {};
  std::optional<Result<void>> result = {};

 private:
  HttpStore& store_;
  std::vector<Waiting*>* queue_;
};

/// The commits of one write. All are told the outcome, also when whoever does the writing is
/// dropped in the middle.
class HttpStore::Group {
 public:
  explicit Group(HttpStore& store) : store_(store) {
    members.swap(store.waiting_);
    for (Waiting* one : members) one->move_to(members);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() {
    if (!members.empty()) end(cut_short());
  }
  void end(const Result<void>& outcome) {
    if (!outcome && has_changes()) store_.fail(outcome.error());
    for (Waiting* one : members) one->end(outcome);
    members.clear();
  }
  bool has_changes() const {
    return std::any_of(members.begin(), members.end(),
                       [](const Waiting* one) { return one->has_changes(); });
  }

  std::vector<Waiting*> members = {};

 private:
  HttpStore& store_;
};

HttpStore::HttpStore(EventLoop& loop, Http& http, HttpPlace place)
    : loop_(loop),
      exchange_(loop, http, std::move(place)),
      lock_(loop, exchange_),
      writing_(loop, 1) {}

// --- reading ---

Task<Result<std::vector<Entry>>> HttpStore::load(std::vector<std::string> prefixes) {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  // What is read must stay so until this run writes; another holder's lock keeps ours out as well.
  const auto settled = co_await settle();
  if (!settled && settled.error().code != ErrorCode::conflict) co_return settled.error();
  auto found = co_await read();
  if (!found) co_return found.error();
  if (std::any_of(prefixes.begin(), prefixes.end(),
                  [](const std::string& one) { return kHead.starts_with(one); }))
    failed_.reset();
  std::vector<Entry> entries;
  if (!*found && lock_.held())
    if (auto same = check(*found); !same) co_return same.error();
  if (auto later = is_later(*found); !later) co_return later.error();
  if (!*found) co_return entries;
  for (const auto& place : (*found)->entries) {
    const bool wanted = std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& one) {
      return place.first.starts_with(one);
    });
    if (wanted) entries.push_back(place.second);
  }
  // Writes go on from what was read.
  const bool ours = lock_.held() && !in_doubt_ && (*found)->lock && lock_.had((*found)->lock->id);
  if (ours) marks_ = {(*found)->write};
  co_return entries;
}

Task<Result<std::optional<HttpDocument>>> HttpStore::read() {
  read_ = loop_.clock().now();
  const auto text = co_await exchange_.get_text();
  if (!text) co_return text.error();
  if (!*text) co_return std::optional<HttpDocument>();
  auto document = read_document(**text, place());
  if (document) co_return std::optional<HttpDocument>(std::move(*document));
  // Somebody else's document, or one that this run wrote, and the server lost a part of.
  if (!has_written_) co_return document.error();
  is_spoilt_ = true;
  co_return Diagnostic{
      .code = ErrorCode::io,
      .message = fmt::format(
          "the state {} is damaged: the server did not keep what it was sent and took", place()),
      .hint =
          "see in the server's log why, and how large a state it takes; until then keep it "
          "elsewhere"};
}

Task<Result<std::optional<HttpDocument>>> HttpStore::read_patiently() {
  HttpPatience patience(loop_);
  while (true) {
    auto found = co_await read();
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
  const auto seen = co_await read();
  if (!seen) co_return seen.error();
  if (auto later = is_later(*seen); !later) co_return later.error();
  in_doubt_ = false;
  has_written_ = false;
  is_spoilt_ = false;
  LockHolder asking = wanted;
  alive_ = loop_.clock().now();
  term_ = term;
  if (auto locked = co_await lock_.take(std::move(asking), term); !locked) co_return locked.error();
  auto holder = co_await begin_holding(std::move(wanted), term);
  if (!holder) {
    // On a conflict the lock may be another one's by now. What stays locked ends with its term.
    if (holder.error().code != ErrorCode::conflict)
      const auto off = co_await lock_.take_off(lock_.info());
    lock_.forget();
    in_doubt_ = false;
  }
  co_return holder;
}

/// An address behind which several servers stand, one of them behind the others; a proxy that
/// answers from what it kept, or with a page of its own: what such a one says once is not enough to
/// write a state anew over the one that is there, nor to go on from.
Result<void> HttpStore::is_later(const std::optional<HttpDocument>& found) {
  const std::int64_t number = found ? found->serial : 0;
  if (number >= newest_) {
    newest_ = number;
    return {};
  }
  return Diagnostic{
      .code = ErrorCode::unavailable,
      .message = fmt::format("the server of the state {} had it a moment ago, number {}, and now "
                             "shows {}; nothing was written",
                             place(), newest_,
                             found ? fmt::format("an older one, number {}", number) : "none"),
      .hint =
          "run the command again; when that lasts, see whether several servers answer at that "
          "address, and one lags behind"};
}

Task<Result<LockHolder>> HttpStore::begin_holding(LockHolder wanted, Duration term) {
  auto found = co_await read();
  // "None" is asked for twice before a state is made in its place.
  if (found && !*found && newest_ == 0) found = co_await read();
  if (!found) co_return found.error();
  if (auto later = is_later(*found); !later) co_return later.error();
  HttpDocument document = *found ? std::move(**found) : HttpDocument{.lineage = new_uuid()};
  ++document.token;
  document.lock = {.id = lock_.info().id,
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

Task<Result<std::optional<LockHolder>>> HttpStore::holder() {
  const auto found = co_await exchange_.get();
  if (!found) co_return found.error();
  const std::optional<HttpLock> lock = *found ? (*found)->lock : std::nullopt;
  const bool held = lock && exchange_.now() < lock->renewed + lock->term && !is_gone(lock->process);
  co_return held ? std::optional(holder_of(*lock, (*found)->token)) : std::nullopt;
}

Task<Result<void>> HttpStore::renew_lock(Duration term) {
  term_ = term;
  if (lock_.held() && loop_.clock().now() < alive_ + term / kFresh) co_return Result<void>();
  Batch nothing;
  co_return co_await commit(std::move(nothing));
}

Task<Result<void>> HttpStore::release_lock() {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  if (!lock_.held()) co_return Result<void>();
  const auto released = co_await release();
  lock_.forget();
  in_doubt_ = false;
  co_return released;
}

Task<Result<void>> HttpStore::release() {
  // Whose lock is lost must not take off the one of whoever has it now.
  const auto settled = co_await settle();
  if (!settled && settled.error().code == ErrorCode::conflict) co_return Result<void>();
  if (!settled && !is_spoilt_) co_return settled.error();
  auto found = co_await read_patiently();
  if (!found && !is_spoilt_) co_return found.error();
  if (found && *found) {
    if (!(*found)->lock || !lock_.had((*found)->lock->id)) co_return Result<void>();
    (*found)->lock.reset();
    const auto written = co_await put(std::move(**found));
    if (!written && written.error().code == ErrorCode::conflict) co_return Result<void>();
  }
  co_return co_await lock_.take_off(lock_.info());
}

// --- writing ---

/// Those that wait were made with the changes of one that is perhaps not there.
void HttpStore::fail(const Diagnostic& why) {
  failed_ = why;
  const std::vector<Waiting*> all = waiting_;
  for (Waiting* one : all) {
    if (!one->has_changes()) continue;
    std::erase(waiting_, one);
    one->end(why);
  }
}

Task<Result<void>> HttpStore::commit(Batch batch) {
  if (failed_ && !batch.changes.empty()) co_return *failed_;
  Waiting waiting(*this, std::move(batch));
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  if (!waiting.result) {
    auto written = co_await write_group();
    co_return written;
  }
  co_return *waiting.result;
}

Task<Result<void>> HttpStore::write_group() {
  Group group(*this);
  auto written = co_await write(group);
  group.end(written);
  co_return written;
}

Task<Result<void>> HttpStore::write(const Group& group) {
  if (!lock_.held()) co_return lost_lock(place(), nullptr);
  if (auto settled = co_await settle(); !settled) co_return settled;
  auto found = co_await read_patiently();
  if (!found) co_return found.error();
  if (auto same = check(*found); !same) co_return same;
  if (!*found || !(*found)->lock) co_return lost(*found);
  if (failed_ && group.has_changes()) co_return *failed_;  // one of them was dropped meanwhile
  HttpDocument document = std::move(**found);
  document.lock->term = term_;
  for (const Waiting* one : group.members) {
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
  if (std::find(marks_.begin(), marks_.end(), mark_of(found)) != marks_.end()) return {};
  if (!found) {
    Diagnostic gone = damaged_state(place(), "the server does not have it any more");
    gone.hint =
        "put back the last version if the server keeps any; else 'jim state rebuild' makes "
        "it anew from the marks on the objects";
    return gone;
  }
  if (!found->lock || !lock_.had(found->lock->id)) return lost(found);
  Diagnostic replaced = damaged_state(place(), "it is not as this run left it");
  replaced.hint =
      "somebody has put another version in its place, past the lock; see which is the latest "
      "before "
      "you run the command again";
  return replaced;
}

Task<Result<void>> HttpStore::settle() {
  if (!in_doubt_) co_return Result<void>();
  const auto found = co_await read_patiently();
  if (!found) co_return found.error();
  if (auto same = check(*found); !same) co_return same;
  if (mark_of(*found) != marks_.back()) {
    if (auto locked = co_await lock_.take_anew(); !locked) co_return locked;
  }
  in_doubt_ = false;
  co_return Result<void>();
}

Instant HttpStore::write_until() const {
  // After an absence of the server the lock may be older than its term, and still be ours.
  return std::max(alive_ + term_, read_ + term_ / kFresh);
}

Task<Result<void>> HttpStore::look_again_if_late() {
  if (loop_.clock().now() < write_until()) co_return Result<void>();
  const auto found = co_await read_patiently();
  if (!found) co_return found.error();
  co_return check(*found);
}

Task<Result<void>> HttpStore::put(HttpDocument document) {
  std::string before;
  const auto mark_anew = [&] {
    before = std::exchange(document.write, new_uuid());
    ++document.serial;
    marks_ = {before, document.write};
  };
  mark_anew();
  HttpPatience patience(loop_);
  while (true) {
    if (auto same = co_await look_again_if_late(); !same) co_return same;
    const auto now = exchange_.now();
    const Instant sent = loop_.clock().now();
    StopFlag late;
    late.lapse_at(loop_.clock(), write_until());
    if (document.lock) document.lock->id = lock_.info().id;
    if (document.lock) document.lock->renewed = now;
    const auto arrived = [&] {
      marks_ = {document.write};
      newest_ = document.serial;
      in_doubt_ = false;
      has_written_ = true;
      alive_ = sent;
      return Result<void>();
    };
    std::string body = write_document(document);
    in_doubt_ = true;
    const auto reply = co_await exchange_.post(lock_.info().id, std::move(body), late);
    if (reply && is_success(*reply)) {
      if (!late.requested()) co_return arrived();
      // A server that does not compare ids takes it also from a holder that was replaced meanwhile.
      in_doubt_ = false;
      co_return lost_lock(place(), nullptr);
    }
    in_doubt_ = !is_settled(reply);
    Diagnostic error = reply ? exchange_.refused("writing", *reply) : reply.error();
    if (error.code == ErrorCode::cancelled && late.requested()) {
      if (co_await patience.wait()) continue;
      co_return error;
    }
    if (error.code == ErrorCode::unauthorized || error.code == ErrorCode::invalid_config)
      co_return error;
    // Whatever was said: what counts is what is there.
    auto found = co_await read();
    if (found) {
      const std::string there = mark_of(*found);
      if (there == document.write) co_return arrived();
      if (there != before) co_return lost(*found);
      if (reply && is_locked(*reply)) co_return lost_to(place(), read_lock_info(reply->body));
      if (!may_pass(error)) co_return error;
    }
    const bool again = co_await patience.wait();
    error.code = ErrorCode::unknown_outcome;  // one of our tries may have arrived, or may yet
    if (!again) co_return error;
    if (!in_doubt_) continue;
    if (auto settled = co_await settle(); !settled) {
      if (settled.error().code == ErrorCode::conflict) co_return settled;
      co_return error;
    }
    found = co_await read_patiently();
    if (!found) co_return error;
    if (auto same = check(*found); !same) co_return same;
    if (mark_of(*found) != document.write) continue;
    // It arrived meanwhile, perhaps naming the old lock.
    if (!document.lock || document.lock->id == lock_.info().id) co_return arrived();
    mark_anew();
  }
}

Result<std::unique_ptr<EntryStore>> open_http(EventLoop& loop, Http& http,
                                              const StoreSettings& settings) {
  auto place = http_place(settings);
  if (!place) return place.error();
  return std::unique_ptr<EntryStore>(std::make_unique<HttpStore>(loop, http, std::move(*place)));
}

}  // namespace jim
