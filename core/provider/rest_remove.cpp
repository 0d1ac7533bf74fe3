#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/provider/rest_provider.h"

namespace jim {
namespace {

/// A vendor may show an object for a moment as it was before the mark was written.
constexpr Duration kMarkMayLag = std::chrono::seconds(5);

/// For operations that nobody follows.
class NoJournal : public Journal {
 public:
  Task<Result<void>> note_intent(const Intent& /*intent*/) override { co_return Result<void>(); }
  Task<Result<void>> record_id(const std::string& /*id*/) override { co_return Result<void>(); }
  void progress(const std::string& /*what*/) override {}
};

/// The object does not show the mark that was written.
Diagnostic unlike(const Work& work) {
  const std::string shown = work.object.mark.empty()
                                ? "no mark of jim's"
                                : fmt::format("the mark '{}'", escape_control(work.object.mark));
  const std::string wanted = work.mark.project.empty()
                                 ? "which was to be taken off"
                                 : fmt::format("not '{}', which was written", work.mark.text());
  return {.code = ErrorCode::invalid_config,
          .message = fmt::format("{} {} shows {}, {}", work.spec.type.name, work.id, shown, wanted),
          .hint =
              "is the manifest right about 'mark.write' and 'mark.read'? to take a mark off, "
              "'mark.text' is null: ${mark.text ?? \"\"}"};
}

bool looks_at_it(const std::vector<StepSpec>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const StepSpec& step) { return step.request.mentions("it"); });
}

}  // namespace

Task<Result<bool>> RestProvider::still_there(Work& work) {
  auto seen = co_await look(work.spec, work.id, work.awaiting);
  if (!seen) co_return seen.error();
  if (!*seen) co_return false;
  show(work, std::move(**seen));
  if (!work.spec.remove->gone) co_return true;
  const auto gone = holds(*work.spec.remove->gone, work);
  if (!gone) co_return gone;
  co_return !*gone;
}

Result<bool> RestProvider::deletion_failed(const Work& work) const {
  const auto& failed = work.spec.remove->failed;
  if (!failed || work.object.id.empty()) return false;
  return holds(*failed, work);
}

Task<Result<void>> RestProvider::wait_gone(Work& work, bool failed_before) {
  const Waiting waiting(work, board_of(work.spec));
  Patience patience = patience_for(work.spec, work.spec.remove->stall.value_or(work.spec.stall()));
  constexpr int kForgivenFailures = 5;
  while (true) {
    const auto there = co_await still_there(work);
    if (there && !*there) co_return Result<void>();
    if (there) {
      patience.failures = 0;
      const auto failed = deletion_failed(work);
      if (!failed) co_return failed.error();
      if (*failed && !failed_before) {
        co_return Diagnostic{
            .code = ErrorCode::conflict,
            .message = fmt::format("{} {} is '{}' instead of gone: {}", work.spec.type.name,
                                   work.id, work.object.status, work.object.problem)};
      }
      failed_before = *failed;
    } else {
      const ErrorCode code = there.error().code;
      const bool passing = code == ErrorCode::unavailable || code == ErrorCode::timed_out ||
                           code == ErrorCode::rate_limited;
      if (!passing || ++patience.failures > kForgivenFailures) co_return there.error();
    }
    if (auto waited = co_await pause(work, patience); !waited) co_return waited.error();
  }
}

Task<Result<void>> RestProvider::remove(const ResourceType& type, const std::string& id,
                                        Journal& journal, std::optional<Duration> timeout) {
  const TypeSpec& spec = spec_of(type);
  if (!spec.remove) {
    co_return Diagnostic{.code = ErrorCode::invalid_config,
                         .message = fmt::format("{} cannot be deleted by jim", type.name),
                         .hint = "'jim state rm' forgets it and leaves it standing"};
  }
  Work work = begin(spec, journal, {}, {});
  limit(work, timeout);
  work.id = id;
  work.resumed = true;
  if (spec.remove->failed || looks_at_it(spec.remove->after)) {
    auto seen = co_await refresh(work);
    if (!seen && seen.error().code != ErrorCode::not_found) co_return seen.error();
  }
  const auto failed_before = deletion_failed(work);
  if (!failed_before) co_return failed_before.error();
  const Value last_word = work.it;
  auto done = co_await run_all(work, spec.remove->steps);
  // "Not found" may be about something else that the step names: the object itself has the word.
  if (!done && done.error().code != ErrorCode::not_found) co_return done.error();
  auto gone = co_await wait_gone(work, *failed_before);
  if (!gone) co_return gone.error();
  work.it = last_word;
  for (const StepSpec& step : spec.remove->after) {
    work.fresh = true;
    if (auto tidied = co_await run_step(work, step); !tidied) {
      journal.progress(fmt::format("left behind: {}", tidied.error().message));
    }
  }
  co_return Result<void>();
}

Task<Result<void>> RestProvider::set_mark(const ResourceType& type, const std::string& id,
                                          const Mark& mark) {
  const TypeSpec& spec = spec_of(type);
  if (spec.mark.write.empty()) {
    co_return Diagnostic{
        .code = ErrorCode::invalid_config,
        .message = fmt::format("{}: the vendor has no field for jim's mark that can be changed",
                               type.name)};
  }
  if (auto room = has_room(spec, mark); !room) co_return room.error();
  NoJournal journal;
  Work work = begin(spec, journal, {}, mark);
  work.id = id;
  work.resumed = true;
  const auto written = co_await run_all(work, spec.mark.write);
  if (!written) co_return written.error();
  if (spec.mark.read.empty()) co_return Result<void>();
  const auto seen = co_await see_mark(work);
  co_return seen;
}

Task<Result<void>> RestProvider::see_mark(Work& work) {
  const std::string wanted = work.mark.project.empty() ? std::string() : work.mark.text();
  if (wanted.empty()) work.fresh = false;  // a reply may leave out what stands there all the same
  const Instant start = loop_.clock().now();
  Patience patience = patience_for(work.spec, kMarkMayLag);
  while (true) {
    if (auto seen = co_await refresh(work); !seen) co_return seen.error();
    if (work.object.mark == wanted) co_return Result<void>();
    if (loop_.clock().now() - start >= scaled(kMarkMayLag)) break;
    if (auto waited = co_await pause(work, patience); !waited) break;
    work.fresh = false;
  }
  co_return unlike(work);
}

}  // namespace jim
