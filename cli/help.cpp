#include <algorithm>

#include "cli/command_tree.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr std::size_t kWidest = 90;

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

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z' && !text.starts_with("jim "))
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text.ends_with('.') ? text : text + ".";
}

std::string indented(const std::string& lines) {
  std::string text;
  if (lines.empty()) return text;
  for (const std::string& line : split(lines, "\n")) text += "  " + line + "\n";
  return text;
}

/// The names of flags alone, in lines that fit.
std::string wrapped(const std::vector<Parameter>& flags) {
  std::string text;
  std::string line = " ";
  for (const Parameter& flag : flags) {
    const std::string name = join(flag.names, "|");
    if (width(line) + 1 + width(name) > kWidest) {
      text += line + "\n";
      line = " ";
    }
    line += " " + name;
  }
  return text + line + "\n";
}

std::string section(const std::string& title, const std::string& body) {
  return body.empty() ? "" : "\n" + title + "\n" + body;
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
         "--sandbox emulates Latitude.sh and Lambda, and keeps a state of its own in .jim/.\n"
         "'jim COMMAND --help' says more.\n";
}

std::string help_text(const CommandNode& root, const std::vector<std::string>& path) {
  const CommandNode* node = &root;
  for (const std::string& name : path)
    if (const CommandNode* below = node->find(name)) node = below;
  if (node == &root)
    return overview_text(root) + section("Flags for every command", rows_text(rows_of(root.flags)));
  std::string usage = "jim " + join(path, " ");
  if (!node->commands.empty()) usage += " COMMAND";
  std::vector<std::pair<std::string, std::string>> arguments;
  for (const Parameter& argument : node->arguments) {
    usage += " " + argument_text(argument);
    arguments.emplace_back(argument_text(argument), argument.summary);
  }
  std::vector<std::pair<std::string, std::string>> below;
  for (const CommandNode& command : node->commands)
    below.emplace_back(command.name, command.summary);
  std::string text = usage + " [flags]\n\n" + sentence(node->summary) + "\n";
  if (!node->more.empty()) text += "\n" + node->more + "\n";
  return text + section("Commands", rows_text(below)) + section("Arguments", rows_text(arguments)) +
         section("Flags", rows_text(rows_of(node->flags))) +
         section(node->examples.find('\n') == std::string::npos ? "Example" : "Examples",
                 indented(node->examples)) +
         section("Flags for every command ('jim --help' says more)", wrapped(root.flags));
}

}  // namespace jim
