#include <fmt/format.h>

#include <algorithm>

#include "core/provider/rest_provider.h"

namespace jim {
namespace {

/// How often one request is sent when nobody can say what became of it.
constexpr int kMostAttempts = 3;

bool looks_at(const std::optional<Template>& condition, std::string_view root) {
  if (!condition) return false;
  const auto references = condition->references();
  return std::any_of(references.begin(), references.end(),
                     [&](const Reference& reference) { return reference.root == root; });
}

bool share_a_name(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& name) {
    return std::find(b.begin(), b.end(), name) != b.end();
  });
}

/// What a step of an update sends: the changed attributes that it names; null takes a value away.
Value narrowed(const Work& work, const StepSpec& step) {
  ValueMap send;
  for (const std::string& name : step.changed) {
    if (std::find(work.changed.begin(), work.changed.end(), name) == work.changed.end()) continue;
    const std::string& theirs = work.spec.attributes.at(name).send;
    const Value* value = work.self.get(name);
    if (!theirs.empty()) send.set(theirs, value == nullptr ? Value() : *value);
  }
  return Value(std::move(send));
}

}  // namespace

Task<Result<std::optional<Answer>>> RestProvider::send_once(Work& work,
                                                            const RequestSpec& request) {
  const bool patch = !request.json_patch.empty();
  if (patch || request.mentions("it")) {
    auto seen = co_await refresh(work);
    if (!seen) co_return seen.error();
  }
  const ManifestScope scope = scope_of(work);
  std::optional<HttpRequest> http;
  if (patch) {
    auto built = exchange_.build_patch(request, scope, work.it, work.changed);
    if (!built) co_return built.error();
    http = *std::move(built);
  } else {
    auto built = exchange_.build(request, scope);
    if (!built) co_return built.error();
    http = *std::move(built);
  }
  if (!http) co_return std::optional<Answer>();
  work.fresh = false;
  Answer answer = co_await exchange_.send(*std::move(http), &work.secrets);
  tell_request(work, answer);
  co_return std::optional<Answer>(std::move(answer));
}

Result<bool> RestProvider::is_needless(const Work& work, const StepSpec& step) const {
  if (step.until) {
    auto reached = holds(*step.until, work);
    if (!reached || *reached) return reached;
  }
  if (!step.when) return false;
  auto wanted = holds(*step.when, work);
  if (!wanted) return wanted;
  return !*wanted;
}

Task<Result<bool>> RestProvider::took_effect(Work& work, const StepSpec& step,
                                             const std::optional<std::string>& before) {
  co_await settle(work, step);
  auto seen = co_await refresh(work);
  if (!seen) co_return seen.error();
  const auto needless = is_needless(work, step);
  if (!needless || *needless) co_return needless;
  co_return before&& work.object.status != *before;
}

/// What a request that died with its run asked for may come about while another run is at work.
Task<Result<RestProvider::Met>> RestProvider::moved_meanwhile(Work& work, const StepSpec& step,
                                                              const std::string& before) {
  if (!step.when && !step.until) co_return Met::the_same;
  auto seen = co_await refresh(work);
  if (!seen) co_return seen.error();
  const auto needless = is_needless(work, step);
  if (!needless) co_return needless.error();
  if (*needless) co_return Met::goal;
  co_return work.object.status == before ? Met::the_same : Met::another;
}

Task<Result<void>> RestProvider::send_step(Work& work, const StepSpec& step) {
  Patience patience = patience_for(work.spec, work.spec.stall());
  const RequestSpec* request = &step.request;
  std::optional<std::string> before;  // of an object that nobody has looked at: not known
  if (!work.object.id.empty()) before = work.object.status;
  for (int attempt = 1;;) {
    auto sent = co_await send_once(work, *request);
    if (!sent) co_return sent.error();
    if (!*sent) co_return Result<void>();  // nothing differs
    const Answer& answer = **sent;
    if (answer.ok) {
      take_reply(work, *request, answer);
      auto saved = save(work, *request, answer);
      co_await settle(work, step);
      co_return saved;
    }
    if (answer.meaning == Meaning::conflict && step.otherwise && request == &step.request) {
      request = step.otherwise.get();
      continue;
    }
    if (answer.meaning == Meaning::conflict && before && attempt < kMostAttempts) {
      const auto met = co_await moved_meanwhile(work, step, *before);
      if (!met) co_return met.error();
      if (*met == Met::goal) co_return Result<void>();
      if (*met == Met::the_same) co_return answer.error;
      before = work.object.status;
      ++attempt;
      continue;
    }
    const bool busy = answer.meaning == Meaning::busy;
    if (!busy && (!answer.uncertain || attempt == kMostAttempts)) co_return answer.error;
    if (busy) work.journal.progress("waits: the vendor holds it for a moment");
    if (auto waited = co_await pause(work, patience); !waited)
      co_return is_late(work) ? waited.error() : answer.error;
    if (busy) continue;
    ++attempt;
    const auto took = co_await took_effect(work, step, before);
    if (!took) co_return took.error();
    if (*took) co_return Result<void>();
  }
}

