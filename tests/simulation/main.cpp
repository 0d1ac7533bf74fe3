// jim_simulation [--from N] [--count N] [--store NAME] [--jobs N]
// --must-break: status 1 when no promise was broken, for builds that lack a safeguard.
// jim_simulation --replay SEED | --shrink SEED [--store NAME]
// Plays schedules. Status 1: a promise was broken; the seed, shrunk to its shortest schedule, is
// printed.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

#include "tests/simulation/disk.h"
#include "tests/simulation/schedule.h"

namespace {

struct Options {
  std::uint64_t from = 1;
  std::uint64_t count = 1000;
  std::uint64_t jobs = 1;
  std::string store = {};
  bool replay = false;
  bool shrunk = false;
};

jim::StoreKind store_of(std::uint64_t seed, const Options& options) {
  for (const jim::StoreKind kind : jim::kAllStores)
    if (options.store == jim::store_word(kind)) return kind;
  return jim::kStoreOfSeed[seed % std::size(jim::kStoreOfSeed)];
}

/// Leaves out every fault without which the schedule still breaks a promise.
std::set<int> shrink(std::uint64_t seed, jim::StoreKind store) {
  std::set<int> without;
  const auto breaks = [&](const std::set<int>& candidate) {
    return !jim::play(seed, store, candidate).violations.empty();
  };
  bool smaller = true;
  while (smaller) {
    smaller = false;
    const auto faults = jim::play(seed, store, without).faults;
    for (std::size_t size = faults.size(); size >= 1; size /= 2) {
      for (std::size_t at = 0; at < faults.size(); at += size) {
        std::set<int> candidate = without;
        for (std::size_t i = at; i < std::min(faults.size(), at + size); ++i)
          candidate.insert(faults[i].first);
        if (candidate == without || !breaks(candidate)) continue;
        without = candidate;
        smaller = true;
      }
    }
  }
  return without;
}

void show(std::uint64_t seed, jim::StoreKind store, const jim::Played& played) {
  fmt::print("seed {} on {}: {} runs\n", seed, jim::store_word(store), played.runs);
  for (const auto& [number, what] : played.faults) fmt::print("  fault {}: {}\n", number, what);
  for (const std::string& line : played.story) fmt::print("  {}\n", line);
  for (const std::string& line : played.violations) fmt::print("  BROKEN: {}\n", line);
}

/// The number of seeds that broke a promise, at most one told in full.
int play_some(const Options& options, std::uint64_t first, std::uint64_t step,
              std::uint64_t& runs) {
  // Ten seeds in a row at a time, so that all jobs have the same share of every store.
  constexpr std::uint64_t kRow = std::size(jim::kStoreOfSeed);
  for (std::uint64_t i = first * kRow; i < options.count;
       i += i % kRow == kRow - 1 ? (step - 1) * kRow + 1 : 1) {
    const std::uint64_t seed = options.from + i;
    const jim::StoreKind store = store_of(seed, options);
    const jim::Played played = jim::play(seed, store);
    runs += static_cast<std::uint64_t>(played.runs);
    if (played.violations.empty()) continue;
    const jim::Played shortest = jim::play(seed, store, shrink(seed, store));
    show(seed, store, shortest.violations.empty() ? played : shortest);
    std::fflush(stdout);
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  bool must_break = false;
  for (int i = 1; i < argc; ++i)
    must_break = must_break || std::strcmp(argv[i], "--must-break") == 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--from") options.from = std::strtoull(value.c_str(), nullptr, 10);
    if (flag == "--count") options.count = std::strtoull(value.c_str(), nullptr, 10);
    if (flag == "--jobs") options.jobs = std::strtoull(value.c_str(), nullptr, 10);
    if (flag == "--store") options.store = value;
    if (flag == "--replay" || flag == "--shrink") {
      options.shrunk = flag == "--shrink";
      options.from = std::strtoull(value.c_str(), nullptr, 10);
      options.replay = true;
    }
  }
  jim::disk::install();
  if (options.replay) {
    const jim::StoreKind store = store_of(options.from, options);
    const std::set<int> without = options.shrunk ? shrink(options.from, store) : std::set<int>();
    const jim::Played played = jim::play(options.from, store, without, true);
    show(options.from, store, played);
    jim::disk::remove_folder_of(getpid());
    return played.violations.empty() ? 0 : 1;
  }
  const auto start = std::chrono::steady_clock::now();
  std::set<pid_t> children;
  for (std::uint64_t job = 0; job < options.jobs; ++job) {
    const pid_t child = fork();
    if (child == 0) {
      std::uint64_t runs = 0;
      _exit(play_some(options, job, options.jobs, runs));
    }
    children.insert(child);
  }
  int failed = 0;
  while (!children.empty()) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    children.erase(ended);
    jim::disk::remove_folder_of(ended);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
      fmt::print("a job was killed by signal {}\n", WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    ++failed;
    for (const pid_t child : children) kill(child, SIGTERM);  // one is enough
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{} schedules from seed {} in {:.1f} s: {}\n", options.count, options.from, seconds,
             failed == 0 ? "every promise kept" : "a promise was broken");
  return (failed == 0) == must_break ? 1 : 0;
}
