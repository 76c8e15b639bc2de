# SPDX-License-Identifier: Apache-2.0
# Path units of systemd, which live on inotify. It is PID 1 itself that watches. To watch a file it
# looks it up and opens it as a reader does, and waits as one; to watch the folder it asks for nothing.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

# path_unit NAME PATH: starts a service that keeps what it reads then. It has to be ordered after the
# mount, or it watches what is beneath it.
path_unit() {
  write "etc/systemd/system/$1.path" <<END
[Unit]
Requires=ramrolefs.service
After=ramrolefs.service
[Path]
PathChanged=$2
[Install]
WantedBy=multi-user.target
END
  write "etc/systemd/system/$1.service" <<END
[Service]
Type=oneshot
RuntimeDirectory=$1
RuntimeDirectoryPreserve=yes
ExecStart=sh -c 'echo "\$(cat /run/ramrole/AccessKeyId)" >>/run/$1/keys'
END
  enable "$1.path"
}

machine_announce() {
  assemble with_package
  start_service
  appear
  enable ramrolefs
  configure 'max-age = 2' 'read-window = 1' 'refresh = "warm"'
  path_unit file /run/ramrole/AccessKeyId
  path_unit folder /run/ramrole
  boot
}

was_told() { [[ $(on tail -n 1 "/run/$1/keys") == "$(served)" ]]; }
starts() { on cat "/run/$1/keys" | wc -l; }

# ask_pid_1 FILE: asks it again and again, and writes down how long each answer took, in milliseconds.
ask_pid_1() {
  local start
  while :; do
    start=$(now_ms)
    answers_dbus >/dev/null
    echo $(($(now_ms) - start)) >>"$1"
    sleep 0.05
  done
}

waits() { [[ $(property "$1.path" SubState) == waiting ]]; }

case_path_unit() {
  local answers=$folder/answers asker
  ask_pid_1 "$answers" &
  asker=$!
  for _ in $(seq 4); do
    waits file
    waits folder
    order rotate
    eventually 20 was_told file
    eventually 20 was_told folder
    eventually 10 waits file
    eventually 10 waits folder
  done
  kill "$asker" # which would have ended if PID 1 had not answered
  wait "$asker" || true
  note "$(starts file) starts for the file, $(starts folder) for the folder; PID 1 answered" \
    "$(wc -l <"$answers") times, in $(sort -n "$answers" | tail -n 1) ms at most"
  [[ $(property '' NFailedUnits) == 0 ]]
}

# With nothing in hand, a reader waits for seconds. PID 1 must not: so it is told of the folder.
case_path_unit_silent() {
  on systemctl stop file.path
  fall_silent
  on systemctl restart ramrolefs
  on systemctl restart folder.path
  (($(parked) == 0))
  answers_dbus >/dev/null
  waits folder
  appear
  eventually 20 reads_what_is_served
  order rotate
  eventually 20 was_told folder
}
