#pragma once

#include <coroutine>
#include <exception>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/provider/identify.h"
#include "core/state/state_store.h"
#include "tests/fakes/fake_provider.h"

namespace jim {

/// What happens to a run at its fatal step.
enum class Fate {
  lives,
  killed,       ///< nothing more is done, at once
  fails_once,   ///< the step fails, all others go on
  fails_after,  ///< this step and all later ones fail
};

/// The life of one run, counted in steps: places before and after each effect on vendor or disk.
class Life {
 public:
  Life(EventLoop& loop, std::uint32_t seed, Fate fate = Fate::lives, int fatal_step = 0)
      : loop_(loop),
        random_(seed),
        fate_(fate),
        fatal_step_(fatal_step),
        end_(loop),
        never_(loop) {}

  /// Takes some time, by the seed; then dies or fails with `code` if its number is up.
  Task<Result<void>> step(ErrorCode code) {
    ++steps_;
    const bool now = steps_ == fatal_step_;
    const bool later = steps_ > fatal_step_ && fatal_step_ > 0;
    if (fate_ == Fate::killed && (now || later)) {
      end_.set();
      co_await never_.wait();
    }
    if (const auto time = random_() % 4; time > 0)
      co_await loop_.sleep(std::chrono::milliseconds(time));
    if ((fate_ == Fate::fails_once && now) || (fate_ == Fate::fails_after && (now || later)))
      co_return Diagnostic{.code = code, .message = "step " + std::to_string(steps_)};
    co_return Result<void>();
  }

  /// Runs `work` to its end or to the death of this run, and drops what is left of it then.
  Task<void> live(Task<void> work) {
    Runner runner = drive(work);
    loop_.resume_soon(runner.frame);
    co_await end_.wait();
  }

  int steps() const { return steps_; }

 private:
  struct Runner {
    struct promise_type {
      Runner get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      [[noreturn]] void unhandled_exception() { std::terminate(); }
      void return_void() {}
    };
    std::coroutine_handle<promise_type> frame;
    ~Runner() { frame.destroy(); }
  };
  Runner drive(Task<void>& work) {
    co_await work;
    end_.set();
  }

  EventLoop& loop_;
  std::mt19937 random_;
  Fate fate_;
  int fatal_step_;
  int steps_ = 0;
  Event end_;
  Event never_;
};

/// A store that may end between any two commits, and before it says that one is durable.
class MortalStore : public StateStore {
 public:
  MortalStore(StateStore& inner, Life& life) : inner_(inner), life_(life) {}
  Task<Result<State>> load() override { return inner_.load(); }
  Task<Result<LockHolder>> acquire_lock(LockHolder wanted, Duration term) override {
    return inner_.acquire_lock(wanted, term);
  }
  Task<Result<std::optional<LockHolder>>> holder() override { return inner_.holder(); }
  Task<Result<void>> renew_lock(Duration term) override { return inner_.renew_lock(term); }
  Task<Result<void>> release_lock() override { return inner_.release_lock(); }
  Task<Result<void>> create(StateHead head) override { return inner_.create(head); }
  Task<Result<void>> commit(std::vector<RecordChange> changes) override {
    if (auto alive = co_await life_.step(ErrorCode::io); !alive) co_return alive;
    if (auto done = co_await inner_.commit(std::move(changes)); !done) co_return done;
    co_return co_await life_.step(ErrorCode::io);
  }
  Task<Result<void>> commit_outputs(ValueMap outputs) override {
    if (auto alive = co_await life_.step(ErrorCode::io); !alive) co_return alive;
    if (auto done = co_await inner_.commit_outputs(outputs); !done) co_return done;
    co_return co_await life_.step(ErrorCode::io);
  }
  Task<Result<void>> renew_seal() override { return inner_.renew_seal(); }
  Task<Result<Run>> begin_run(Run run) override { return inner_.begin_run(std::move(run)); }
  Task<Result<void>> write_run(Run run, std::vector<RunStep> steps) override {
    return inner_.write_run(std::move(run), std::move(steps));
  }
  Task<Result<std::vector<Run>>> runs() override { return inner_.runs(); }
  Task<Result<std::vector<RunStep>>> steps(std::int64_t run) override { return inner_.steps(run); }
  Task<Result<void>> import(State state, std::vector<Run> runs,
                            std::vector<std::vector<RunStep>> steps) override {
    return inner_.import(std::move(state), std::move(runs), std::move(steps));
  }
  Task<Result<void>> mark_move(StateMove move) override {
    return inner_.mark_move(std::move(move));
  }
  std::string place() const override { return inner_.place(); }

 private:
  StateStore& inner_;
  Life& life_;
};

/// How a vendor takes jim's mark.
enum class Marking { at_create, afterwards, never };

/// The FakeProvider's objects, reached step by step: each effect may be the last thing that
/// happens, or its answer be lost. Strict: no key goes while a machine uses it.
class MortalVendor : public Provider {
 public:
  MortalVendor(FakeProvider& inner, Marking marking, Life& life)
      : inner_(inner), marking_(marking), life_(life) {}

  const std::string& name() const override { return inner_.name(); }
  const std::vector<ResourceType>& types() const override { return inner_.types(); }
  std::string parent_of(const ResourceType& type) const override { return inner_.parent_of(type); }
  bool can_set_mark(const ResourceType&) const override { return marking_ != Marking::never; }
  Task<Result<Listing>> list(const ResourceType& type,
                             const std::vector<std::string>& parents) override {
    return inner_.list(type, parents);
  }
  Task<Result<Object>> read(const ResourceType& type, const std::string& id) override {
    return inner_.read(type, id);
  }

  Task<Result<Object>> create(const CreateRequest& request, Journal& journal) override;
  Task<Result<Object>> update(const UpdateRequest& request, Journal& journal) override;
  Task<Result<void>> remove(const ResourceType& type, const std::string& id, Journal& journal,
                            std::optional<Duration> timeout) override;
  Task<Result<void>> set_mark(const ResourceType& type, const std::string& id,
                              const Mark& mark) override;

  int made = 0;  ///< objects that came to be

 private:
  Intent intent_for(const CreateRequest& request) const;
  Task<Result<Object>> finish(const std::string& id, const Mark& mark);
  /// Before an effect: nothing was done when it fails.
  Task<Result<void>> before() { return life_.step(ErrorCode::unavailable); }
  /// After one: nobody knows.
  Task<Result<void>> after() { return life_.step(ErrorCode::unknown_outcome); }

  FakeProvider& inner_;
  Marking marking_;
  Life& life_;
};

}  // namespace jim
