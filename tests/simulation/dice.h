#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"

namespace jim {

/// All chance of one schedule, from its seed. What may go wrong is asked for by `strikes`; each of
/// these questions has a number, so that a schedule can be played again with some of its faults
/// taken out.
class Dice {
 public:
  explicit Dice(std::uint64_t seed, std::set<int> without = {})
      : state_(seed * 0x9e3779b97f4a7c15ULL + 1), seed_(seed), without_(std::move(without)) {}

  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }
  /// From 0 to `below - 1`.
  int under(int below) { return static_cast<int>(next() % static_cast<std::uint64_t>(below)); }
  bool rolls(int percent) { return under(100) < percent; }
  Duration up_to(Duration most) {
    return Duration(
        static_cast<Duration::rep>(next() % static_cast<std::uint64_t>(most.count() + 1)));
  }

  /// Whether a fault of so many in a thousand happens here. Independent of all other draws, so that
  /// leaving one fault out changes as little as can be.
  bool strikes(int in_thousand, const std::string& what) {
    const int number = ++asked_;
    const std::uint64_t drawn = mix(seed_ ^ mix(static_cast<std::uint64_t>(number)));
    if (drawn % 1000 >= static_cast<std::uint64_t>(in_thousand)) return false;
    if (without_.contains(number)) return false;
    struck_.emplace_back(number, what);
    return true;
  }
  /// The faults that happened, with their numbers.
  const std::vector<std::pair<int, std::string>>& struck() const { return struck_; }
  void say(const std::string& what) {
    if (!struck_.empty()) struck_.back().second += ": " + what;
  }

 private:
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

  std::uint64_t state_;
  std::uint64_t seed_;
  std::set<int> without_;
  int asked_ = 0;
  std::vector<std::pair<int, std::string>> struck_ = {};
};

}  // namespace jim
