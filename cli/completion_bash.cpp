#include <algorithm>

#include "cli/completion_parts.h"
#include "core/base/text.h"

namespace jim {

namespace {

constexpr const char* kStart = R"sh(# bash completion for jim, made by 'jim completion bash'

# Adds the lines of $1 that begin with $word.
_jim_match() {
  local line
  while IFS= read -r line; do
    [[ -n $line && $line == "$word"* ]] && COMPREPLY+=("$(printf %q "$line")")
  done <<<"$1"
}

# What state has; no vendor is asked.
_jim_addresses() {
  local sandbox=
  [[ " ${COMP_WORDS[*]} " == *' --sandbox '* ]] && sandbox=--sandbox
  _jim_match "$("${COMP_WORDS[0]}" $sandbox state list 2>/dev/null | cut -d' ' -f1)"
}

_jim_topics() {
  _jim_match "$(printf '%s\n' file state types functions function manifest scenario
    "${COMP_WORDS[0]}" explain types 2>/dev/null | cut -d' ' -f1)"
}

_jim() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path= i
  COMPREPLY=()
  # --flag=value comes as three words
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
)sh";

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

/// The command that completes what `parameter` takes.
std::string command_for(const Parameter& parameter, const CommandNode& root) {
  switch (takes(parameter)) {
    case Takes::choice:
      return "COMPREPLY=($(compgen -W '" + choice_words(parameter.value) + "' -- \"$word\"))";
    case Takes::file:
      return "compopt -o default";
    case Takes::folder:
      return "COMPREPLY=($(compgen -d -- \"$word\"))";
    case Takes::address:
      return "_jim_addresses";
    case Takes::topic:
      return "_jim_topics";
    case Takes::command:
      return "COMPREPLY=($(compgen -W '" + command_words(root) + "' -- \"$word\"))";
    case Takes::text:
    case Takes::nothing:
      break;
  }
  return {};
}

/// Without --help, which every command has.
std::string own_flags(const CommandNode& node) {
  std::vector<std::string> all;
  for (const Parameter& flag : node.flags)
    if (flag.names.back() != "--help") all.push_back(flag.names.back());
  return join(all, " ");
}

std::string flag_words(const CommandNode& node) {
  std::vector<std::string> all;
  for (const Parameter& flag : node.flags)
    for (const std::string& name : flag.names)
      if (name.starts_with("--")) all.push_back(name);
  return join(all, " ");
}

/// After a flag that takes a value.
std::string values_part(const std::vector<const Parameter*>& flags, const CommandNode& root) {
  std::string text = "  case $before in\n";
  for (const Parameter* flag : flags) {
    const std::string command = command_for(*flag, root);
    text += "    " + join(flag->names, "|") + ") " + (command.empty() ? "" : command + "; ") +
            "return ;;\n";
  }
  return text + "  esac\n";
}

/// Finds out which command it is, into $path.
std::string path_part(const std::vector<const Parameter*>& flags,
                      const std::vector<Place>& places) {
  std::vector<std::string> valued;
  for (const Parameter* flag : flags)
    valued.insert(valued.end(), flag->names.begin(), flag->names.end());
  std::vector<std::string> known;
  for (const Place& place : places)
    if (!place.path.empty()) known.push_back("' " + place.path + "'");
  return "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      " +
         join(valued, "|") +
         ")\n"
         "        [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))\n"
         "        ((i++)) ;;\n"
         "      -*) ;;\n"
         "      *) case \"$path ${COMP_WORDS[i]}\" in\n"
         "        " +
         join(known, "|") +
         ") path=\"$path ${COMP_WORDS[i]}\" ;;\n"
         "      esac ;;\n"
         "    esac\n"
         "  done\n";
}

std::string words_part(const std::vector<Place>& places, const CommandNode& root) {
  std::string flags = "  if [[ $word == -* ]]; then\n    local words='" + flag_words(root) +
                      "'\n    case $path in\n";
  std::string plain = "  case $path in\n";
  for (const Place& place : places) {
    const std::string name = "' " + place.path + "'";
    if (place.path.empty()) {
      plain += "    '') COMPREPLY=($(compgen -W '" + command_words(root) + "' -- \"$word\")) ;;\n";
      continue;
    }
    if (const std::string own = own_flags(*place.node); !own.empty())
      flags += "      " + name + ") words=\"" + own + " $words\" ;;\n";
    std::string command;
    if (!place.node->commands.empty())
      command = "COMPREPLY=($(compgen -W '" + command_words(*place.node) + "' -- \"$word\"))";
    else if (!place.node->arguments.empty())
      command = command_for(place.node->arguments.front(), root);
    if (!command.empty())
      plain.append("    ").append(name).append(") ").append(command).append(" ;;\n");
  }
  return flags +
         "    esac\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "    return\n"
         "  fi\n" +
         plain + "  esac\n";
}

}  // namespace

std::string bash_completion(const CommandNode& root) {
  const std::vector<Place> places = places_of(root);
  const std::vector<const Parameter*> flags = valued_flags(places);
  return kStart + values_part(flags, root) + path_part(flags, places) + words_part(places, root) +
         "}\n"
         "complete -F _jim jim\n";
}

}  // namespace jim
