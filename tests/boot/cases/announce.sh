# SPDX-License-Identifier: Apache-2.0
# A path unit of systemd, which lives on inotify. It is PID 1 itself that watches the file, and thus
# asks for it, as a reader does; nobody else reads here.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

machine_announce() {
  assemble with_package
  start_service
  appear
  enable ramrolefs
  configure 'max-age = 2' 'read-window = 1' 'refresh = "warm"'
  write etc/systemd/system/told.path <<'END'
[Unit]
RequiresMountsFor=/run/ramrole
[Path]
PathChanged=/run/ramrole/AccessKeyId
[Install]
WantedBy=multi-user.target
END
  write etc/systemd/system/told.service <<'END'
[Service]
Type=oneshot
RuntimeDirectory=told
RuntimeDirectoryPreserve=yes
ExecStart=sh -c 'cat /run/ramrole/AccessKeyId >>/run/told/keys && echo >>/run/told/keys'
END
  enable told.path
  boot
}

was_told() { [[ $(on tail -n 1 /run/told/keys) == "$(served)" ]]; }

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

# path_is STATE: what the path unit does.
path_is() { [[ $(property told.path SubState) == "$1" ]]; }

case_path_unit() {
  local answers=$folder/answers asker starts
  path_is waiting
  ask_pid_1 "$answers" &
  asker=$!
  for _ in $(seq 4); do
    order rotate
    eventually 20 was_told || { kill "$asker" && return 1; }
    eventually 10 path_is waiting
  done
  kill "$asker"
  wait "$asker" || true
  starts=$(on cat /run/told/keys | wc -l)
  note "$starts starts of the service; PID 1 answered $(wc -l <"$answers") times, in" \
    "$(sort -n "$answers" | tail -n 1) ms at most"
  ((starts <= 2 * 4)) # hardly one that has no reason
  [[ $(property '' NFailedUnits) == 0 ]]
}

# While the service is down, PID 1 must not hang for longer than any reader: a second.
case_path_unit_silent() {
  local start
  fall_silent
  on systemctl restart told.path
  start=$(now_ms)
  answers_dbus >/dev/null
  note "PID 1 answered in $(($(now_ms) - start)) ms"
  appear
  order rotate
  eventually 90 was_told
}
