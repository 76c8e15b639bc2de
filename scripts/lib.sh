# SPDX-License-Identifier: Apache-2.0
# What the scripts share. Sourced by bash from the top of the checkout.
# shellcheck shell=bash

bold='' red='' green='' yellow='' plain=''
if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
fi

# coloured WORD: ok, failed or skipped, as the terminal can show it.
coloured() {
  case $1 in
    ok*) printf '%s%s%s' "$green" "$1" "$plain" ;;
    failed*) printf '%s%s%s' "$red" "$1" "$plain" ;;
    *) printf '%s%s%s' "$yellow" "$1" "$plain" ;;
  esac
}

heading() { printf '\n%s== %s ==%s\n' "$bold" "$*" "$plain"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Debian keeps some tools where an ordinary user's PATH does not look.
have() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }

now_ms() { printf '%s' $((${EPOCHREALTIME/[.,]/} / 1000)); }

# seconds_since MILLISECONDS: "3.1"
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

# All files of the checkout, those not committed yet too, each followed by a NUL.
repo_files() {
  local file
  if git -c safe.directory="$PWD" rev-parse --git-dir &>/dev/null; then
    git -c safe.directory="$PWD" ls-files -z --cached --others --exclude-standard
  else # a copy without its history
    find . -path ./build -prune -o -name node_modules -prune -o -type f -printf '%P\0'
  fi | sort -zu | while IFS= read -rd '' file; do
    [[ ! -e $file ]] || printf '%s\0' "$file"
  done
}

# still COMMAND...: where the address space is laid out without randomness, of which newer kernels
# have more than the sanitizers' runtimes can deal with: they end with "unexpected memory mapping".
still() {
  if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}

# limit SECONDS COMMAND...: ends the command, and what it started, when its time is over or ours is.
limit() {
  local seconds=$1 pid status=0
  shift
  # A background job of a script ignores SIGINT; what runs here may want to be interrupted.
  env --default-signal=INT timeout --kill-after=20 "$seconds" "$@" </dev/null &
  pid=$!
  trap 'kill -TERM "$pid" 2>/dev/null || true; wait "$pid" || true; exit 130' INT TERM
  wait "$pid" || status=$?
  trap - INT TERM
  if ((status == 124)); then
    echo "it took longer than $seconds s and was ended: $*" >&2
    kill -KILL -- "-$pid" 2>/dev/null || true # what is left of its process group
  fi
  return "$status"
}
