#include "cli/completion_parts.h"
#include "core/base/text.h"

namespace jim {

namespace {

void collect(const CommandNode& node, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &node});
  for (const CommandNode& below : node.commands)
    collect(below, path.empty() ? below.name : path + " " + below.name, places);
}

}  // namespace

std::vector<Place> places_of(const CommandNode& root) {
  std::vector<Place> places;
  collect(root, "", places);
  return places;
}

Takes takes(const Parameter& parameter) {
  const std::string& value = parameter.value;
  if (value.empty()) return Takes::nothing;
  if (value.find('|') != std::string::npos) return Takes::choice;
  if (value == "FILE") return Takes::file;
  if (value == "DIR") return Takes::folder;
  if (value == "ADDRESS" || value == "FROM") return Takes::address;
  if (value == "TOPIC") return Takes::topic;
  if (value == "COMMAND") return Takes::command;
  return Takes::text;
}

std::string choice_words(const std::string& choice) { return join(split(choice, "|"), " "); }

std::string command_words(const CommandNode& node) {
  std::vector<std::string> names;
  for (const CommandNode& below : node.commands) names.push_back(below.name);
  return join(names, " ");
}

std::string completion_script(const CommandNode& root, const std::string& shell) {
  if (shell == "bash") return bash_completion(root);
  if (shell == "zsh") return zsh_completion(root);
  if (shell == "fish") return fish_completion(root);
  return {};
}

}  // namespace jim
