#include "core/state/etcd_lock.h"

#include <fmt/format.h>

#include <utility>

#include "core/state/fields.h"
#include "core/state/process_identity.h"
#include "core/value/json.h"

namespace jim {

namespace {

/// A lease that ended takes its key along within half a second (etcd 3.4, 2026-11).
constexpr Duration kPause = std::chrono::milliseconds(250);
constexpr int kTries = 12;

std::int64_t seconds_of(Duration term) {
  return std::chrono::ceil<std::chrono::seconds>(term).count();
}

std::string lease_text(std::int64_t lease) { return fmt::format(R"({{"ID":"{}"}})", lease); }

std::string holder_text(const LockHolder& holder) {
  const ProcessIdentity process = this_process();
  FieldWriter out;
  out.text("who", holder.who);
  out.text("command", holder.command);
  out.text("since", holder.since);
  out.text("machine", process.machine);
  out.value("pid", process.pid);
  out.text("started", process.started);
  return to_json(out.take());
}

/// The lock may be of a newer version, or of a person with etcdctl: what is not understood is left
/// empty.
LockHolder read_holder(const std::string& text, ProcessIdentity& process) {
  LockHolder holder = {.who = "somebody", .since = "an unknown time", .expires = "an unknown time"};
  const auto value = parse_json(text);
  if (!value || !value->is_map()) return holder;
  FieldReader in(*value);
  in.text("who", holder.who);
  in.text("command", holder.command);
  in.text("since", holder.since);
  in.text("machine", process.machine);
  in.number("pid", process.pid);
  in.text("started", process.started);
  if (!in.finish().empty()) process = {};
  return holder;
}

LockHolder holder_of(const EtcdKey& lock) {
  ProcessIdentity process;
  return read_holder(lock.value, process);
}

Diagnostic malformed(const std::string& place) {
  return {.code = ErrorCode::io,
          .message = fmt::format("etcd's answer about the state {} is malformed", place)};
}

}  // namespace

struct EtcdLock::Found {
  EtcdKey lock = {};
  EtcdKey fence = {};
};

EtcdLock::EtcdLock(EventLoop& loop, EtcdClient& client, const std::string& prefix,
                   std::string place)
    : loop_(loop),
      client_(client),
      lock_key_(prefix + "/lock"),
      fence_key_(prefix + "/fence"),
      place_(std::move(place)) {}

void EtcdLock::guard(EtcdTransaction& transaction) const {
  transaction.expect(fence_key_, fence_);
  transaction.get_else(lock_key_);
  transaction.get_else(fence_key_);
}

Result<void> EtcdLock::check(const EtcdKey& lock, const EtcdKey& fence) const {
  if (fence_ != 0 && fence.modified == fence_) return {};
  if (!lock.exists()) return lost_lock(place_, nullptr);
  const LockHolder holder = holder_of(lock);
  return lost_lock(place_, &holder);
}

Diagnostic EtcdLock::changes_hands() const {
  return {.code = ErrorCode::unavailable,
          .message = fmt::format("the lock on the state {} changes hands all the time", place_),
          .hint = "run the command again"};
}

// --- one request each ---

Task<Result<EtcdLock::Found>> EtcdLock::look() {
  EtcdTransaction transaction;
  transaction.get(lock_key_);
  transaction.get(fence_key_);
  const auto reply = co_await client_.call("/v3/kv/txn", transaction.text());
  if (!reply) co_return reply.error();
  auto outcome = read_outcome(*reply);
  if (!outcome || outcome->read.size() != 2) co_return malformed(place_);
  co_return Found{.lock = std::move(outcome->read[0]), .fence = std::move(outcome->read[1])};
}

Task<Result<std::int64_t>> EtcdLock::grant(Duration term) {
  const std::string body = fmt::format(R"({{"TTL":"{}"}})", seconds_of(term));
  const auto reply = co_await client_.call("/v3/lease/grant", body);
  if (!reply) co_return reply.error();
  const std::int64_t lease = etcd_number(*reply, "ID");
  if (lease == 0) co_return malformed(place_);
  co_return lease;
}

Task<Result<void>> EtcdLock::revoke(std::int64_t lease) {
  const auto reply = co_await client_.call("/v3/lease/revoke", lease_text(lease));
  if (!reply && reply.error().code != ErrorCode::not_found) co_return reply.error();
  co_return Result<void>();
}

Task<Result<bool>> EtcdLock::keep_alive() {
  if (lease_ == 0) co_return false;
  const auto reply = co_await client_.call("/v3/lease/keepalive", lease_text(lease_));
  if (!reply) co_return reply.error();
  const Value* result = reply->get("result");
  if (result == nullptr) co_return malformed(place_);
  co_return etcd_number(*result, "TTL") > 0;
}

Task<Result<std::optional<Duration>>> EtcdLock::time_left(std::int64_t lease) {
  const auto reply = co_await client_.call("/v3/lease/timetolive", lease_text(lease));
  if (!reply) co_return reply.error();
  // Left out when it is 0, which is the last second.
  const std::int64_t left = etcd_number(*reply, "TTL");
  if (left < 0) co_return std::optional<Duration>();
  co_return std::optional<Duration>(std::chrono::seconds(left));
}

// --- taking it ---

Task<Result<LockHolder>> EtcdLock::acquire(LockHolder wanted, Duration term) {
  for (int tries = 0; tries < kTries; ++tries) {
    const auto found = co_await look();
    if (!found) co_return found.error();
    if (const EtcdKey& lock = found->lock; lock.exists()) {
      ProcessIdentity process;
      LockHolder holder = read_holder(lock.value, process);
      if (lock.lease == 0) co_return held_lock(place_, holder);
      if (is_gone(process)) {
        if (auto done = co_await revoke(lock.lease); !done) co_return done.error();
        continue;
      }
      const auto left = co_await time_left(lock.lease);
      if (!left) co_return left.error();
      if (*left) {
        holder.expires = utc_text(loop_.clock().wall() + **left);
        co_return held_lock(place_, holder);
      }
      co_await loop_.sleep(kPause);
      continue;
    }
    const auto lease = co_await grant(term);
    if (!lease) co_return lease.error();
    const auto now = loop_.clock().wall();
    wanted.since = utc_text(now);
    wanted.expires = utc_text(now + term);
    const std::string text = holder_text(wanted);
    EtcdTransaction take;
    take.expect(lock_key_, 0);
    take.expect(fence_key_, found->fence.modified);
    take.put(lock_key_, text, *lease);
    take.put(fence_key_, text);
    take.get_always(lock_key_);
    take.get_always(fence_key_);
    const auto reply = co_await client_.call("/v3/kv/txn", take.text());
    if (!reply) {
      if (reply.error().code != ErrorCode::not_found) co_return reply.error();
      continue;  // the lease is over already
    }
    const auto outcome = read_outcome(*reply);
    if (!outcome || outcome->read.size() != 2) co_return malformed(place_);
    const EtcdKey& lock = outcome->read[0];
    const EtcdKey& fence = outcome->read[1];
    // Not the first to arrive may be the same request, sent again because no answer came.
    if (outcome->succeeded || (lock.exists() && lock.lease == *lease)) {
      lease_ = *lease;
      fence_ = fence.modified;
      holder_ = text;
      wanted.token = fence.version;
      co_return wanted;
    }
    if (auto done = co_await revoke(*lease); !done) co_return done.error();
  }
  co_return changes_hands();
}

Task<Result<std::optional<LockHolder>>> EtcdLock::holder() {
  const auto found = co_await look();
  if (!found) co_return found.error();
  if (!found->lock.exists()) co_return std::optional<LockHolder>();
  ProcessIdentity process;
  const LockHolder holder = read_holder(found->lock.value, process);
  co_return is_gone(process) ? std::nullopt : std::optional(holder);
}

// --- keeping it ---

Task<Result<void>> EtcdLock::renew(Duration term) {
  if (!is_held()) co_return lost_lock(place_, nullptr);
  for (int tries = 0; tries < kTries; ++tries) {
    const auto alive = co_await keep_alive();
    if (!alive) co_return alive.error();
    const auto found = co_await look();
    if (!found) co_return found.error();
    if (auto ours = check(found->lock, found->fence); !ours) co_return ours;
    if (*alive && found->lock.exists()) co_return Result<void>();
    if (found->lock.exists()) {  // with a lease that is ending
      co_await loop_.sleep(kPause);
      continue;
    }
    if (!*alive) {
      const auto lease = co_await grant(term);
      if (!lease) co_return lease.error();
      lease_ = *lease;
    }
    if (auto put = co_await put_back(); !put) co_return put.error();
  }
  co_return changes_hands();
}

/// The term was over, and nobody took the lock: it is put where it was. Whether that went well is
/// for the next look.
Task<Result<void>> EtcdLock::put_back() {
  EtcdTransaction put;
  put.expect(lock_key_, 0);
  put.expect(fence_key_, fence_);
  put.put(lock_key_, holder_, lease_);
  const auto reply = co_await client_.call("/v3/kv/txn", put.text());
  if (!reply && reply.error().code != ErrorCode::not_found) co_return reply.error();
  co_return Result<void>();
}

Task<Result<void>> EtcdLock::release() {
  const std::int64_t lease = std::exchange(lease_, 0);
  fence_ = 0;  // also when it fails: then its term ends it
  if (lease == 0) co_return Result<void>();
  co_return co_await revoke(lease);
}

}  // namespace jim
