#include "cli/completion_parts.h"
#include "core/base/text.h"

namespace jim {

namespace {

/// For single quotes; brackets and colons mean something to _arguments.
std::string quoted(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\'') {
      result += "'\\''";
      continue;
    }
    if (letter == '[' || letter == ']' || letter == ':') result += '\\';
    result += letter;
  }
  return result;
}

std::string action(const Parameter& parameter) {
  switch (takes(parameter)) {
    case Takes::choice:
      return "(" + choice_words(parameter.value) + ")";
    case Takes::file:
      return "_files";
    case Takes::folder:
      return "_files -/";
    case Takes::address:
      return "_jim_addresses";
    case Takes::topic:
      return "_jim_topics";
    case Takes::command:
      return "_jim_commands";
    case Takes::text:
    case Takes::nothing:
      break;
  }
  return " ";
}

std::string flag_specs(const CommandNode& node, const std::string& indent) {
  std::string text;
  for (const Parameter& flag : node.flags)
    for (const std::string& name : flag.names) {
      const bool valued = !flag.value.empty();
      text += indent + "'" + (flag.repeated ? "*" : "") + name;
      if (valued && name.starts_with("--")) text += "=";  // --flag value and --flag=value
      text += "[" + quoted(flag.summary) + "]";
      if (valued) text += ":" + quoted(lower(flag.value)) + ":" + action(flag);
      text += "'\n";
    }
  return text;
}

std::string function_of(const std::string& path) {
  std::string name = "_jim";
  if (!path.empty()) name += "_" + join(split(path, " "), "_");
  return name;
}

/// What is completed from state and from the built-in types; no vendor is asked.
std::string helpers(const CommandNode& root) {
  return R"sh(
_jim_addresses() {
  local -a found=(${(f)"$(jim state list 2>/dev/null | cut -d' ' -f1)"})
  compadd -a found
}

_jim_topics() {
  local -a found=(file state types functions function manifest scenario
    ${(f)"$(jim explain types 2>/dev/null | cut -d' ' -f1)"})
  compadd -a found
}

_jim_commands() {
  compadd )sh" +
         command_words(root) + "\n}\n";
}

// As a file of fpath it is itself the body of _jim at first; sourced, it only defines it.
constexpr const char* kEnd = R"(
if [[ $funcstack[1] == _jim ]]; then
  _jim "$@"
else
  compdef _jim jim
fi
)";

}  // namespace

std::string zsh_completion(const CommandNode& root) {
  std::string text =
      "#compdef jim\n"
      "# zsh completion for jim, made by 'jim completion zsh'\n"
      "\n"
      "typeset -ga _jim_everywhere=(\n" +
      flag_specs(root, "  ") + ")\n";
  for (const Place& place : places_of(root)) {
    text += "\n" + function_of(place.path) + "() {\n";
    if (!place.node->commands.empty()) {
      text += "  local curcontext=$curcontext line state\n  local -a commands=(\n";
      for (const CommandNode& below : place.node->commands)
        text += "    '" + below.name + ":" + quoted(below.summary) + "'\n";
      text +=
          "  )\n  _arguments -C $_jim_everywhere '1: :->command' '*:: :->rest'\n"
          "  case $state in\n"
          "    command) _describe -t commands command commands ;;\n"
          "    rest) case $line[1] in\n";
      for (const CommandNode& below : place.node->commands)
        text += "      " + below.name + ") " +
                function_of(place.path.empty() ? below.name : place.path + " " + below.name) +
                " ;;\n";
      text += "    esac ;;\n  esac\n}\n";
      continue;
    }
    text += "  local -a own=(\n" + flag_specs(*place.node, "    ");
    for (const Parameter& argument : place.node->arguments)
      text += std::string("    '") + (argument.repeated ? "*" : "") + ":" +
              quoted(lower(argument.value)) + ":" + action(argument) + "'\n";
    text += "  )\n  _arguments $own $_jim_everywhere\n}\n";
  }
  return text + helpers(root) + kEnd;
}

}  // namespace jim
