#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace jim {

/// Where state is kept in a schedule.
enum class StoreKind { sqlite, sealed, etcd, s3, http };
inline constexpr StoreKind kAllStores[] = {StoreKind::sqlite, StoreKind::etcd, StoreKind::s3,
                                           StoreKind::http, StoreKind::sealed};
const char* store_word(StoreKind kind);

/// Ten seeds in a row. S3 is there once: a schedule on it costs four of any other.
inline constexpr StoreKind kStoreOfSeed[] = {
    StoreKind::sqlite, StoreKind::etcd, StoreKind::s3,   StoreKind::http, StoreKind::sealed,
    StoreKind::sqlite, StoreKind::etcd, StoreKind::etcd, StoreKind::http, StoreKind::sealed};

/// What came of one schedule.
struct Played {
  std::vector<std::string> violations = {};              ///< empty: all promises were kept
  std::vector<std::pair<int, std::string>> faults = {};  ///< what went wrong on the way, by number
  std::vector<std::string> story = {};                   ///< each run and how it ended
  int runs = 0;
};

/// Plays the schedule of a seed: some versions of a file, each applied under faults, deaths, power
/// cuts, a full disk and a second jim, and then once more when all is well again. `without`:
/// numbers of faults that are left out. `trace`: tells every request on standard output.
Played play(std::uint64_t seed, StoreKind store, const std::set<int>& without = {},
            bool trace = false);

}  // namespace jim
