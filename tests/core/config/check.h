#pragma once

#include <map>
#include <string>

#include "core/config/expand.h"
#include "core/config/load.h"
#include "tests/fakes/memory_files.h"

namespace jim {

/// Two types of a vendor `test`: `test.machine` and `test.key`.
const std::map<std::string, const ResourceType*>& test_types();

/// One line for each mistake: `jim.yaml:3:5: message | hint`.
std::string shown(const Diagnostics& diagnostics);

/// A config, loaded and expanded, with all that must outlive it.
class Checked {
 public:
  /// Loads `paths` of `files`.
  Checked(std::map<std::string, std::string> files, const std::vector<std::string>& paths,
          Surroundings surroundings = {});
  /// One file, jim.yaml, with a line `project: p` before `text`.
  explicit Checked(const std::string& text, Surroundings surroundings = {});

  /// Every mistake, or else every resource as `address type {attributes}`, unknown as "?".
  std::string text() const;
  const Config& config() const { return *config_; }
  const Expansion& expansion() const { return *expansion_; }
  const Desired& resource(const std::string& address) const;

 private:
  MemoryFiles files_;
  Surroundings surroundings_;
  Diagnostics diagnostics_ = {};
  std::optional<Config> config_ = {};
  std::optional<Expansion> expansion_ = {};
};

/// What Checked says of one file; see there.
std::string check(const std::string& text, Surroundings surroundings = {});

}  // namespace jim
