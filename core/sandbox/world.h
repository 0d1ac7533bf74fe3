#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/sandbox/router.h"
#include "core/sandbox/store.h"

namespace jim::sandbox {

/// All that the emulated vendors share: what they keep, the clock, and how the next machine will
/// behave.
class World {
 public:
  World(std::unique_ptr<Database> database, double pace, Json stock);

  Store store;
  // Latitude.sh
  Collection& projects;
  Collection& servers;
  Collection& ssh_keys;
  Collection& user_data;
  Collection& tags;
  Collection& virtual_networks;
  Collection& assignments;
  // Lambda
  Collection& instances;
  Collection& lambda_keys;
  Collection& filesystems;
  Collection& rulesets;
  Collection& lambda_settings;

  /// Wall-clock milliseconds since 1970.
  std::int64_t now() const;
  /// The moment when something that takes the vendor `seconds` will be done, at this sandbox's
  /// pace.
  std::int64_t due(double seconds) const;
  double pace() const { return pace_; }

  /// How the machine made by the current request behaves; a fault sets it, the server clears it.
  struct Machine {
    double factor = 1;
    bool fails = false;
  };
  Machine machine = {};

  /// Raised when something changes that other objects show (a tag's name), so that kept texts are
  /// made anew.
  std::uint64_t epoch = 1;

  /// The scenario's stock of `offer` at `place`: how many machines may exist there at once; -1: any
  /// number.
  std::int64_t stock(const std::string& vendor, const std::string& offer,
                     const std::string& place) const;
  void set_stock(Json stock) { stock_ = std::move(stock); }

  /// When the Lambda account may launch again, in wall-clock milliseconds.
  std::int64_t next_launch = 0;
  bool launch_limit = false;

  /// Instances whose end has come are forgotten from then on.
  void forget_at(std::int64_t time, std::string instance) {
    ends_.emplace(time, std::move(instance));
  }
  void forget_ended();
  void load();
  void clear();

 private:
  double pace_;
  Json stock_;
  std::multimap<std::int64_t, std::string> ends_ = {};
};

/// 2026-11-24T15:04:05+00:00
std::string date_text(std::int64_t milliseconds);
/// `length` letters and digits that belong to `number` alone.
std::string opaque_text(std::uint64_t number, std::size_t length);
/// 32 hexadecimal digits that belong to `number` alone.
std::string hex_text(std::uint64_t number);

}  // namespace jim::sandbox
