#include <algorithm>

#include "cli/command_tree.h"
#include "core/base/text.h"

namespace jim {

namespace {

/// A command with the words that lead to it: `state list`.
struct Place {
  std::string path = {};
  const CommandNode* node = nullptr;
};

void collect(const CommandNode& node, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &node});
  for (const CommandNode& below : node.commands)
    collect(below, path.empty() ? below.name : path + " " + below.name, places);
}

std::vector<Place> places_of(const CommandNode& root) {
  std::vector<Place> places;
  collect(root, "", places);
  return places;
}

bool is_choice(const std::string& value) { return value.find('|') != std::string::npos; }
bool is_file(const std::string& value) { return value == "FILE"; }
bool is_folder(const std::string& value) { return value == "DIR"; }
std::string words(const std::string& choice) { return join(split(choice, "|"), " "); }

/// What may stand at a place besides flags: commands, or the words of its arguments.
std::string plain_words(const CommandNode& node) {
  std::vector<std::string> all;
  for (const CommandNode& below : node.commands) all.push_back(below.name);
  for (const Parameter& argument : node.arguments)
    if (is_choice(argument.value)) all.push_back(words(argument.value));
  return join(all, " ");
}

std::string flag_words(const CommandNode& node) {
  std::vector<std::string> all;
  for (const Parameter& flag : node.flags)
    all.insert(all.end(), flag.names.begin(), flag.names.end());
  return join(all, " ");
}

bool takes_file(const CommandNode& node) {
  return std::any_of(node.arguments.begin(), node.arguments.end(),
                     [](const Parameter& argument) { return is_file(argument.value); });
}

/// All flags that take a value, each once, over the whole tree.
std::vector<const Parameter*> valued_flags(const std::vector<Place>& places) {
  std::vector<const Parameter*> flags;
  for (const Place& place : places)
    for (const Parameter& flag : place.node->flags) {
      const auto same = [&](const Parameter* other) { return other->names == flag.names; };
      if (!flag.value.empty() && std::none_of(flags.begin(), flags.end(), same))
        flags.push_back(&flag);
    }
  return flags;
}

std::string bash_script(const CommandNode& root) {
  const std::vector<Place> places = places_of(root);
  std::string text =
      "# bash completion for jim, made by 'jim completion bash'\n"
      "_jim() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path= words= i\n"
      "  COMPREPLY=()\n"
      "  case $before in\n";
  std::string valued;
  for (const Parameter* flag : valued_flags(places)) {
    const std::string names = join(flag->names, "|");
    valued += (valued.empty() ? "" : "|") + names;
    std::string reply = "return";
    if (is_choice(flag->value))
      reply = "COMPREPLY=($(compgen -W '" + words(flag->value) + "' -- \"$word\")); return";
    if (is_file(flag->value)) reply = "compopt -o default; return";
    if (is_folder(flag->value)) reply = "COMPREPLY=($(compgen -d -- \"$word\")); return";
    text += "    " + names + ") " + reply + " ;;\n";
  }
  text +=
      "  esac\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in\n"
      "      " +
      valued +
      ") ((i++)) ;;\n"
      "      -*) ;;\n"
      "      *) case \"$path ${COMP_WORDS[i]}\" in\n";
  std::string known;
  for (const Place& place : places)
    if (!place.path.empty()) known += (known.empty() ? "" : "|") + ("' " + place.path + "'");
  text += "        " + known +
          ") path=\"$path ${COMP_WORDS[i]}\" ;;\n"
          "      esac ;;\n"
          "    esac\n"
          "  done\n"
          "  case $path in\n";
  const std::string everywhere = flag_words(root);
  for (const Place& place : places) {
    const std::string own = place.path.empty() ? "" : flag_words(*place.node) + " ";
    text += "    '" + (place.path.empty() ? "" : " " + place.path) + "')\n" +
            "      if [[ $word == -* ]]; then words='" + own + everywhere + "'\n" +
            "      else words='" + plain_words(*place.node) + "'";
    if (takes_file(*place.node)) text += "; compopt -o default";
    text += "; fi ;;\n";
  }
  return text +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _jim jim\n";
}

