#include "cli/completion_parts.h"
#include "core/base/text.h"

namespace jim {

namespace {

// Inside single quotes; what state and the built-in types say, no vendor is asked.
constexpr const char* kAddresses = R"((jim state list 2>/dev/null | string replace -r " .*" ""))";
constexpr const char* kTopics =
    R"(file state types functions function manifest scenario (jim explain types 2>/dev/null | string replace -r " .*" ""))";

std::string quoted(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') result += '\\';
    result += letter;
  }
  return result;
}

/// What a flag or argument takes, as flags of `complete`.
std::string words_of(const Parameter& parameter) {
  switch (takes(parameter)) {
    case Takes::choice:
      return " -x -a '" + choice_words(parameter.value) + "'";
    case Takes::file:
      return " -r -F";
    case Takes::folder:
      return " -x -a '(__fish_complete_directories)'";
    case Takes::address:
      return std::string(" -x -a '") + kAddresses + "'";
    case Takes::topic:
      return std::string(" -x -a '") + kTopics + "'";
    case Takes::command:
    case Takes::text:
      return " -x";
    case Takes::nothing:
      break;
  }
  return {};
}

std::string fish_flag(const Parameter& flag) {
  std::string text;
  for (const std::string& name : flag.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return text + words_of(flag) + " -d '" + quoted(flag.summary) + "'";
}

}  // namespace

std::string fish_completion(const CommandNode& root) {
  std::string text =
      "# fish completion for jim, made by 'jim completion fish'\n"
      "complete -c jim -f\n";
  for (const Parameter& flag : root.flags) text += "complete -c jim" + fish_flag(flag) + "\n";
  for (const Place& place : places_of(root)) {
    std::string when = "__fish_use_subcommand";
    if (!place.path.empty()) {
      std::vector<std::string> seen;
      for (const std::string& word : split(place.path, " "))
        seen.push_back("__fish_seen_subcommand_from " + word);
      when = join(seen, "; and ");
      if (!place.node->commands.empty()) {
        std::vector<std::string> below;
        for (const CommandNode& command : place.node->commands) below.push_back(command.name);
        when += "; and not __fish_seen_subcommand_from " + join(below, " ");
      }
    }
    const std::string start = "complete -c jim -n '" + when + "'";
    for (const CommandNode& below : place.node->commands)
      text += start + " -a " + below.name + " -d '" + quoted(below.summary) + "'\n";
    if (place.path.empty()) continue;
    for (const Parameter& flag : place.node->flags) text += start + fish_flag(flag) + "\n";
    for (const Parameter& argument : place.node->arguments) {
      const bool command = takes(argument) == Takes::command;
      const std::string words =
          command ? " -x -a '" + command_words(root) + "'" : words_of(argument);
      if (takes(argument) != Takes::text) text += start + words + "\n";
    }
  }
  return text;
}

}  // namespace jim
