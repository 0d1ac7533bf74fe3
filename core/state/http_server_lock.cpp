#include "core/state/http_server_lock.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/state/http_patience.h"

namespace jim {

namespace {

Diagnostic knows_no_locks(const HttpExchange& exchange, int status) {
  return {
      .code = ErrorCode::invalid_config,
      .message = fmt::format(
          "the server of the state {} does not know how to lock it: {} was answered with status {}",
          exchange.shown(), exchange.lock_shown(), status),
      .hint =
          "check the address, and 'lock_url', 'lock_method' and 'unlock_method' below "
          "'state'"};
}

}  // namespace

Task<Result<void>> HttpServerLock::take(LockHolder wanted, Duration term) {
  wanted_ = std::move(wanted);
  term_ = term;
  lock_ = {};
  HttpPatience patience(loop_);
  bool replaced = false;
  while (true) {
    const auto asked = co_await ask();
    if (!asked) {
      if (!may_pass(asked.error()) || !co_await patience.wait()) co_return asked.error();
      continue;
    }
    if (asked->held) co_return Result<void>();
    const auto seen = co_await exchange_.get();
    if (!seen) co_return seen.error();
    const std::optional<HttpLock> written = *seen ? (*seen)->lock : std::nullopt;
    const MetLock met =
        judge_holder(exchange_.shown(), asked->sent, asked->told, written, exchange_.now());
    if (!met.dead || (replaced && !co_await patience.wait())) co_return met.refusal;
    // By its id: a holder that came in between keeps its lock.
    const auto off = co_await take_off(met.lock);
    if (!off && !may_pass(off.error())) co_return off.error();
    replaced = true;
  }
}

Task<Result<void>> HttpServerLock::take_anew() {
  const LockInfo old = lock_;
  HttpPatience patience(loop_);
  while (true) {
    const auto off = co_await take_off(old);
    if (!off && !may_pass(off.error())) co_return off.error();
    const auto asked = co_await ask();
    if (asked && asked->held) co_return Result<void>();
    if (!asked && !may_pass(asked.error())) co_return asked.error();
    // Still there: the UNLOCK did not arrive, or not yet.
    const bool still = asked && (asked->told ? asked->told->id == old.id : !off);
    if (asked && !still) co_return lost_to(exchange_.shown(), asked->told);
    if (co_await patience.wait()) continue;
    if (!asked) co_return asked.error();
    if (!off) co_return off.error();
    co_return lost_to(exchange_.shown(), asked->told);
  }
}

Task<Result<void>> HttpServerLock::take_off(LockInfo lock) {
  const auto reply = co_await exchange_.unlock(lock);
  if (!reply) co_return reply.error();
  const int status = reply->status;
  const bool failed =
      status >= 500 || status == 401 || status == 403 || status == 408 || status == 429;
  if (failed) co_return exchange_.refused("unlocking", *reply);
  co_return Result<void>();
}

bool HttpServerLock::had(std::string_view id) const {
  return std::find(had_.begin(), had_.end(), id) != had_.end();
}

Task<Result<HttpServerLock::Asked>> HttpServerLock::ask() {
  Asked asked = {.sent = new_lock(wanted_, term_, exchange_.now())};
  asked_.push_back(asked.sent);
  const auto reply = co_await exchange_.lock(asked.sent);
  if (!reply) co_return reply.error();
  if (is_success(*reply)) {
    hold(asked.sent);
    asked.held = true;
    co_return asked;
  }
  if (is_locked(*reply)) {
    asked.told = read_lock_info(reply->body);
    const auto ours = std::find_if(asked_.begin(), asked_.end(), [&](const LockInfo& one) {
      return asked.told && one.id == asked.told->id;
    });
    asked.held = ours != asked_.end();  // an earlier one arrived after all
    if (asked.held) hold(*ours);
    std::erase_if(asked_, [&](const LockInfo& one) { return one.id == asked.sent.id; });
    co_return asked;
  }
  if (reply->status == 404 || reply->status == 405 || reply->status == 501)
    co_return knows_no_locks(exchange_, reply->status);
  co_return exchange_.refused("locking", *reply);
}

void HttpServerLock::hold(LockInfo lock) {
  std::erase_if(asked_, [&](const LockInfo& one) { return one.id == lock.id; });
  had_.push_back(lock.id);
  lock_ = std::move(lock);
}

}  // namespace jim
