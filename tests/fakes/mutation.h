#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace jim {

/// Damages texts at random, the same way for the same seed: bytes changed, dropped or doubled,
/// parts moved, and pieces of other texts put in.
class Mutation {
 public:
  /// `texts` are what to damage; `words` are put in besides pieces of the texts.
  Mutation(std::uint32_t seed, std::vector<std::string> texts, std::vector<std::string> words);
  /// The next damaged text.
  std::string next();

 private:
  std::size_t below(std::size_t count);
  const std::string& any(const std::vector<std::string>& some) { return some[below(some.size())]; }
  std::string piece(const std::string& text);
  void damage(std::string& text);

  std::mt19937 random_;
  std::vector<std::string> texts_;
  std::vector<std::string> words_;
};

}  // namespace jim
