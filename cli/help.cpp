#include <algorithm>

#include "cli/command_tree.h"
#include "core/base/text.h"

namespace jim {

namespace {

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns > width(text) ? columns - width(text) : 0, ' ');
}

/// Two columns, the second aligned.
std::string rows_text(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t widest = 0;
  for (const auto& [left, right] : rows) widest = std::max(widest, width(left));
  std::string text;
  for (const auto& [left, right] : rows) text += "  " + padded(left, widest) + "  " + right + "\n";
  return text;
}

std::string flag_text(const Parameter& flag) {
  return join(flag.names, ", ") + (flag.value.empty() ? "" : " " + flag.value);
}

std::string argument_text(const Parameter& argument) {
  std::string text = argument.value.empty() ? lower(argument.names.front()) : argument.value;
  if (text == "TEXT") text = argument.names.front();
  if (argument.repeated) text += "...";
  return argument.required ? text : "[" + text + "]";
}

std::vector<std::pair<std::string, std::string>> rows_of(const std::vector<Parameter>& flags) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Parameter& flag : flags)
    if (flag.names.front() != "-h") rows.emplace_back(flag_text(flag), flag.summary);
  return rows;
}

}  // namespace

const CommandNode* CommandNode::find(const std::string& command) const {
  for (const CommandNode& below : commands)
    if (below.name == command) return &below;
  return nullptr;
}

std::string overview_text(const CommandNode& root) {
  std::vector<std::string> groups;
  std::size_t widest = 0;
  for (const CommandNode& command : root.commands) {
    if (std::find(groups.begin(), groups.end(), command.group) == groups.end())
      groups.push_back(command.group);
    widest = std::max(widest, command.name.size());
  }
  std::string text = root.summary + "\n";
  for (const std::string& group : groups) {
    text += "\n" + group + "\n";
    for (const CommandNode& command : root.commands)
      if (command.group == group)
        text += "  " + padded(command.name, widest) + "  " + command.summary + "\n";
  }
  return text +
         "\nTry it without an account: jim init && jim --sandbox apply\n"
         "'jim COMMAND --help' says more.\n";
}

std::string help_text(const CommandNode& root, const std::vector<std::string>& path) {
  const CommandNode* node = &root;
  for (const std::string& name : path)
    if (const CommandNode* below = node->find(name)) node = below;
  std::string usage = "jim";
  for (const std::string& name : path) usage += " " + name;
  if (!node->commands.empty()) usage += " COMMAND";
  for (const Parameter& argument : node->arguments) usage += " " + argument_text(argument);
  std::string text =
      node == &root ? overview_text(root) : usage + " [flags]\n\n" + node->summary + "\n";
  if (node != &root) {
    std::vector<std::pair<std::string, std::string>> below;
    for (const CommandNode& command : node->commands)
      below.emplace_back(command.name, command.summary);
    if (!below.empty()) text += "\nCommands\n" + rows_text(below);
    std::vector<std::pair<std::string, std::string>> arguments;
    for (const Parameter& argument : node->arguments)
      arguments.emplace_back(argument_text(argument), argument.summary);
    if (!arguments.empty()) text += "\nArguments\n" + rows_text(arguments);
    const auto own = rows_of(node->flags);
    if (!own.empty()) text += "\nFlags\n" + rows_text(own);
  }
  return text + "\nFlags for every command\n" + rows_text(rows_of(root.flags));
}

}  // namespace jim
