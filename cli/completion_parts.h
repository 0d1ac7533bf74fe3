#pragma once

#include <string>
#include <vector>

#include "cli/command_tree.h"

namespace jim {

/// A command with the words that lead to it: `state list`.
struct Place {
  std::string path = {};
  const CommandNode* node = nullptr;
};

/// The root and everything below it, parents first.
std::vector<Place> places_of(const CommandNode& root);

/// What a flag or an argument takes, as far as a shell can complete it.
enum class Takes { nothing, text, choice, file, folder, address, topic, command };
Takes takes(const Parameter& parameter);

/// `text|json` as words: `text json`.
std::string choice_words(const std::string& choice);
/// The names of the commands right below, as words.
std::string command_words(const CommandNode& node);

std::string bash_completion(const CommandNode& root);
std::string zsh_completion(const CommandNode& root);
std::string fish_completion(const CommandNode& root);

}  // namespace jim
