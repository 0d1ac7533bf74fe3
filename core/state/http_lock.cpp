#include "core/state/http_lock.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/state/server_clock.h"
#include "core/value/json.h"

namespace jim {

namespace {

using WallTime = std::chrono::system_clock::time_point;

constexpr std::string_view kOurs = "jim-";

std::string term_text(Duration term) {
  return term.count() % 1000 == 0 ? fmt::format("{}s", term.count() / 1000)
                                  : fmt::format("{}ms", term.count());
}

/// The term in the id of a lock of jim's; nullopt when it is somebody else's.
std::optional<Duration> term_in(std::string_view id) {
  if (!id.starts_with(kOurs)) return std::nullopt;
  id.remove_prefix(kOurs.size());
  return parse_duration(id.substr(0, id.find('-')));
}

Diagnostic held_by_stranger(const std::string& place, const LockInfo& ours, const LockInfo& told) {
  // GitLab repeats what we sent ourselves: that says nothing about the holder.
  const bool repeated = told.info == ours.info && told.operation == ours.operation;
  const std::string running = repeated || told.operation.empty()
                                  ? ""
                                  : fmt::format(", running '{}'", escape_control(told.operation));
  const std::string since = told.created.empty() ? "" : ", since " + escape_control(told.created);
  return {.code = ErrorCode::conflict,
          .message = fmt::format(
              "the state {} is locked by {}{}{}; this lock is not jim's, and has "
              "no end of its own",
              place, told.who.empty() ? "someone" : escape_control(told.who), running, since),
          .hint = fmt::format("wait until it is done; if it died, the tool that took the lock can "
                              "take it off: terraform force-unlock {}",
                              shell_word(escape_control(told.id)))};
}

Diagnostic held_by_nobody_known(const std::string& place) {
  return {
      .code = ErrorCode::conflict,
      .message = fmt::format("the state {} is locked, and the server does not say by whom", place),
      .hint = "wait until it is done, or take the lock off with the tool that took it"};
}

}  // namespace

LockInfo new_lock(const LockHolder& wanted, Duration term, WallTime now) {
  const std::string lasts = term_text(term);
  LockInfo lock = {.id = fmt::format("{}{}-{}", kOurs, lasts, random_hex(16)),
                   .operation = wanted.command,
                   .who = wanted.who,
                   .version = kVersion,
                   .created = utc_text(now)};
  lock.info = fmt::format("jim, replaced by another one {} after its last sign of life; {}", lasts,
                          lock.id);
  return lock;
}

std::string lock_body(const LockInfo& lock) {
  ValueMap map;
  map.set("ID", lock.id);
  map.set("Operation", lock.operation);
  map.set("Info", lock.info);
  map.set("Who", lock.who);
  map.set("Version", lock.version);
  map.set("Created", lock.created);
  map.set("Path", "");
  return to_json(Value(std::move(map)));
}

std::optional<LockInfo> read_lock_info(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return std::nullopt;
  const auto get = [&](std::string_view name) {
    const Value* found = value->get(name);
    return found != nullptr && found->is_string() ? found->as_string() : std::string();
  };
  LockInfo lock = {.id = get("ID"),
                   .operation = get("Operation"),
                   .info = get("Info"),
                   .who = get("Who"),
                   .version = get("Version"),
                   .created = get("Created")};
  if (lock.id.empty()) return std::nullopt;
  return lock;
}

LockHolder holder_of(const HttpLock& lock, std::int64_t token) {
  return {.who = lock.who,
          .command = lock.command,
          .since = utc_text(lock.since),
          .expires = utc_text(lock.renewed + lock.term),
          .token = token};
}

MetLock judge_holder(const std::string& place, const LockInfo& ours,
                     const std::optional<LockInfo>& told, const std::optional<HttpLock>& seen,
                     WallTime now) {
  if (!told && !seen) return {.refusal = held_by_nobody_known(place)};
  MetLock held;
  if (told) held.lock = *told;
  if (!told) held.lock = {.id = seen->id, .operation = seen->command, .who = seen->who};
  if (seen && seen->id == held.lock.id) {
    held.dead = now >= seen->renewed + seen->term || is_gone(seen->process);
    held.refusal = held_lock(place, holder_of(*seen, 0));
    return held;
  }
  const auto term = term_in(held.lock.id);
  if (!term) {
    held.refusal = held_by_stranger(place, ours, held.lock);
    return held;
  }
  // It locked, and has not written yet, or died before it could. Nothing tells of its process.
  const auto since = parse_utc(held.lock.created);
  held.dead = since && now >= *since + *term;
  const LockHolder holder = {.who = held.lock.who,
                             .command = held.lock.info == ours.info ? "" : held.lock.operation,
                             .since = escape_control(held.lock.created),
                             .expires = utc_text(since.value_or(now) + *term)};
  held.refusal = held_lock(place, holder);
  held.refusal.hint = "wait until it is done; if it died, it is replaced when its lock ends";
  return held;
}

Diagnostic lost_to(const std::string& place, const std::optional<LockInfo>& told) {
  if (!told) return lost_lock(place, nullptr);
  const LockHolder holder = {
      .who = told->who, .command = told->operation, .since = escape_control(told->created)};
  return lost_lock(place, &holder);
}

}  // namespace jim
