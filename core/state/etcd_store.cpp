#include "core/state/etcd_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/base/text.h"
#include "core/state/damage.h"
#include "core/state/entry_text.h"

namespace jim {

namespace {

/// RecordStore's entry that goes with every batch.
constexpr std::string_view kHead = "head";
/// etcd takes 128 operations and 1.5 MiB, unless its administrator says otherwise.
constexpr std::size_t kOperations = 120;
constexpr std::size_t kBytes = 1u << 20;
constexpr std::int64_t kPage = 1000;
/// Of a read of which etcd dropped the old revisions meanwhile.
constexpr int kReads = 3;

std::string value_of(const Entry& entry) { return fmt::format("{} {}", entry.serial, entry.body); }

Diagnostic cut_short() {
  return {.code = ErrorCode::cancelled, .message = "a write was cut short"};
}

Diagnostic malformed(const std::string& place) {
  return {.code = ErrorCode::io,
          .message = fmt::format("etcd's answer about the state {} is malformed", place)};
}

/// Somebody wrote or restored the keys by hand.
Diagnostic changed_by_others(const std::string& place) {
  return {.code = ErrorCode::conflict,
          .message =
              fmt::format("the state {} was changed by somebody who did not take its lock", place),
          .hint = "run the command again; it reads the state anew"};
}

}  // namespace

/// One commit, from when it is asked for until its outcome is taken. Lives in the frame of whoever
/// awaits it; one that is dropped before leaves nobody who knows whether it was written.
struct EtcdStore::Waiting {
  Waiting(EtcdStore& to, Batch changes) : store(to), batch(std::move(changes)) {
    store.waiting_.push_back(this);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (!done) store.failed_ = cut_short();
    std::erase(store.waiting_, this);
  }
  void end(const Result<void>& with) {
    result = with;
    done = true;
    std::erase(store.waiting_, this);
  }

