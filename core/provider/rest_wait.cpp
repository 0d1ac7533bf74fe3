#include <fmt/format.h>

#include <algorithm>

#include "core/provider/rest_provider.h"

namespace jim {
namespace {

constexpr Duration kUsualPoll = std::chrono::seconds(2);
constexpr Duration kFirstPause = std::chrono::milliseconds(500);
constexpr int kForgivenFailures = 5;

std::string span_text(Duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  return seconds >= 120 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds);
}

/// Failures that say nothing about the object.
bool is_passing(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::timed_out ||
         code == ErrorCode::rate_limited;
}

/// Whether the manifest says nothing of a status; it then counts as one that passes.
bool is_unlisted(const TypeSpec& spec, const std::string& status) {
  if (!spec.ready || status.empty()) return false;
  const auto lists = [&](const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), status) != words.end();
  };
  return !lists(spec.ready->good) && !lists(spec.ready->pending) && !lists(spec.ready->failed);
}

}  // namespace

RestProvider::Patience RestProvider::patience_for(const TypeSpec& spec, Duration stall) const {
  const Duration poll = spec.ready ? spec.ready->poll : kUsualPoll;
  return {.next = std::min(kFirstPause, poll),
          .most = poll,
          .stall = stall,
          .moved = loop_.clock().now()};
}

bool RestProvider::is_late(const Work& work) const {
  return work.timeout && loop_.clock().now() >= work.deadline;
}

Diagnostic RestProvider::late(const Work& work) const {
  const std::string name =
      work.id.empty() ? work.spec.type.name : work.spec.type.name + " " + work.id;
  const std::string status =
      work.object.status.empty() ? std::string() : fmt::format("; it is '{}'", work.object.status);
  return {.code = ErrorCode::timed_out,
          .message = fmt::format("{} took longer than its timeout of {}{}", name,
                                 span_text(*work.timeout), status),
          .hint = "the next apply goes on from here; 'timeouts' in the file says how long to wait"};
}

Task<Result<void>> RestProvider::pause(const Work& work, Patience& patience) {
  const Instant now = loop_.clock().now();
  if (is_late(work)) co_return late(work);
  if (work.object.status != patience.status) {
    patience.status = work.object.status;
    patience.moved = now;
  }
  if (now - patience.moved >= patience.stall) {
    std::string status =
        patience.status.empty() ? std::string() : fmt::format(" at '{}'", patience.status);
    if (work.object.readiness == Readiness::pending && is_unlisted(work.spec, patience.status))
      status += ", a status that the manifest does not know";
    co_return Diagnostic{.code = ErrorCode::timed_out,
                         .message = fmt::format("{} {} has not moved for {}{}", work.spec.type.name,
                                                work.id, span_text(now - patience.moved), status),
                         .hint = "look at it with the vendor's own tools"};
  }
  // At least a millisecond: a wait of nothing would never let the clock move.
  Duration time = std::max(Duration(1), scaled(patience.next));
  if (work.timeout) time = std::min(time, std::max(Duration(1), work.deadline - now));
  patience.next = std::min(patience.most, patience.next * 3 / 2);
  co_await loop_.sleep(time);
  co_return Result<void>();
}

Task<Result<void>> RestProvider::refresh(Work& work) {
  if (work.fresh) co_return Result<void>();
  Patience patience = patience_for(work.spec, work.spec.type.visible_within);
  while (true) {
    auto seen = co_await look(work.spec, work.id, work.awaiting);
    if (!seen) co_return seen.error();
    if (*seen) {
      show(work, std::move(**seen));
      co_return Result<void>();
    }
    const Instant now = loop_.clock().now();
    const bool may_come = work.born >= Instant(0) && now - work.born < patience.stall;
    if (!may_come) {
      co_return Diagnostic{.code = ErrorCode::not_found,
                           .message = fmt::format("{} {} is gone", work.spec.type.name, work.id),
                           .hint = "somebody else deleted it; the next plan says what to do"};
    }
    if (auto waited = co_await pause(work, patience); !waited) co_return waited.error();
  }
}

Task<Result<void>> RestProvider::look_again(Work& work, Patience& patience) {
  if (auto waited = co_await pause(work, patience); !waited) co_return waited.error();
  work.fresh = false;
  auto seen = co_await refresh(work);
  if (seen) {
    patience.failures = 0;
    co_return Result<void>();
  }
  if (!is_passing(seen.error().code) || ++patience.failures > kForgivenFailures) {
    co_return seen.error();
  }
  work.fresh = true;  // the last word stands until the next look
  co_return Result<void>();
}

Task<Result<void>> RestProvider::wait_until(Work& work, const StepSpec& step) {
  const Waiting waiting(work, board_of(work.spec));
  Patience patience = patience_for(work.spec, work.spec.stall());
  if (auto seen = co_await refresh(work); !seen) co_return seen.error();
  while (true) {
    const auto reached = holds(*step.until, work);
    if (!reached) co_return reached.error();
    if (*reached) co_return Result<void>();
    if (step.failed) {
      const auto failed = holds(*step.failed, work);
      if (!failed) co_return failed.error();
      if (*failed) {
        const std::string why =
            work.object.problem.empty() ? work.object.status : work.object.problem;
        co_return Diagnostic{.code = ErrorCode::conflict,
                             .message = fmt::format("{} {}: '{}' failed: {}", work.spec.type.name,
                                                    work.id, step.name, why),
                             .hint = "mend the cause; the next apply goes on from here"};
      }
    }
    if (auto seen = co_await look_again(work, patience); !seen) co_return seen.error();
  }
}

Task<Result<void>> RestProvider::wait_ready(Work& work) {
  const Waiting waiting(work, board_of(work.spec));
  auto seen = co_await refresh(work);
  if (!seen) co_return seen.error();
  if (!work.spec.ready) co_return Result<void>();
  Patience patience = patience_for(work.spec, work.spec.ready->stall);
  while (work.object.readiness == Readiness::pending) {
    auto looked = co_await look_again(work, patience);
    if (!looked) co_return looked.error();
  }
  if (work.object.readiness == Readiness::ready) co_return Result<void>();
  const std::string why = work.object.problem.empty() ? std::string() : ": " + work.object.problem;
  co_return Diagnostic{.code = ErrorCode::conflict,
                       .message = fmt::format("{} {} is '{}'{}", work.spec.type.name, work.id,
                                              work.object.status, why)};
}

}  // namespace jim