/// For single quotes of zsh and fish; brackets and colons mean something to zsh's _arguments.
std::string quoted(const std::string& text, bool zsh) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\'') {
      result += zsh ? "'\\''" : "\\'";
      continue;
    }
    if (zsh && (letter == '[' || letter == ']' || letter == ':')) result += '\\';
    result += letter;
  }
  return result;
}

std::string zsh_action(const std::string& value) {
  if (is_choice(value)) return "(" + words(value) + ")";
  if (is_file(value)) return "_files";
  if (is_folder(value)) return "_files -/";
  return " ";
}

std::string zsh_flags(const CommandNode& node, const std::string& indent) {
  std::string text;
  for (const Parameter& flag : node.flags)
    for (const std::string& name : flag.names) {
      text +=
          indent + "'" + (flag.repeated ? "*" : "") + name + "[" + quoted(flag.summary, true) + "]";
      if (!flag.value.empty())
        text += ":" + quoted(lower(flag.value), true) + ":" + zsh_action(flag.value);
      text += "'\n";
    }
  return text;
}

std::string zsh_function(const std::string& path) {
  std::string name = "_jim";
  if (!path.empty()) name += "_" + join(split(path, " "), "_");
  return name;
}

std::string zsh_script(const CommandNode& root) {
  std::string text =
      "#compdef jim\n"
      "# zsh completion for jim, made by 'jim completion zsh'\n"
      "local -a jim_everywhere=(\n" +
      zsh_flags(root, "  ") + ")\n";
  for (const Place& place : places_of(root)) {
    text += "\n" + zsh_function(place.path) + "() {\n";
    if (!place.node->commands.empty()) {
      text += "  local line state\n  local -a commands=(\n";
      for (const CommandNode& below : place.node->commands)
        text += "    '" + below.name + ":" + quoted(below.summary, true) + "'\n";
      text +=
          "  )\n  _arguments -C $jim_everywhere '1: :->command' '*:: :->rest'\n"
          "  case $state in\n"
          "    command) _describe -t commands command commands ;;\n"
          "    rest) case $line[1] in\n";
      for (const CommandNode& below : place.node->commands)
        text += "      " + below.name + ") " +
                zsh_function(place.path.empty() ? below.name : place.path + " " + below.name) +
                " ;;\n";
      text += "    esac ;;\n  esac\n}\n";
      continue;
    }
    text += "  local -a own=(\n" + zsh_flags(*place.node, "    ");
    for (const Parameter& argument : place.node->arguments)
      text += std::string("    '") + (argument.repeated ? "*" : "") + ":" +
              quoted(lower(argument.value), true) + ":" + zsh_action(argument.value) + "'\n";
    text += "  )\n  _arguments $own $jim_everywhere\n}\n";
  }
  return text + "\ncompdef _jim jim\n";
}

std::string fish_flag(const Parameter& flag) {
  std::string text;
  for (const std::string& name : flag.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (is_choice(flag.value))
    text += " -x -a '" + words(flag.value) + "'";
  else if (is_file(flag.value))
    text += " -r -F";
  else if (is_folder(flag.value))
    text += " -x -a '(__fish_complete_directories)'";
  else if (!flag.value.empty())
    text += " -x";
  return text + " -d '" + quoted(flag.summary, false) + "'";
}

std::string fish_script(const CommandNode& root) {
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
      text += start + " -a " + below.name + " -d '" + quoted(below.summary, false) + "'\n";
    if (place.path.empty()) continue;
    for (const Parameter& flag : place.node->flags) text += start + fish_flag(flag) + "\n";
    for (const Parameter& argument : place.node->arguments) {
      if (is_choice(argument.value)) text += start + " -a '" + words(argument.value) + "'\n";
      if (is_file(argument.value)) text += start + " -F\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const CommandNode& root, const std::string& shell) {
  if (shell == "bash") return bash_script(root);
  if (shell == "zsh") return zsh_script(root);
  if (shell == "fish") return fish_script(root);
  return {};
}

}  // namespace jim
