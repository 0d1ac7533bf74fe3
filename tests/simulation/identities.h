#pragma once

#include <cstdint>
#include <string>

namespace jim {

/// Which simulated process this_process() and is_gone() of core/state/process_identity.h speak of:
/// the simulation has its own definitions of these two. While one of these lives, so does its
/// process.
class Identity {
 public:
  /// `machine`: names one start of one machine; a process sees the end of others of the same name.
  /// Empty: it is seen by nobody.
  explicit Identity(std::string machine);
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  ~Identity();

  /// What runs from now on is this process.
  void enter() const;

 private:
  std::string machine_;
  std::int64_t pid_;
};

}  // namespace jim
