# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of ramrolefs for bash. Options and commands are those that --help lists, so that they are
# never out of date. Nothing of the package bash-completion is needed.

# _ramrolefs_options PROGRAM [COMMAND]: the options that it has, with a = where a value follows.
_ramrolefs_options() {
  "$@" --help 2>/dev/null </dev/null |
    sed -nE 's/^ +(-[a-z], ?)?(--[a-z0-9-]+)([ =][A-Z]+)?.*/\2\3/; T; s/[ =].*/=/; p'
}

# _ramrolefs_value OPTION WORD: what its value may be.
_ramrolefs_value() {
  case $1 in
    --config) compgen -f -- "$2" ;;
    --template-dir) compgen -d -- "$2" ;;
    --uid) compgen -u -- "$2" ;;
    --gid) compgen -g -- "$2" ;;
    --mode | --status-mode) compgen -W '0400 0440 0444' -- "$2" ;;
    --refresh) compgen -W 'lazy warm' -- "$2" ;;
    --files) compgen -W 'all none' -- "$2" ;;
    --log-level) compgen -W 'trace debug info warning error off' -- "$2" ;;
  esac
}

# _ramrolefs_program WORD: what may stand behind --, where the command is that watch runs, say.
_ramrolefs_program() {
  local kind=-f
  [[ ${COMP_WORDS[COMP_CWORD - 1]} != -- ]] || kind=-c
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$kind" -- "$1")
}

_ramrolefs() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=("$1")
  local commands options
  [[ " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' -- '* ]] || { _ramrolefs_program "$word" && return; }
  # bash takes --uid=root for three words.
  [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $word != = ]] || word=''
  commands=$("$1" --help 2>/dev/null </dev/null | sed -nE '1,/^Commands/d; s/^  ([a-z]+) .*/\1/p')
  if ((COMP_CWORD > 1)); then
    [[ $'\n'$commands$'\n' != *$'\n'"${COMP_WORDS[1]}"$'\n'* ]] || program+=("${COMP_WORDS[1]}")
    commands=''
  fi

  options=$(_ramrolefs_options "${program[@]}")
  if [[ $'\n'$options$'\n' == *$'\n'"$before="$'\n'* ]]; then
    case $before in --config | --template-dir) compopt -o filenames ;; esac
    mapfile -t COMPREPLY < <(_ramrolefs_value "$before" "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
  else
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -d -- "$word"; compgen -W "$commands" -- "$word")
  fi
}

complete -F _ramrolefs ramrolefs
