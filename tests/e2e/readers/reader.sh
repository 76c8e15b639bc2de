#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reads the three values again and again, as shell scripts do: reader.sh MODE FOLDER SECONDS PAUSE
# Prints a set a line: the longest pause that was between two of its reads, in milliseconds, and the
# values. Pauses for at least 100 ms between two sets.
# shellcheck disable=SC2317  # the modes are called by name
set -euo pipefail
export LC_ALL=C # in which EPOCHREALTIME has a point
mode=$1 folder=$2 last=$((SECONDS + $3)) pause=$4

# begin, and end after each value: measures from the beginning of one read to the end of the next,
# as nobody outside knows better when they were.
begin() { started=${EPOCHREALTIME/./} before=$started longest=0; }
end() {
  local now=${EPOCHREALTIME/./}
  ((longest >= now - before)) || longest=$((now - before))
  before=$started started=$now
}
rest() {
  sleep "$pause"
  started=${EPOCHREALTIME/./}
}

cats() {
  id=$(cat "$folder/AccessKeyId")
  end
  secret=$(cat "$folder/AccessKeySecret")
  end
  token=$(cat "$folder/SecurityToken")
  end
}

slow() {
  id=$(cat "$folder/AccessKeyId")
  end
  rest
  secret=$(cat "$folder/AccessKeySecret")
  end
  rest
  token=$(cat "$folder/SecurityToken")
  end
}

# The parent and the process group of these cats are their own.
timeouts() {
  id=$(timeout 20 cat "$folder/AccessKeyId" | tr -d '\n')
  end
  secret=$(timeout 20 cat "$folder/AccessKeySecret" | tr -d '\n')
  end
  token=$(timeout 20 cat "$folder/SecurityToken" | tr -d '\n')
  end
}

value() {
  local text
  text=$(cat "$folder/$1")
  printf %s "$text"
}
functions() {
  id=$(value AccessKeyId)
  end
  secret=$(value AccessKeySecret)
  end
  token=$(value SecurityToken)
  end
}

# Each set in a session of its own, as cron starts it.
cron() {
  # shellcheck disable=SC2016  # $1 is that of the inner shell
  read -r id secret token < <(setsid --wait sh -c '
    echo "$(cat "$1/AccessKeyId") $(cat "$1/AccessKeySecret") $(cat "$1/SecurityToken")"' sh "$folder")
  end
}

# Three programs at once, in whatever order.
parallel() {
  printf '%s\n' AccessKeyId AccessKeySecret SecurityToken |
    xargs -P 3 -I{} cp --remove-destination "$folder/{}" "$work/"
  end
  id=$(<"$work/AccessKeyId") secret=$(<"$work/AccessKeySecret") token=$(<"$work/SecurityToken")
}

# In the wrong order, and slower than any read window.
current() {
  cd "$folder/current"
  token=$(cat SecurityToken)
  end
  rest
  id=$(cat AccessKeyId)
  end
  rest
  secret=$(cat AccessKeySecret)
  end
}

# Three scripts that an interactive shell has started.
if [[ $mode == session ]]; then
  set -m
  scripts=()
  for _ in 1 2 3; do
    "${BASH:-bash}" "$0" cats "${@:2}" &
    scripts+=($!)
  done
  for script in "${scripts[@]}"; do wait "$script"; done
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
while ((SECONDS < last)); do
  begin
  "$mode"
  echo "$((longest / 1000)) $id $secret $token"
  sleep "0.$((RANDOM % 3 + 1))$((RANDOM % 10))"
done
