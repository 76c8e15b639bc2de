# SPDX-License-Identifier: Apache-2.0
# One machine: a root of its own over the prepared one, a network with the metadata service at the
# other end of a wire, and what systemd-nspawn boots of it. Sourced by tests/boot/run. All of it works
# on the machine whose files are in $folder, $root among them.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

# name_machine NAME: the one that all else is about from now on.
name_machine() {
  machine=$1 folder=$work/machines/$1
  root=$folder/root
  mkdir -p "$folder"
  trap destroy_machine EXIT
}

# assemble bare|with_package: its files, of the root with that name, and its network. What it writes
# itself is in a layer of its own.
assemble() {
  local -A lower=([bare]=$work/base [with_package]=$work/package:$work/base)
  mkdir "$folder"/{upper,work,root}
  mount -t overlay -o "lowerdir=${lower[$1]},upperdir=$folder/upper,workdir=$folder/work" \
    machine "$root"
  new_network
}

# eth0 of the machine, and the other end of it in the "cloud", where the metadata service is.
new_network() {
  touch "$folder"/{net,cloud}
  unshare --net="$folder/net" ip link set lo up
  unshare --net="$folder/cloud" ip link set lo up
  nsenter --net="$folder/net" ip link add eth0 type veth peer name wire netns "$folder/cloud"
  in_cloud ip address add 172.16.0.1/24 dev wire
  in_cloud ip link set wire up
  cable_in
}

in_cloud() { nsenter --net="$folder/cloud" "$@"; }

# The machine's network, as DHCP brings it up. Without it, there is no route to anywhere.
cable_in() {
  nsenter --net="$folder/net" ip link set eth0 up
  nsenter --net="$folder/net" ip address add 172.16.0.10/24 dev eth0
  nsenter --net="$folder/net" ip route add default via 172.16.0.1
}
cable_out() { nsenter --net="$folder/net" ip address flush dev eth0; }

# start_service [OPTION...]: the metadata service, with OPTION... of ramrolefs-emulator.
start_service() {
  in_cloud build/release/bin/ramrolefs-emulator --listen 0.0.0.0 --port 80 "$@" \
    >"$folder/service.log" 2>&1 &
  echo $! >"$folder/service"
  eventually 10 grep -q 'listening on' "$folder/service.log"
}

# Without the address at the other end, packets for it are dropped there, and nobody says so.
appear() { in_cloud ip address add "${1:-100.100.100.200}/32" dev lo; }
fall_silent() { in_cloud ip address del 100.100.100.200/32 dev lo; }

# order WHAT: POST /emulator/WHAT. served and requests: what there is, and was asked.
order() { in_cloud curl -fsS -X POST "http://127.0.0.1/emulator/$1" >/dev/null; }
served() {
  in_cloud curl -fsS http://127.0.0.1/emulator/credential |
    grep -o '"AccessKeyId" *: *"[^"]*"' | cut -d'"' -f4
}
requests() {
  in_cloud curl -fsS http://127.0.0.1/emulator/state |
    grep -o '"total" *: *[0-9]*' | grep -o '[0-9]*$'
}

# Switches it on. In control groups of its own, since its systemd makes new ones beneath them, of the
# same names as every other machine's.
power_on() {
  local group
  for group in "${groups[@]}"; do mkdir -p "$group/$machine"; done
  rm -f "$folder/off"
  (
    status=0
    (
      for group in "${groups[@]}"; do echo "$BASHPID" >"$group/$machine/cgroup.procs"; done
      echo "$BASHPID" >"$folder/nspawn"
      export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
      exec systemd-nspawn --quiet --boot --directory="$root" --machine="ramrolefs-$machine" \
        --hostname="$machine" --network-namespace-path="$folder/net" \
        --bind="$work/dev/fuse:/dev/fuse" --bind="$work/dev/autofs:/dev/autofs" \
        --bind="$cache/debs:/var/cache/apt/archives" --capability=CAP_SYS_ADMIN \
        --register=no --keep-unit --console=pipe
    ) || status=$?
    echo "$status" >"$folder/off"
  ) </dev/null >>"$folder/console" 2>&1 9>&- &
}
boot() {
  power_on
  await_boot
}
await_boot() {
  eventually 30 answers_dbus
  on systemctl is-system-running --wait >/dev/null || true # it says the state by its status too
}
answers_dbus() { on busctl status org.freedesktop.systemd1; }

