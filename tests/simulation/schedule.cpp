#include "tests/simulation/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "core/value/json.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/process.h"
#include "tests/simulation/random.h"
#include "tests/simulation/scenario.h"
#include "tests/simulation/stores.h"

namespace jim {

namespace {

constexpr int kMostSteps = 400'000;
constexpr Duration kOverlap = std::chrono::seconds(39);
/// Few enough in ten minutes for requests to wait longer than their notes are good for.
constexpr Duration kSlowPace = std::chrono::seconds(130);

/// One world, from its first file to its end.
class Schedule {
 public:
  Schedule(std::uint64_t seed, StoreKind store, const std::set<int>& without, bool trace)
      : dice_(seed, without), network_(clock_, dice_), vendor_(network_) {
    network_.trace = trace;
    seed_randomness(seed);
    sees_ends_ = seed % 3 != 0;
    slow_ = seed % 11 == 4;
    eager_ = seed % 7 == 3;
    const bool like_gitlab = seed / std::size(kAllStores) % 2 == 1;
    place_ = std::make_unique<StatePlace>(store, like_gitlab, clock_, disk::fresh_folder());
  }

  Played run() {
    const Scenario scenario = make_scenario(dice_);
    has_disks_ = scenario.has_disks;
    for (const std::string& serial : scenario.racks) vendor_.add_rack(serial);
    const int rate = dice_.under(3) == 0 ? 0 : 5 + dice_.under(150);
    for (const Version& version : scenario.versions) {
      apply_badly(version, rate);
      if (!apply_well(version)) break;
    }
    played_.faults = dice_.struck();
    return std::move(played_);
  }

 private:
  std::unique_ptr<Process> start(const std::string& file, const std::string& name) {
    ++played_.runs;
    const MakeStore make = [this](EventLoop& loop, Http& http) {
      return place_->open(loop, http, machine_);
    };
    auto process =
        std::make_unique<Process>(network_, vendor_, place_->server(), make, file, name,
                                  sees_ends_ ? fmt::format("{} {}", machine_, boots_) : "");
    if (slow_) process->order_slowly(kSlowPace);
    return process;
  }

  void tell(const std::string& what) {
    played_.story.push_back(what);
    if (network_.trace) fmt::print("{}\n", what);
  }
  void tell(const std::string& who, const Ending& ending) {
    tell(fmt::format("{}: status {}{}{}", who, ending.status, ending.error.empty() ? "" : ", ",
                     ending.error));
  }
  void violated(const std::string& what) { played_.violations.push_back(what); }

  /// Ends a process at once. Its power may be cut, too.
  void kill(std::unique_ptr<Process>& process, bool power) {
    disk::freeze();
    process.reset();
    disk::revive();
    if (!power) return;
    disk::lose_power(dice_);
    ++boots_;
  }

  /// Lets time go on until somebody has something to do. False when nobody ever will.
  bool pass_time(const std::vector<Process*>& alive, const std::vector<Instant>& asleep) {
    std::optional<Instant> next = network_.next();
    const auto sooner = [&](std::optional<Instant> when) {
      if (when && (!next || *when < *next)) next = when;
    };
    for (const Process* one : alive) sooner(one->next_timer());
    for (const Instant until : asleep)
      if (until > clock_.now()) sooner(until);
    if (!next) return false;
    clock_.advance_to(*next);
    network_.deliver();
    return true;
  }

  /// Applies under faults: up to three runs, which may die, overlap, be put to sleep or
  /// interrupted.
  void apply_badly(const Version& version, int rate) {
    network_.faults = rate;
    vendor_.breaks = rate > 0 && dice_.rolls(30) ? 10 : 0;
    vendor_.no_capacity = rate > 0 && dice_.rolls(20) ? 15 : 0;
    for (int attempt = 1 + dice_.under(3); attempt > 0; --attempt) {
      attempt_badly(version);
      // The next run may be on another machine, which has none of this one's files.
      if (dice_.rolls(30)) ++machine_;
      // Most who come after a death wait for its term.
      if (dice_.rolls(80)) network_.pass(std::chrono::seconds(61));
    }
    network_.faults = 0;
    disk::set_full(false);
  }

