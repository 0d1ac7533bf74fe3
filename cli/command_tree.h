#pragma once

#include <string>
#include <vector>

namespace jim {

/// One flag or argument, as help and completion need it.
struct Parameter {
  std::vector<std::string> names = {};  ///< `-o`, `--output`; of an argument: its name
  std::string value = {};               ///< `FILE`, `text|json|markdown`; empty: takes none
  std::string summary = {};
  bool required = false;
  bool repeated = false;
};

/// A command with everything below it. Made from the parser's own tree, so that help and completion
/// cannot lag behind.
struct CommandNode {
  std::string name = {};
  std::string summary = {};
  std::string group = {};     ///< heading in the overview
  std::string more = {};      ///< below the summary in `--help`
  std::string examples = {};  ///< one a line
  std::vector<Parameter> arguments = {};
  std::vector<Parameter> flags = {};
  std::vector<CommandNode> commands = {};

  const CommandNode* find(const std::string& command) const;
};

/// What `jim` alone says: the commands, grouped by what a person wants to do.
std::string overview_text(const CommandNode& root);
/// What `jim PATH --help` says. `path` holds the words after `jim`.
std::string help_text(const CommandNode& root, const std::vector<std::string>& path);
/// The completion script; `shell` is bash, zsh or fish.
std::string completion_script(const CommandNode& root, const std::string& shell);

}  // namespace jim