  EtcdStore& store;
  Batch batch;
  bool sent = false;
  bool done = false;
  Result<void> result = {};
};

/// Commits that are written together.
struct EtcdStore::Group {
  EtcdTransaction transaction = {};
  std::string head = {};  ///< as the last of them has it
};

EtcdStore::EtcdStore(EventLoop& loop, Http& http, const EtcdPlace& place)
    : loop_(loop),
      place_(place.name),
      entries_(place.prefix + "/entry/"),
      client_(loop, http, place),
      lock_(loop, client_, place.prefix, place.name),
      page_(kPage),
      writing_(loop, 1) {}

// --- reading ---

Result<Entry> EtcdStore::entry_of(EtcdKey key) const {
  Entry entry = {.key = key.key.substr(entries_.size())};
  const char* begin = key.value.data();
  const char* end = begin + key.value.size();
  const auto [blank, error] = std::from_chars(begin, end, entry.serial);
  if (error != std::errc() || blank == end || *blank != ' ')
    return damaged_state(
        place_, fmt::format("the entry '{}' is not as jim wrote it", escape_control(entry.key)));
  entry.body.assign(blank + 1, end);
  return entry;
}

Task<Result<EtcdPage>> EtcdStore::read_page(std::string from, std::string end,
                                            std::int64_t revision) {
  while (true) {
    const auto reply =
        co_await client_.call("/v3/kv/range", etcd_range(from, end, page_, revision));
    if (reply) {
      auto page = jim::read_page(*reply);
      const bool good = page && std::all_of(page->keys.begin(), page->keys.end(), [&](auto& one) {
                          return one.key >= from && one.key < end;
                        });
      if (!good) co_return malformed(place_);
      co_return *std::move(page);
    }
    if (reply.error().code != ErrorCode::io || page_ == 1) co_return reply.error();
    page_ = std::max<std::int64_t>(1, page_ / 10);  // the answer was too large
  }
}

Task<Result<std::vector<Entry>>> EtcdStore::read(std::vector<std::string> prefixes) {
  std::vector<Entry> entries;
  std::int64_t revision = 0;
  std::int64_t head = 0;
  bool heard_of_head = false;
  for (const std::string& prefix : prefixes) {
    std::string from = entries_ + prefix;
    const std::string end = prefix_end(from);
    heard_of_head = heard_of_head || kHead.starts_with(prefix);
    for (bool more = true; more;) {
      auto page = co_await read_page(from, end, revision);
      if (!page) co_return page.error();
      if (revision == 0) revision = page->revision;  // everything else as of then
      more = page->more;
      if (!page->keys.empty()) from = page->keys.back().key + '\0';
      for (EtcdKey& key : page->keys) {
        const std::int64_t modified = key.modified;
        auto entry = entry_of(std::move(key));
        if (!entry) co_return entry.error();
        if (entry->key == kHead) head = modified;
        entries.push_back(*std::move(entry));
      }
    }
  }
  if (heard_of_head) {
    failed_.reset();
    head_ = std::max(head_.value_or(0), head);
  }
  co_return entries;
}

Task<Result<std::vector<Entry>>> EtcdStore::load(std::vector<std::string> prefixes) {
  for (int reads = 1;; ++reads) {
    auto entries = co_await read(prefixes);
    const bool again = !entries && entries.error().code == ErrorCode::stale && reads < kReads;
    if (!again) co_return entries;
  }
}

// --- the lock ---

Task<Result<LockHolder>> EtcdStore::acquire_lock(LockHolder wanted, Duration term) {
  head_.reset();  // others may have written since
  return lock_.acquire(std::move(wanted), term);
}

Task<Result<std::optional<LockHolder>>> EtcdStore::holder() { return lock_.holder(); }

Task<Result<void>> EtcdStore::renew_lock(Duration term) { return lock_.renew(term); }

Task<Result<void>> EtcdStore::release_lock() { return lock_.release(); }

// --- writing ---

Task<Result<void>> EtcdStore::commit(Batch batch) {
  Waiting mine(*this, std::move(batch));
  co_await writing_.enter();
  const Gate::Place place(writing_);
  if (!mine.done) {
    co_await loop_.yield();  // what else is ready may come along
    co_await write_waiting();
  }
  co_return std::move(mine.result);
}

/// As many of those that wait as etcd takes at once. Each key once, as the last of them has it.
EtcdStore::Group EtcdStore::gather() {
  std::map<std::string_view, const EntryChange*> last;
  std::size_t bytes = 0;
  for (Waiting* one : waiting_) {
    std::size_t more = 0;
    std::size_t fresh = 0;
    for (const EntryChange& change : one->batch.changes) {
      more += entries_.size() + change.entry.key.size() + change.entry.body.size();
      if (!last.contains(change.entry.key)) ++fresh;
    }
    if (!last.empty() && (last.size() + fresh > kOperations || bytes + more > kBytes)) break;
    for (const EntryChange& change : one->batch.changes) last[change.entry.key] = &change;
    bytes += more;
    one->sent = true;
  }
  Group group;
  for (const auto& [key, change] : last) {
    const std::string at = entries_ + change->entry.key;
    if (change->remove) {
      group.transaction.remove(at);
      continue;
    }
    const std::string value = value_of(change->entry);
    group.transaction.put(at, value);
    if (key == kHead) group.head = value;
  }
  return group;
}

Task<void> EtcdStore::write_waiting() {
  Result<void> done = {};
  if (failed_) {
    done = *failed_;
  } else if (!lock_.is_held()) {
    done = lost_lock(place_, nullptr);
  } else {
    done = co_await know_head();
    if (done) {
      Group group = gather();
      done = co_await write(std::move(group));
    }
    if (!done) {
      failed_ = done.error();
      head_.reset();
    }
  }
  const std::vector<Waiting*> all = waiting_;
  for (Waiting* one : all)
    if (one->sent || !done) one->end(done);
}

/// Where the head stands, for one who writes without having loaded.
Task<Result<void>> EtcdStore::know_head() {
  if (head_) co_return Result<void>();
  std::vector<std::string> prefixes = {std::string(kHead)};
  auto entries = co_await load(std::move(prefixes));
  if (!entries) co_return entries.error();
  co_return Result<void>();
}

Task<Result<void>> EtcdStore::write(Group group) {
  const std::string head_key = entries_ + std::string(kHead);
  lock_.guard(group.transaction);
  group.transaction.expect(head_key, *head_);
  group.transaction.get_else(head_key);
  const auto reply = co_await client_.call("/v3/kv/txn", group.transaction.text());
  if (!reply) {
    Diagnostic error = reply.error();
    if (error.code == ErrorCode::unavailable) {
      error.code = ErrorCode::unknown_outcome;
      error.message += "; whether the last changes are written is not known";
    }
    co_return error;
  }
  const auto outcome = read_outcome(*reply);
  if (!outcome) co_return malformed(place_);
  if (outcome->succeeded) {
    if (!group.head.empty()) head_ = outcome->revision;
    co_return Result<void>();
  }
  if (outcome->read.size() != 3) co_return malformed(place_);
  const EtcdKey& head = outcome->read[2];
  if (head.modified > *head_ && head.value == group.head) {  // it had arrived, its answer had not
    head_ = head.modified;
    co_return Result<void>();
  }
  if (auto ours = lock_.check(outcome->read[0], outcome->read[1]); !ours) co_return ours;
  co_return changed_by_others(place_);
}

Result<std::unique_ptr<EntryStore>> open_etcd(EventLoop& loop, Http& http,
                                              const StoreSettings& settings) {
  auto place = etcd_place(settings);
  if (!place) return place.error();
  return std::unique_ptr<EntryStore>(std::make_unique<EtcdStore>(loop, http, *std::move(place)));
}

}  // namespace jim
