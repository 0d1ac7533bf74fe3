# bash completion for jim, made by 'jim completion bash'

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
  case $before in
    -f|--file) compopt -o default; return ;;
    -C|--directory) COMPREPLY=($(compgen -d -- "$word")); return ;;
    --var) return ;;
    --state) return ;;
    -o|--output) COMPREPLY=($(compgen -W 'text json markdown' -- "$word")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    --sandbox-scenario) compopt -o default; return ;;
    --sandbox-pace) return ;;
    --log) COMPREPLY=($(compgen -W 'debug info' -- "$word")); return ;;
    --events) compopt -o default; return ;;
    --example) return ;;
    --out) compopt -o default; return ;;
    --target) _jim_addresses; return ;;
    --exclude) _jim_addresses; return ;;
    --format) COMPREPLY=($(compgen -W 'dot mermaid' -- "$word")); return ;;
    --to) return ;;
    --listen) return ;;
    --pace) return ;;
    --latency) return ;;
    --scenario) compopt -o default; return ;;
    --record) compopt -o default; return ;;
    --tls-certificate) compopt -o default; return ;;
    --tls-key) compopt -o default; return ;;
    --data) COMPREPLY=($(compgen -d -- "$word")); return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -f|--file|-C|--directory|--var|--state|-o|--output|--color|--sandbox-scenario|--sandbox-pace|--log|--events|--example|--out|--target|--exclude|--format|--to|--listen|--pace|--latency|--scenario|--record|--tls-certificate|--tls-key|--data)
        [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
        ((i++)) ;;
      -*) ;;
      *) case "$path ${COMP_WORDS[i]}" in
        ' init'|' validate'|' explain'|' plan'|' apply'|' destroy'|' adopt'|' drift'|' output'|' graph'|' state'|' state list'|' state show'|' state mv'|' state rm'|' state export'|' state pull'|' state push'|' state move'|' state rebuild'|' history'|' history show'|' undo'|' provider'|' provider list'|' provider check'|' sandbox'|' sandbox serve'|' sandbox reset'|' sandbox drift'|' schema'|' completion'|' version'|' help') path="$path ${COMP_WORDS[i]}" ;;
      esac ;;
    esac
  done
  if [[ $word == -* ]]; then
    local words='--help --version --file --directory --var --state --output --color --yes --no-input --sandbox --sandbox-scenario --sandbox-pace --log --events'
    case $path in
      ' init') words="--example $words" ;;
      ' plan') words="--out --destroy --target --exclude --offline --detailed-exitcode $words" ;;
      ' apply') words="--target --exclude $words" ;;
      ' destroy') words="--target --exclude $words" ;;
      ' drift') words="--detailed-exitcode $words" ;;
      ' graph') words="--format $words" ;;
      ' state export') words="--with-key $words" ;;
      ' state move') words="--to $words" ;;
      ' sandbox serve') words="--listen --pace --no-delays --latency --scenario --record --tls-certificate --tls-key --data $words" ;;
      ' sandbox reset') words="--data $words" ;;
      ' sandbox drift') words="--data $words" ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  case $path in
    '') COMPREPLY=($(compgen -W 'init validate explain plan apply destroy adopt drift output graph state history undo provider sandbox schema completion version help' -- "$word")) ;;
    ' explain') _jim_topics ;;
    ' apply') compopt -o default ;;
    ' adopt') _jim_addresses ;;
    ' state') COMPREPLY=($(compgen -W 'list show mv rm export pull push move rebuild' -- "$word")) ;;
    ' state show') _jim_addresses ;;
    ' state mv') _jim_addresses ;;
    ' state rm') _jim_addresses ;;
    ' state push') compopt -o default ;;
    ' history') COMPREPLY=($(compgen -W 'show' -- "$word")) ;;
    ' provider') COMPREPLY=($(compgen -W 'list check' -- "$word")) ;;
    ' provider check') compopt -o default ;;
    ' sandbox') COMPREPLY=($(compgen -W 'serve reset drift' -- "$word")) ;;
    ' completion') COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")) ;;
    ' help') COMPREPLY=($(compgen -W 'init validate explain plan apply destroy adopt drift output graph state history undo provider sandbox schema completion version help' -- "$word")) ;;
  esac
}
complete -F _jim jim
