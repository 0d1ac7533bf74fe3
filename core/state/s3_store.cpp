#include "core/state/s3_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/state/damage.h"
#include "core/state/lock.h"

namespace jim {

namespace {

constexpr int kReads = 5;
constexpr std::size_t kGroupBytes = 8u << 20;
/// While the server is gone commits that are no promise do not wait for it more often.
constexpr Duration kPauseWhenGone = std::chrono::seconds(10);
/// How many more segments there are before a merge that failed, or that is under way, is begun
/// again.
constexpr std::size_t kMergeLater = 32;
/// Less than that is not worth a merge.
constexpr std::int64_t kDeadBytes = 256 << 10;

/// Whether a lock's term is over, by the server's clock alone. It counts whole seconds, so only
/// when the difference is larger than the term has surely that much time gone by.
bool is_over(const S3Seen& seen) {
  return seen.now - seen.modified > seen.head.lock->term || is_gone(seen.head.lock->process);
}

LockHolder holder_of(const S3Seen& seen) {
  LockHolder holder = seen.head.lock->holder;
  holder.expires = utc_text(seen.modified + seen.head.lock->term);
  return holder;
}

std::int64_t bytes_of(const std::vector<S3Segment>& segments) {
  std::int64_t bytes = 0;
  for (const S3Segment& one : segments) bytes += one.bytes;
  return bytes;
}

bool lists_any(const S3Head& head, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& one) { return head.lists(one); });
}

bool lists_all(const S3Head& head, const std::vector<S3Pending>& segments) {
  return std::all_of(segments.begin(), segments.end(),
                     [&](const S3Pending& one) { return head.lists(one.name); });
}

}  // namespace