  void attempt_badly(const Version& version) {
    // Draw all, whether used or not, so that leaving one fault out does not move the others.
    const int death = 1 + dice_.under(250);
    const int nap = 1 + dice_.under(250);
    const int second = 1 + dice_.under(250);
    const int filling = 1 + dice_.under(250);
    const int signal = 1 + dice_.under(250);
    const bool dies = dice_.strikes(550, fmt::format("dies at step {}", death));
    const bool power = dice_.strikes(300, "and so does the machine");
    const bool naps = dice_.strikes(120, fmt::format("sleeps 100 s at step {}", nap));
    const bool pair = dice_.strikes(120, fmt::format("a second jim from step {}", second));
    const bool fills = dice_.strikes(50, fmt::format("the disk is full from step {}", filling));
    const bool signals = dice_.strikes(60, fmt::format("SIGINT at step {}", signal));

    std::unique_ptr<Process> first = start(version.text, "first");
    std::unique_ptr<Process> other;
    Instant asleep_until = {};
    Instant second_at = {};
    int steps = 0;
    while (first || other) {
      if (++steps > kMostSteps) return violated("a run does not end");
      if (fills && steps == filling) disk::set_full(true);
      if (pair && steps == second && !other) other = start(version.text, "second");
      if (naps && steps == nap) {
        asleep_until = clock_.now() + std::chrono::seconds(100);
        // By then the first one's term is over; it wakes up while this one is at work, or after.
        second_at = clock_.now() + std::chrono::seconds(61) + dice_.up_to(kOverlap);
      }
      if (second_at > Instant(0) && clock_.now() >= second_at && !other) {
        second_at = {};
        other = start(version.text, "second");
      }
      if (signals && steps == signal && first) first->interrupt();
      if (dies && steps == death) {
        tell("died");
        kill(first, false);
        kill(other, power);
        break;
      }
      const bool sleeping = asleep_until > clock_.now();
      bool did = false;
      if (first && !sleeping) did = first->step();
      if (!did && other) did = other->step();
      for (std::unique_ptr<Process>* one : {&first, &other}) {
        if (!*one || !(*one)->ending()) continue;
        tell(one == &first ? "first" : "second", *(*one)->ending());
        one->reset();
        did = true;
      }
      if (did) continue;
      std::vector<Process*> alive;
      if (first && !sleeping) alive.push_back(first.get());
      if (other) alive.push_back(other.get());
      if ((first || other) && !pass_time(alive, {asleep_until, second_at}))
        return violated("a run waits for nothing");
    }
    disk::set_full(false);
  }

  Ending run_alone(const Version& version, const std::string& name) {
    std::unique_ptr<Process> process = start(version.text, name);
    int steps = 0;
    while (!process->ending()) {
      if (++steps > kMostSteps) return {.status = -1, .error = "it does not end"};
      if (process->step()) continue;
      if (!pass_time({process.get()}, {})) return {.status = -1, .error = "it waits for nothing"};
    }
    tell(name, *process->ending());
    return *process->ending();
  }

  /// A lock may be that of a dead run, or of a request for one that came late: each ends by itself.
  Ending run_when_unlocked(const Version& version, const std::string& name) {
    Ending ending = run_alone(version, name);
    for (int wait = 0; ending.locked_out && wait < 3; ++wait) {
      network_.pass(std::chrono::seconds(61));
      ending = run_alone(version, name);
    }
    return ending;
  }

  /// Applies when all is well: one run mends everything, and the next has nothing to do.
  bool apply_well(const Version& version) {
    // What was under way when its process died still arrives, here or while this one is at work.
    if (!eager_) network_.pass(Network::kLatest);
    vendor_.heal();
    const Ending ending = run_when_unlocked(version, "mending");
    if (eager_) network_.pass(Network::kLatest);
    if (ending.ambiguous && has_disks_) return false;  // it says so, and does not guess
    if (ending.status != 0)
      violated(
          fmt::format("the run after it ends with status {}: {}", ending.status, ending.error));
    check_world(version);
    const Ending again = run_when_unlocked(version, "idle");
    if (again.status != 0 || again.changes != 0)
      violated(fmt::format("a second run has {} changes, status {}: {}", again.changes,
                           again.status, again.error));
    check_history();
    return played_.violations.empty();
  }

