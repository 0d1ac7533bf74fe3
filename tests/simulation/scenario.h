#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/value/value.h"
#include "tests/simulation/dice.h"

namespace jim {

/// An object that must exist when a file was applied: its kind at the vendor and the fields that
/// the file sets.
struct Wanted {
  std::string kind = {};
  std::string address = {};
  ValueMap fields = {};
};

/// One version of a file, and what it makes.
struct Version {
  std::string text = {};
  std::vector<Wanted> wanted = {};
};

/// What a schedule applies, one after the other: a first file, changed ones, and at the end an
/// empty one.
struct Scenario {
  std::vector<Version> versions = {};
  std::vector<std::string> racks = {};  ///< serial numbers that stand at the vendor from the start
  bool has_disks = false;               ///< objects that cannot be told apart after a lost answer
};

Scenario make_scenario(Dice& dice);

}  // namespace jim