# The machine's first process. A reboot makes another one.
leader() {
  local nspawn
  nspawn=$(<"$folder/nspawn") && awk '{ print $1 }' "/proc/$nspawn/task/$nspawn/children"
}

# on COMMAND...: on the machine, as root from nowhere.
on() {
  local pid
  pid=$(leader)
  [[ $pid ]] || { echo "machine $machine is not running" >&2 && return 1; }
  nsenter --all --target "$pid" env -i LANG=C.UTF-8 TERM=dumb HOME=/root \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

# power_off, as the power button does it, and reboot. They end when it is off, or up again.
power_off() {
  kill -s RTMIN+4 "$(leader)"
  await_off 0
}
reboot() {
  on systemctl reboot
  await_off 133 # with which systemd-nspawn says that it wants to be started again
  boot
}
await_off() {
  eventually 60 test -s "$folder/off"
  [[ $(<"$folder/off") == "$1" ]]
}

# What is left of it when all is over, or went wrong.
destroy_machine() {
  local pid
  for pid in $(leader 2>/dev/null) $(cat "$folder"/{nspawn,service} 2>/dev/null); do
    kill -KILL "$pid" 2>/dev/null || true
  done
}

# journal [ARGUMENT...] of the machine, while it is on or off.
journal() { journalctl --directory="$folder/upper/var/log/journal" --no-pager --quiet "$@"; }

# property UNIT NAME: of a unit on the machine; UNIT may be "" for the manager itself.
property() { on systemctl show --property="$2" --value ${1:+"$1"}; }

# How long the boot took, in milliseconds, by the machine's own account.
boot_time() {
  echo $((($(property '' FinishTimestampMonotonic) - $(property '' UserspaceTimestampMonotonic)) / 1000))
}

# What runs on the machine as a service of its own, goes on, and ends with it.
# in_background NAME COMMAND...
in_background() { on systemd-run --quiet --unit="$1" --collect "${@:2}"; }

write() { # FILE <TEXT: a file of the machine's
  mkdir -p "$(dirname "$root/$1")"
  cat >"$root/$1"
}
configure() { # LINE...: what ramrolefs.service mounts, and how
  printf '%s\n' 'mount-point = "/run/ramrole"' "$@" | write etc/ramrolefs/ramrolefs.conf
}
enable() { systemctl --quiet --root="$root" enable "$@"; }

# parked [MOUNTPOINT]: how many readers there wait for an answer, as the kernel counts them.
parked() {
  local device
  device=$(on awk -v place="${1:-/run/ramrole}" '$5 == place { print $3 }' /proc/self/mountinfo)
  cat "$work/fuse/${device#*:}/waiting"
}

# lacks TEXT COMMAND...: whether it prints no such line on the machine. A machine that is down, or a
# command that fails, proves nothing.
lacks() {
  local printed
  printed=$(on "${@:2}") || return 1
  ! grep -q -- "$1" <<<"$printed"
}
not_mounted() { lacks ' /run/ramrole fuse.ramrolefs ' cat /proc/mounts; }
# A path of the machine's files may have the name of the project: what is looked for is the type.
no_mount_left() { lacks ' fuse.ramrolefs ' cat /proc/mounts; }
read_key() { on cat "${1:-/run/ramrole}/AccessKeyId"; }
reads_what_is_served() { [[ $(read_key "${1:-}") == "$(served)" ]]; }
