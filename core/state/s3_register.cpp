#include "core/state/s3_register.h"

#include <fmt/format.h>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr int kTries = 8;
constexpr int kTriesAtOnce = 4;  ///< the later ones wait before
constexpr Duration kPause = std::chrono::milliseconds(300);
/// Of no content: 16 bytes as MD5 has them, so that no server finds it malformed.
constexpr const char* kNoEtag = "\"00000000000000000000000000000000\"";

}  // namespace

S3Register::S3Register(EventLoop& loop, S3Objects& objects, bool unconditional)
    : loop_(loop), objects_(objects), unconditional_(unconditional) {}

Task<Result<void>> S3Register::read() {
  std::string name;
  auto object = co_await objects_.get(std::move(name));
  if (!object) co_return object.error();
  S3Seen seen = {.exists = object->exists,
                 .etag = object->etag,
                 .modified = object->modified,
                 .now = object->now};
  if (object->exists) {
    auto head = read_head(object->body, objects_.place().shown);
    if (!head) co_return head.error();
    seen.head = std::move(*head);
  }
  seen_ = std::move(seen);
  co_return Result<void>();
}

/// AWS gives and takes ETags in quotes; Ceph 16 gives them in quotes and knows them bare only
/// (seen, 2026-11).
std::string S3Register::sent_etag(const std::string& etag) const {
  if (!bare_) return etag;
  std::string bare;
  for (const char c : etag.starts_with("W/") ? etag.substr(2) : etag)
    if (c != '"') bare += c;
  return bare;
}

Task<Result<S3Written>> S3Register::put(std::string text) {
  std::string name;
  S3Condition condition;
  if (unconditional_) {
    std::string same;
    const auto stands = co_await objects_.get(std::move(same));
    if (!stands) co_return stands.error();
    if (stands->exists != seen_.exists || stands->etag != seen_.etag)
      co_return S3Written{.refused = true};
  } else if (seen_.exists) {
    condition.etag = sent_etag(seen_.etag);
  } else {
    condition.absent = true;
  }
  co_return co_await objects_.put(std::move(name), std::move(text), std::move(condition));
}

Task<Result<void>> S3Register::write(const Edit& edit) {
  const Has nothing;
  co_return co_await write(edit, nothing);
}

Task<Result<void>> S3Register::write(const Edit& edit, const Has& has) {
  const std::string id = random_hex(8);
  Diagnostic trouble = {
      .code = ErrorCode::unavailable,
      .message = fmt::format("the state {}: {} refuses every write, whatever is there",
                             objects_.place().shown, escape_control(objects_.place().endpoint)),
      .hint = "see whether that server honours If-Match on PUT"};
  for (int tried = 0; tried < kTries; ++tried) {
    if (tried >= kTriesAtOnce) co_await loop_.sleep(kPause * (tried - kTriesAtOnce + 1));
    S3Head next = seen_.head;
    if (auto allowed = edit(next); !allowed) co_return allowed;
    next.write = id;
    std::string text = head_text(next);
    auto put = co_await this->put(std::move(text));
    if (put && !put->refused && !put->etag.empty()) {
      quotes_known_ = quotes_known_ || seen_.exists;
      seen_ = {.head = std::move(next),
               .exists = true,
               .etag = put->etag,
               .modified = put->now,
               .now = put->now};
      co_return Result<void>();
    }
    if (!put && put.error().code != ErrorCode::unavailable) co_return put.error();
    // Refused, or done or not: what stands there tells. A repeated request may have been refused
    // because it had been done before.
    const std::string compared = seen_.etag;
    if (auto seen = co_await read(); !seen) co_return put ? seen : Result<void>(put.error());
    if (seen_.head.write == id || (has && has(seen_.head))) co_return Result<void>();
    const bool same = seen_.exists && seen_.etag == compared;
    if (put && same && !quotes_known_) bare_ = !bare_;
    if (!put) trouble = put.error();
  }
  co_return trouble;
}

Task<Result<void>> S3Register::probe() {
  if (unconditional_) co_return Result<void>();
  for (const bool absent : {true, false}) {
    std::string name;
    std::string text = head_text(seen_.head);  // where conditions are ignored it changes nothing
    S3Condition unmet = {.absent = absent, .etag = absent ? "" : sent_etag(kNoEtag)};
    const auto put = co_await objects_.put(std::move(name), std::move(text), std::move(unmet));
    if (!put) co_return put.error();
    if (put->refused) continue;
    co_return Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = fmt::format("the state {}: {} ignores '{}' on PUT, so two runs at once could "
                               "overwrite each other's state",
                               objects_.place().shown, escape_control(objects_.place().endpoint),
                               absent ? "If-None-Match" : "If-Match"),
        .hint =
            "use a server that honours it, or say 'unconditional: true' below 'state' and see "
            "to it that no two runs meet"};
  }
  co_return Result<void>();
}

}  // namespace jim