/// A commit's place in the queue, left when the commit ends or is dropped.
struct S3Store::Queued {
  Queued(S3Store& to, Batch batch) : store(to), waiting(std::make_shared<Waiting>()) {
    waiting->batch = std::move(batch);
    store.waiting_.push_back(waiting);
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;
  ~Queued() {
    std::erase(store.waiting_, waiting);
    if (!waiting->taken && !waiting->done)
      store.fail({.code = ErrorCode::cancelled, .message = "a write was cut short"});
  }

  S3Store& store;
  std::shared_ptr<Waiting> waiting;
};

S3Store::S3Store(EventLoop& loop, Http& http, S3Place place, AwsCredentialSettings credentials,
                 S3StoreOptions options)
    : loop_(loop),
      objects_(loop, http, std::move(place), std::move(credentials)),
      options_(std::move(options)),
      head_(loop, objects_, options_.unconditional),
      segments_(loop, objects_),
      writing_(loop, 1) {}

void S3Store::tell(const Diagnostic& told) const {
  if (options_.tell) options_.tell(told);
}

// --- reading ---

Task<Result<std::vector<Entry>>> S3Store::load(std::vector<std::string> prefixes) {
  const bool anew =
      failed_ && std::find(prefixes.begin(), prefixes.end(), "head") != prefixes.end();
  std::string before;
  for (int tried = 0; tried < kReads; ++tried) {
    std::string name;
    const auto object = co_await objects_.get(std::move(name));
    if (!object) co_return object.error();
    S3Head head;
    if (object->exists) {
      auto read = read_head(object->body, place());
      if (!read) co_return read.error();
      head = std::move(*read);
    }
    auto changes = co_await segments_.read(head.segments);
    if (!changes && changes.error().code == ErrorCode::not_found) {
      // Merged away in between: then the head is another one by now.
      if (head.write == before) co_return damaged_state(place(), changes.error().message);
      before = head.write;
      continue;
    }
    if (!changes) co_return changes.error();
    const bool ours = !lock_.empty() && head.lock && head.lock->id == lock_;
    if (ours)
      for (const S3Pending& one : pending_)
        if (auto read = read_segment(one.text, *changes); !read) co_return read.error();
    std::vector<Entry> entries;
    std::int64_t live = 0;
    for (auto& [key, change] : *changes) {
      if (change.remove) continue;
      live += static_cast<std::int64_t>(key.size() + change.entry.body.size());
      if (std::any_of(prefixes.begin(), prefixes.end(),
                      [&, &at = key](const std::string& one) { return at.starts_with(one); }))
        entries.push_back(std::move(change.entry));
    }
    if (anew) failed_.reset();
    if (anew) std::erase_if(given_up_, [&](const std::string& one) { return head.lists(one); });
    if (ours) mostly_dead_ = bytes_of(head.segments) - 2 * live > kDeadBytes;
    co_return entries;
  }
  co_return Diagnostic{
      .code = ErrorCode::unavailable,
      .message = fmt::format("the state {} changed faster than it could be read", place()),
      .hint = "run the command again"};
}

// --- the lock ---

Diagnostic S3Store::lost() const {
  if (lock_.empty() || !head_.seen().head.lock) return lost_lock(place(), nullptr);
  const LockHolder holder = holder_of(head_.seen());
  return lost_lock(place(), &holder);
}

Result<void> S3Store::check(const S3Head& head) const {
  if (!lock_.empty() && head.lock && head.lock->id == lock_) return {};
  return lost();
}

Task<Result<LockHolder>> S3Store::acquire_lock(LockHolder wanted, Duration term) {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  lock_.clear();
  journal_.reset();
  pending_.clear();
  failed_.reset();
  given_up_.clear();
  not_before_.reset();
  may_be_last_.reset();
  merge_again_at_ = 0;
  if (auto read = co_await head_.read(); !read) co_return read.error();
  if (auto taken = co_await take_lock(wanted, term); !taken) co_return taken.error();
  auto ready = co_await head_.probe();
  if (ready) {
    co_await segments_.remove_leftovers(head_.seen());
    ready = co_await bring_in_what_is_owed();
  }
  if (!ready) {
    static_cast<void>(co_await give_lock_back());  // where that fails its term ends it
    lock_.clear();
    journal_.reset();
    co_return ready.error();
  }
  wanted.expires = utc_text(head_.seen().modified + term);
  co_return wanted;
}

Task<Result<std::optional<LockHolder>>> S3Store::holder() {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  if (auto read = co_await head_.read(); !read) co_return read.error();
  const bool held = head_.seen().head.lock && !is_over(head_.seen());
  co_return held ? std::optional(holder_of(head_.seen())) : std::nullopt;
}

Task<Result<void>> S3Store::take_lock(LockHolder& holder, Duration term) {
  S3Lock lock = {.id = random_hex(8), .term = term, .process = this_process()};
  const S3Register::Edit take = [&](S3Head& head) -> Result<void> {
    if (head.lock && !is_over(head_.seen())) return held_lock(place(), holder_of(head_.seen()));
    holder.since = utc_text(head_.seen().now);
    holder.token = ++head.token;
    lock.holder = holder;
    head.lock = lock;
    return {};
  };
  auto taken = co_await head_.write(take);
  if (taken) lock_ = lock.id;
  co_return taken;
}

Task<Result<void>> S3Store::give_lock_back() {
  const S3Register::Edit free = [this](S3Head& head) -> Result<void> {
    if (auto ours = check(head); !ours) return ours;
    head.lock.reset();
    return {};
  };
  auto given = co_await head_.write(free);
  co_return given;
}

Task<Result<void>> S3Store::renew_lock(Duration term) {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  const S3Register::Edit renew = [term](S3Head& head) -> Result<void> {
    head.lock->term = term;
    return {};
  };
  auto renewed = co_await send_pending(renew);
  co_return renewed;
}

Task<Result<void>> S3Store::release_lock() {
  co_await writing_.enter();
  const Gate::Place turn(writing_);
  if (lock_.empty()) co_return Result<void>();
  Result<void> done;
  if (!pending_.empty()) {
    auto sent = co_await send_pending();
    if (!sent) done = owed(sent.error());
  }
  // Before somebody else may have the lock, and with it the journal.
  if (done && journal_) journal_->drop();
  if (done) {
    done = co_await give_lock_back();
    if (!done && done.error().code == ErrorCode::conflict) done = {};
  }
  journal_.reset();
  pending_.clear();
  lock_.clear();  // also when it fails: then its term ends it
  co_return done;
}

// --- what is owed ---

std::vector<std::string> S3Store::bases() const {
  const auto& listed = head_.seen().head.segments;
  std::vector<std::string> names = {listed.empty() ? std::string() : listed.back().name};
  if (may_be_last_) names.push_back(*may_be_last_);
  return names;
}

Diagnostic S3Store::with_what_is_owed(Diagnostic why) {
  return pending_.empty() ? std::move(why) : owed(why);
}

Diagnostic S3Store::owed(const Diagnostic& why) {
  std::int64_t commits = 0;
  for (const S3Pending& one : pending_) commits += one.commits;
  const std::string count = counted(static_cast<std::size_t>(commits), "change");
  // A run in this folder that took the journal over has brought in what is in it.
  if (!journal_ || !journal_->is_ours()) return why;
  const bool others = why.code == ErrorCode::conflict;
  return {.code = why.code,
          .message = fmt::format("{} that this run made {} in the journal {} only: {}", count,
                                 commits == 1 ? "is" : "are", journal_->place(), why.message),
          .hint = others
                      ? "run jim again in this folder when the other run is done: it writes them "
                        "first, unless that one has written meanwhile; then the objects are "
                        "found again by their marks"
                      : "run jim again in this folder when that is mended: it writes them "
                        "first; elsewhere the objects are found again by their marks"};
}

Task<Result<void>> S3Store::bring_in_what_is_owed() {
  if (options_.journal.empty()) co_return Result<void>();
  auto journal = std::make_unique<S3Journal>(options_.journal, options_.journal_shown);
  std::vector<S3Pending> owed;
  std::string count;
  bool one = false;
  bool late = false;
  const auto edit = [&](S3Journal::Content& content) {
    const S3Head& head = head_.seen().head;
    owed = std::move(content.pending);
    const std::string last = bases().front();
    const auto written = std::find_if(owed.rbegin(), owed.rend(), [&](const S3Pending& segment) {
      return head.lists(segment.name);
    });
    const bool stands =
        written != owed.rend()
            ? written->name == last
            : std::find(content.bases.begin(), content.bases.end(), last) != content.bases.end();
    owed.erase(owed.begin(), written.base());
    std::int64_t commits = 0;
    for (const S3Pending& segment : owed) commits += segment.commits;
    count = counted(static_cast<std::size_t>(commits), "change");
    one = commits == 1;
    late = !owed.empty() && !stands;
    if (late) owed.clear();
    // What lay there under the old names may just be removed as a leftover, and a DELETE may arrive
    // at any time later: a name that no head lists is never listed any more.
    for (S3Pending& segment : owed) segment.name = S3Segments::fresh_name(segment.serial);
    content = {.bases = bases(), .pending = owed};
  };
  const auto taken = journal->take_over(lock_, edit);
  if (late && taken)
    tell({.message = fmt::format("{} in the journal {} came too late for the state {} and {} "
                                 "dropped: another run has written since",
                                 count, options_.journal_shown, place(), one ? "is" : "are"),
          .hint = "objects that they are about are found again by their marks",
          .severity = Severity::warning});
  if (!taken) {
    tell({.code = taken.error().code,
          .message = fmt::format("no journal can be kept: {}", taken.error().message),
          .hint = "should the server fail during this run, what it did not take is found again by "
                  "the objects' marks only",
          .severity = Severity::warning});
    co_return Result<void>();
  }
  journal_ = std::move(journal);
  if (owed.empty()) co_return Result<void>();
  pending_ = owed;
  auto sent = co_await send_pending();
  if (!sent) {
    const Diagnostic error = this->owed(sent.error());
    pending_.clear();
    co_return error;
  }
  tell({.message = fmt::format("{} of an earlier run {} written from the journal {}", count,
                               one ? "was" : "were", options_.journal_shown),
        .severity = Severity::note});
  co_return Result<void>();
}

// --- writing ---

Task<Result<void>> S3Store::commit(Batch batch) {
  const Queued queued(*this, std::move(batch));
  {
    co_await writing_.enter();
    const Gate::Place turn(writing_);
    if (!queued.waiting->done) co_await write_group();
  }
  if (queued.waiting->result) co_await merge_segments();
  co_return queued.waiting->result;
}

/// Writes the commits that wait, as many as a segment should have.
Task<void> S3Store::write_group() {
  co_await loop_.yield();  // those of the same turn come along
  if (failed_) {
    for (const auto& one : waiting_) {
      one->done = true;
      one->result = *failed_;
    }
    waiting_.clear();
    co_return;
  }
  std::vector<std::shared_ptr<Waiting>> group;
  EntryChanges changes;  // each key once, as the last of the group has it
  S3Pending segment;
  bool promise = false;
  std::size_t bytes = 0;
  for (const auto& one : waiting_) {
    if (bytes > kGroupBytes) break;
    group.push_back(one);
    one->taken = true;
    promise = promise || one->batch.promise;
    for (const EntryChange& change : one->batch.changes) {
      bytes += change.entry.body.size();
      segment.serial = std::max(segment.serial, change.entry.serial);
      changes.insert_or_assign(change.entry.key, change);
    }
  }
  segment.commits = static_cast<std::int64_t>(group.size());
  segment.name = S3Segments::fresh_name(segment.serial);
  segment.text = segment_text(changes);
  auto written = co_await write_segment(std::move(segment), promise);
  const bool kept = journal_ != nullptr && !written && written.error().code != ErrorCode::conflict;
  if (!written && !kept) fail(written.error());
  for (const auto& one : group) {
    one->done = true;
    if (!written && (one->batch.promise || !kept)) one->result = written;
    std::erase(waiting_, one);
  }
}

/// Those that wait may stand upon what is not there.
void S3Store::fail(const Diagnostic& why) {
  failed_ = why;
  std::erase_if(waiting_, [&](const std::shared_ptr<Waiting>& one) {
    if (one->taken) return false;
    one->done = true;
    one->result = why;
    return true;
  });
}

Task<Result<void>> S3Store::write_segment(S3Pending segment, bool promise) {
  // Once lost it never comes back; what is put into the journal now would be the next run's.
  if (auto ours = check(head_.seen().head); !ours) co_return ours;
  const std::string name = segment.name;
  const bool kept = keep_in_journal(segment);
  pending_.push_back(std::move(segment));
  if (kept && !promise && not_before_ && loop_.clock().now() < *not_before_)
    co_return Diagnostic{.code = ErrorCode::unavailable, .message = "the server is gone"};
  auto sent = co_await send_pending();
  if (sent || (kept && sent.error().code != ErrorCode::conflict)) co_return sent;
  // Nobody passes it on any more; earlier ones may still be.
  std::erase_if(pending_, [&](const S3Pending& one) { return one.name == name; });
  given_up_.push_back(name);
  if (kept)
    if (auto back = journal_->take_back(name); !back) journal_.reset();
  co_return sent;
}

bool S3Store::keep_in_journal(const S3Pending& segment) {
  if (!journal_) return false;
  const auto kept = journal_->append(segment, bases());
  if (kept) return true;
  tell({.code = kept.error().code,
        .message = fmt::format("the journal is given up: {}", kept.error().message),
        .hint = "should the server fail too, what it did not take is found again by the objects' "
                "marks only",
        .severity = Severity::warning});
  journal_.reset();
  return false;
}

Task<Result<void>> S3Store::send_pending() {
  const S3Register::Edit nothing;
  co_return co_await send_pending(nothing);
}

Task<Result<void>> S3Store::send_pending(const S3Register::Edit& more) {
  if (lock_.empty()) co_return lost();
  auto put = co_await segments_.put(pending_);
  if (put) {
    const S3Register::Edit add = [&](S3Head& head) -> Result<void> {
      if (auto ours = check(head); !ours) return ours;
      // What is new was made without them.
      if (!lists_all(head, pending_) && lists_any(head, given_up_))
        return Diagnostic{
            .code = ErrorCode::unavailable,
            .message = fmt::format("the state {} has a change that was believed lost", place()),
            .hint = "run the command again; it reads the state anew"};
      for (const S3Pending& one : pending_) {
        if (!head.lists(one.name))
          head.segments.push_back(
              {.name = one.name, .bytes = static_cast<std::int64_t>(one.text.size())});
        head.serial = std::max(head.serial, one.serial);
      }
      return more ? more(head) : Result<void>();
    };
    const S3Register::Has has = [&](const S3Head& head) {
      return !more && !pending_.empty() && lists_all(head, pending_);
    };
    put = co_await head_.write(add, has);
  }
  if (!put) {
    if (put.error().code != ErrorCode::conflict) not_before_ = loop_.clock().now() + kPauseWhenGone;
    co_return put;
  }
  not_before_.reset();
  may_be_last_.reset();
  if (!pending_.empty() && journal_)
    // Where that fails, `read` gives what the head lists already.
    static_cast<void>(journal_->clear(bases()));
  pending_.clear();
  co_return put;
}

/// Others commit and renew the lock meanwhile: a large state may take longer than the term.
Task<void> S3Store::merge_segments() {
  const std::string lock = lock_;
  const std::vector<S3Segment> all = head_.seen().head.segments;
  const auto start = mostly_dead_ ? std::optional<std::size_t>(0) : merge_start(all);
  if (!start || all.size() < merge_again_at_) co_return;
  mostly_dead_ = false;
  merge_again_at_ = all.size() + kMergeLater;  // unless it is done
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(*start);
  const std::vector<S3Segment> old(first, all.end());
  auto changes = co_await segments_.read(old);
  if (!changes) co_return;
  if (*start == 0) std::erase_if(*changes, [](const auto& one) { return one.second.remove; });
  std::vector<S3Pending> merged(1);
  merged[0].name = S3Segments::fresh_name(head_.seen().head.serial);
  merged[0].text = segment_text(*changes);
  const S3Segment listed = {.name = merged[0].name,
                            .bytes = static_cast<std::int64_t>(merged[0].text.size())};
  if (auto put = co_await segments_.put(merged); !put) co_return;
  const S3Register::Edit replace = [&](S3Head& head) -> Result<void> {
    if (auto ours = check(head); !ours) return ours;
    const auto& now = head.segments;
    if (lock_ != lock)  // and then the merged segment was a leftover to remove
      return Diagnostic{.code = ErrorCode::stale, .message = "the lock was taken anew"};
    // An earlier write of ours, believed lost, may have come through late.
    if (now.size() < all.size() || !std::equal(all.begin(), all.end(), now.begin()))
      return Diagnostic{.code = ErrorCode::stale, .message = "there are other segments by now"};
    std::vector<S3Segment> next(all.begin(), first);
    next.push_back(listed);
    next.insert(next.end(), now.begin() + static_cast<std::ptrdiff_t>(all.size()), now.end());
    head.segments = std::move(next);
    return {};
  };
  {
    co_await writing_.enter();
    const Gate::Place turn(writing_);
    // The head may list already what is pending; merged and removed, the next try would list it
    // again.
    if (!pending_.empty()) co_return;
    may_be_last_ = listed.name;
    if (auto done = co_await head_.write(replace); !done) co_return;
    may_be_last_.reset();
    merge_again_at_ = 0;
  }
  std::vector<std::string> names;
  names.reserve(old.size());
  for (const S3Segment& one : old) names.push_back(one.name);
  co_await segments_.remove(std::move(names));
}

}  // namespace jim