Task<Result<void>> RestProvider::run_step(Work& work, const StepSpec& step) {
  if (step.when) {
    if (looks_at(step.when, "it")) {
      auto seen = co_await refresh(work);
      if (!seen) co_return seen.error();
    }
    const auto wanted = holds(*step.when, work);
    if (!wanted) co_return wanted.error();
    if (!*wanted) co_return Result<void>();
  }
  auto sent = co_await send_step(work, step);
  if (!sent || !step.until) co_return sent;
  co_return co_await wait_until(work, step);
}

Task<Result<void>> RestProvider::run_all(Work& work, const std::vector<StepSpec>& steps) {
  for (const StepSpec& step : steps) {
    auto done = co_await run_step(work, step);
    if (!done) co_return done;
  }
  co_return Result<void>();
}

Task<void> RestProvider::settle(Work& work, const StepSpec& step) {
  if (step.settle == Duration::zero()) co_return;
  co_await loop_.sleep(std::max(Duration(1), scaled(step.settle)));
  work.fresh = false;
}

Task<Result<void>> RestProvider::run_update(Work& work, const StepSpec& step) {
  const Value everything = work.send;
  work.send = narrowed(work, step);
  auto done = co_await run_step(work, step);
  work.send = everything;
  co_return done;
}

Task<Result<void>> RestProvider::run_updates(Work& work) {
  for (const StepSpec& step : work.spec.update) {
    if (!share_a_name(step.changed, work.changed)) continue;
    if (auto done = co_await run_update(work, step); !done) co_return done;
  }
  co_return Result<void>();
}

Task<Result<void>> RestProvider::bring_back(Work& work) {
  const StepSpec* step = work.spec.retry();
  if (step == nullptr || !work.resumed || share_a_name(step->changed, work.changed)) {
    co_return Result<void>();
  }
  if (auto seen = co_await refresh(work); !seen) co_return seen.error();
  if (work.object.readiness != Readiness::failed) co_return Result<void>();
  const std::vector<std::string> changed = work.changed;
  work.changed = step->changed;
  auto done = co_await run_update(work, *step);
  work.changed = changed;
  co_return done;
}

Task<Result<void>> RestProvider::ensure_mark(Work& work) {
  const MarkSpec& spec = work.spec.mark;
  if (spec.write.empty() || work.mark.project.empty()) co_return Result<void>();
  const bool came_with_it = spec.when == MarkSpec::When::at_create && !work.resumed;
  if (came_with_it) co_return Result<void>();
  if (work.resumed) {
    auto seen = co_await refresh(work);
    if (!seen) co_return seen.error();
    if (work.object.mark == work.mark.text()) co_return Result<void>();
  }
  co_return co_await run_all(work, spec.write);
}

Task<Result<Object>> RestProvider::bring(Work& work) {
  auto done = co_await ensure_mark(work);
  if (!done) co_return done.error();
  const std::vector<std::string> changed = std::move(work.changed);
  work.changed.clear();
  for (const Attribute& attribute : work.spec.type.attributes) {
    work.changed.push_back(attribute.name);
  }
  done = co_await run_all(work, work.spec.steps);
  work.changed = changed;
  if (!done) co_return done.error();
  done = co_await bring_back(work);
  if (!done) co_return done.error();
  done = co_await run_updates(work);
  if (!done) co_return done.error();
  done = co_await wait_ready(work);
  if (!done) co_return done.error();
  co_return work.object;
}

Task<Result<Object>> RestProvider::update(const UpdateRequest& request, Journal& journal) {
  Work work = begin(spec_of(*request.type), journal, request.attributes, request.mark);
  work.id = request.id;
  limit(work, request.timeout);
  work.changed = request.changed;
  work.resumed = true;
  co_return co_await bring(work);
}

}  // namespace jim
