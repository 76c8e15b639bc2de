#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does something at each rotation, as it is told of it: handler.sh read|change FOLDER
set -euo pipefail
work=$1 folder=$2

exec 3< <(exec inotifywait --monitor --event moved_to --format %f "$folder")
trap 'kill "$!"' EXIT
trap 'exit 143' TERM
while read -r name <&3; do
  case $work in
    read)
      [[ $name == AccessKeyId ]] || continue
      echo "$(cat "$folder/AccessKeyId") $(cat "$folder/AccessKeySecret") $(cat "$folder/SecurityToken")"
      ;;
    change)
      touch "$folder/$name" 2>&1 || true
      mv "$folder/$name" "$folder/other" 2>&1 || true
      rm "$folder/$name" 2>&1 || true
      echo "tried $name"
      ;;
  esac
done
