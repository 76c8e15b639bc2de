# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of ramrolefs-emulator for bash: the options that --help lists.

_ramrolefs_emulator() {
  local options
  options=$("$1" --help 2>/dev/null </dev/null |
    sed -nE '/^CONTROL/q; s/^ +(-[a-z], ?)?(--[a-z0-9-]+).*/\2/p')
  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2")
}

complete -F _ramrolefs_emulator ramrolefs-emulator
