#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/value.h"

namespace jim {

/// What etcd's JSON gateway (v3) is asked and what it answers: keys and values in base64, 64-bit
/// numbers as strings.

/// A key as it stands in etcd; all zero when it does not.
struct EtcdKey {
  std::string key = {};
  std::string value = {};
  std::int64_t modified = 0;  ///< the revision that wrote it last
  std::int64_t version = 0;   ///< how often it was written since it was made
  std::int64_t lease = 0;
  bool exists() const { return version > 0; }
};

/// Conditions, and what to do when all of them hold or one does not. All in one moment.
class EtcdTransaction {
 public:
  /// `modified` 0: the key does not exist.
  void expect(std::string_view key, std::int64_t modified);
  void put(std::string_view key, std::string_view value, std::int64_t lease = 0);
  void remove(std::string_view key);
  /// Reads the key if the conditions hold; if they do not; either way.
  void get(std::string_view key);
  void get_else(std::string_view key);
  void get_always(std::string_view key);
  std::string text() const;

 private:
  std::string expected_ = {};
  std::string then_ = {};
  std::string else_ = {};
};

struct EtcdOutcome {
  bool succeeded = false;  ///< the conditions held
  std::int64_t revision = 0;
  std::vector<EtcdKey> read = {};  ///< what was to be read, in that order
};

/// Nullopt when it is no such answer.
std::optional<EtcdOutcome> read_outcome(const Value& reply);

/// Keys from `from` to before `end` as of `revision` (0: now).
std::string etcd_range(std::string_view from, std::string_view end, std::int64_t limit,
                       std::int64_t revision);

struct EtcdPage {
  std::vector<EtcdKey> keys = {};
  std::int64_t revision = 0;
  bool more = false;
};

std::optional<EtcdPage> read_page(const Value& reply);

/// A number that the gateway writes as a string; `otherwise` when there is none, as it is with 0.
std::int64_t etcd_number(const Value& map, std::string_view name, std::int64_t otherwise = 0);

}  // namespace jim