  /// Everything that ever cost money is named in the history.
  void check_history() {
    EventLoop loop(clock_);
    SimulatedHttp http(loop, network_, place_->server());
    const std::unique_ptr<StateStore> store = place_->open(loop, http, machine_);
    std::set<std::string> named;
    std::optional<std::string> failure;
    bool done = false;
    Background reading = read_history(*store, named, failure, done);
    while (!done) {
      if (loop.step()) continue;
      std::optional<Instant> next = network_.next();
      if (const auto timer = loop.next_timer(); timer && (!next || *timer < *next)) next = timer;
      if (!next) return violated("the history cannot be read");
      clock_.advance_to(*next);
      network_.deliver();
    }
    if (failure) return violated("the history: " + *failure);
    for (const std::string& id : vendor_.ever())
      if (!named.contains(id)) violated(id + " was made, and the history does not name it");
  }

  static Background read_history(StateStore& store, std::set<std::string>& named,
                                 std::optional<std::string>& failure, bool& done) {
    const auto runs = co_await store.runs();
    if (!runs) failure = runs.error().message;
    for (std::size_t i = 0; runs && i < runs->size(); ++i) {
      const auto steps = co_await store.steps((*runs)[i].number);
      if (!steps) {
        failure = steps.error().message;
        break;
      }
      for (const RunStep& step : *steps) named.insert(step.ids.begin(), step.ids.end());
    }
    done = true;
  }

  /// What lives is what the file says, each thing once.
  void check_world(const Version& version) {
    // Deletions that the API has confirmed may still show until their time.
    std::vector<const SimulatedVendor::Object*> live = vendor_.live();
    std::erase_if(live, [](const auto* one) { return one->kind == "racks"; });
    for (const Wanted& wanted : version.wanted) {
      if (wanted.kind == "racks") continue;
      const auto fits = [&](const SimulatedVendor::Object* one) {
        return one->kind == wanted.kind && one->gone == Instant(0) &&
               std::all_of(wanted.fields.begin(), wanted.fields.end(), [&](const auto& field) {
                 const Value* there = one->fields.find(field.first);
                 return there != nullptr && *there == field.second;
               });
      };
      const auto found = std::find_if(live.begin(), live.end(), fits);
      if (found == live.end()) {
        violated(fmt::format("{} is missing at the vendor", wanted.address));
      } else {
        live.erase(found);
      }
    }
    for (const auto* one : live)
      violated(
          fmt::format("{} {} exists and nobody wants it", one->id, to_json(Value(one->fields))));
  }

  WorldClock clock_ = {};
  Dice dice_;
  Network network_;
  SimulatedVendor vendor_;

  std::unique_ptr<StatePlace> place_ = {};
  int machine_ = 0;  ///< on which the next process runs
  bool has_disks_ = false;
  int boots_ = 0;           ///< how often power was cut
  bool sees_ends_ = false;  ///< a process knows when one of its machine has ended
  bool slow_ = false;       ///< the vendor takes few orders
  bool eager_ = false;      ///< the mending run comes at once
  Played played_ = {};
};

}  // namespace

const char* store_word(StoreKind kind) {
  switch (kind) {
    case StoreKind::sqlite:
      return "sqlite";
    case StoreKind::sealed:
      return "sealed";
    case StoreKind::etcd:
      return "etcd";
    case StoreKind::s3:
      return "s3";
    case StoreKind::http:
      return "http";
  }
  return "";
}

Played play(std::uint64_t seed, StoreKind store, const std::set<int>& without, bool trace) {
  return Schedule(seed, store, without, trace).run();
}

}  // namespace jim
