// jim_commit_cost ROUNDS {NAME PLACE PLACE PLACE}...: what one durable commit of one record costs
// with 10, 1,000 and 100,000 records in the state, for each store. A PLACE is what `state:` of a
// file takes; the three are new, one for each size. A NAME that ends in `sealed` is sealed.
// tests/bench/commit-cost starts the servers and calls this.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "core/net/curl_http.h"
#include "core/net/retrying_http.h"
#include "core/state/open_store.h"

namespace jim {
namespace {

constexpr std::array<std::int64_t, 3> kSizes = {10, 1000, 100000};
constexpr int kCommitsPerRound = 25;
constexpr double kMostRatio = 1.5;

Record record(std::int64_t number, std::int64_t version) {
  Record record{.address = {.name = "web", .key = number},
                .type = "latitude.server",
                .id = fmt::format("sv_{:013}", number),
                .needs = {"ops"},
                .created = "2026-11-24T15:04:05Z",
                .updated = "2026-11-24T15:04:05Z"};
  record.attributes.set("hostname", fmt::format("web-{}", number));
  record.attributes.set("plan", "c3-small-x86");
  record.attributes.set("site", "NYC");
  record.attributes.set("operating_system", "ubuntu_24_04_x64_lts");
  record.attributes.set("ssh_keys", ValueList{Value("ssh_0000000000001")});
  record.attributes.set("user_data", fmt::format("{:012}", version));
  return record;
}

/// The world that the stores live in.
struct World {
  SystemClock clock = {};
  EventLoop loop{clock};
  CurlHttp curl{loop};
  RetryingHttp http{loop, curl, RetryPolicy{}, 1};
  World() { loop.set_poller(&curl); }
};

/// One store with one number of records in it.
class Subject {
 public:
  Subject(World& world, std::int64_t size) : world_(world), size_(size) {}

  Result<void> fill(const std::string& place, bool sealed) {
    StoreSettings settings = {.url = place};
    if (sealed)
      settings.sealing.keys.push_back(
          {.bytes = Secret("0123456789abcdef0123456789abcdef"), .origin = "the benchmark"});
    settings.environment = [](const std::string& name) -> std::optional<std::string> {
      const char* value = std::getenv(name.c_str());
      return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    auto opened = open_store(world_.loop, world_.http, settings);
    if (!opened) return opened.error();
    store_ = std::move(*opened);
    const auto locked =
        world_.loop.run(store_->acquire_lock({.who = "the benchmark"}, std::chrono::hours(1)));
    if (!locked) return locked.error();
    State state;
    state.head = {.project = "cost", .lineage = "k3x9q2mz", .fingerprint_key = "key"};
    for (std::int64_t i = 0; i < size_; ++i) state.records.push_back(record(i, 0));
    if (auto filled = world_.loop.run(store_->import(std::move(state), {}, {})); !filled)
      return filled;
    auto read = world_.loop.run(store_->load());
    if (!read) return read.error();
    if (read->records.size() != static_cast<std::size_t>(size_))
      return Diagnostic{.message = "the state is not as it was filled"};
    return {};
  }

  /// Some commits, one after another; records here and there, each about what a step of apply
  /// notes.
  Result<void> round() {
    for (int i = 0; i < kCommitsPerRound; ++i) {
      ++count_;
      std::vector<RecordChange> changes(1);
      changes[0].record = record(count_ * 7919 % size_, count_);
      changes[0].record.id.clear();
      changes[0].record.intent = Intent{.action = "create", .started = "2026-11-24T15:04:05Z"};
      const auto begin = std::chrono::steady_clock::now();
      if (auto done = world_.loop.run(store_->commit(std::move(changes))); !done) return done;
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - begin;
      times_.push_back(took.count());
    }
    return {};
  }

  Result<void> end() { return world_.loop.run(store_->release_lock()); }

  double mean() const {
    return std::accumulate(times_.begin(), times_.end(), 0.0) / static_cast<double>(times_.size());
  }
  double median() const {
    std::vector<double> sorted = times_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }

 private:
  World& world_;
  std::int64_t size_;
  std::int64_t count_ = 0;
  std::unique_ptr<StateStore> store_ = {};
  std::vector<double> times_ = {};
};

/// Prints the store's line. The median decides: a busy machine only ever adds, and adds to the
/// mean.
Result<bool> measure(World& world, const std::string& name, const std::vector<std::string>& places,
                     int rounds) {
  std::vector<Subject> subjects;
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    subjects.emplace_back(world, kSizes[i]);
    if (auto filled = subjects.back().fill(places[i], name.ends_with("sealed")); !filled)
      return filled.error();
  }
  // In turns, so that what else the machine does meets all sizes alike.
  for (int i = 0; i < rounds; ++i)
    for (std::size_t turn = 0; turn < subjects.size(); ++turn)
      if (auto done = subjects[(turn + static_cast<std::size_t>(i)) % subjects.size()].round();
          !done)
        return done.error();
  for (Subject& subject : subjects)
    if (auto ended = subject.end(); !ended) return ended.error();
  const double ratio = subjects.back().median() / subjects.front().median();
  fmt::print("{:<18}", name);
  for (const Subject& subject : subjects)
    fmt::print("{:>9.0f} {:>8.0f}  ", subject.median(), subject.mean());
  fmt::print("{:>7.2f} {:>7.2f}{}\n", ratio, subjects.back().mean() / subjects.front().mean(),
             ratio <= kMostRatio ? "" : "  MISSED");
  std::fflush(stdout);
  return ratio <= kMostRatio;
}

int run(const std::vector<std::string>& words) {
  const std::size_t each = kSizes.size() + 1;
  if (words.size() < 1 + each || (words.size() - 1) % each != 0) {
    fmt::print(stderr, "usage: jim_commit_cost ROUNDS {{NAME PLACE PLACE PLACE}}...\n");
    return 3;
  }
  World world;
  const int rounds = std::atoi(words[0].c_str());
  fmt::print("One durable commit of one record, in microseconds: the median and the mean of {}\n\n",
             rounds * kCommitsPerRound);
  fmt::print("{:<18}{:>18}  {:>18}  {:>18}  {:>15}\n", "records", "10", "1,000", "100,000",
             "100,000 / 10");
  bool good = true;
  for (std::size_t i = 1; i < words.size(); i += each) {
    const std::vector<std::string> places(words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                          words.begin() + static_cast<std::ptrdiff_t>(i + each));
    const auto within = measure(world, words[i], places, rounds);
    if (!within) {
      fmt::print(stderr, "{}: {}\n", words[i], within.error().message);
      return 1;
    }
    good = good && *within;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace jim

int main(int count, char** words) { return jim::run({words + 1, words + count}); }
