# SPDX-License-Identifier: Apache-2.0
# What ramrolefs.service and its likes do on a machine where all is well.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

case_no_request() {
  on ls /run/ramrole
  [[ $(requests) == 0 ]]
  reads_what_is_served
  (($(requests) > 0))
}

case_before_basic() {
  local ready basic
  ready=$(property ramrolefs ActiveEnterTimestampMonotonic)
  basic=$(property basic.target ActiveEnterTimestampMonotonic)
  echo "READY at $ready, basic.target at $basic"
  ((0 < ready && ready <= basic))
}

exposure() { on systemd-analyze security --no-pager "$1" | grep -o 'exposure level .*: [0-9.]*' | grep -o '[0-9.]*$'; }

# What the unit would be without all that only takes something away from it.
case_security() {
  local with without
  sed -E '/^(NoNew|Capability|Restrict|IPAddress|Device|Lock|Memory|System|Protect|Private|UMask|Proc|Remove|Keyring)/d' \
    "$root/lib/systemd/system/ramrolefs.service" >"$root/etc/systemd/system/unhardened.service"
  on systemctl daemon-reload
  with=$(exposure ramrolefs.service)
  without=$(exposure unhardened.service)
  note "exposure $with, without the hardening $without"
  awk -v with="$with" -v without="$without" 'BEGIN { exit !(with + 2 < without) }'
}

case_second_mount() {
  write etc/ramrolefs/second.conf <<<'mount-point = "/run/second"
mode = "0444"'
  on systemctl daemon-reload
  on systemctl start ramrolefs@second
  reads_what_is_served /run/second
  [[ $(on stat -c %a /run/second/AccessKeyId) == 444 ]]
  on systemctl stop ramrolefs@second
  on test ! -e /run/second
  reads_what_is_served
}

# The lines of the journal whose entries have the field.
entries() { on journalctl --boot --unit=ramrolefs --quiet --output=cat --output-fields=MESSAGE "$1"; }

case_journal_fields() {
  reads_what_is_served
  entries RAMROLEFS_EVENT=mounted | grep -q 'mounted on /run/ramrole'
  eventually 10 has_rotated
}
has_rotated() { entries RAMROLEFS_EVENT=rotated | grep -q 'a new credential'; }

# Neither what lies beneath the mount point is taken away, nor what another unit mounted there.
case_not_ours() {
  local pid
  back_to_defaults
  pid=$(property ramrolefs MainPID)
  write etc/ramrolefs/beneath.conf <<<'mount-point = "/run/beneath"'
  write etc/ramrolefs/twice.conf <<<'mount-point = "/run/ramrole"'
  on systemctl daemon-reload
  on mkdir /run/beneath
  on mount -t tmpfs beneath /run/beneath
  on systemctl start ramrolefs@beneath
  on systemctl stop ramrolefs@beneath
  [[ $(on findmnt -no FSTYPE /run/beneath) == tmpfs ]]
  on umount /run/beneath
  on systemctl start ramrolefs@twice && return 1
  on systemctl stop ramrolefs@twice
  reads_what_is_served
  [[ $(property ramrolefs MainPID) == "$pid" ]]
}

case_wrong_option() {
  write etc/ramrolefs/wrong.conf <<<'mount-point = "/run/wrong"
mode = "0777"'
  on systemctl daemon-reload
  on systemctl start ramrolefs@wrong && return 1
  [[ $(property ramrolefs@wrong ActiveState) == failed ]]
  [[ $(property ramrolefs@wrong NRestarts) == 0 ]]
  on systemctl reset-failed ramrolefs@wrong
}

case_metadata_url() {
  back_to_defaults
  [[ $(property ramrolefs IPAddressAllow) == 100.100.100.200/32 ]]
  appear 100.100.100.201
  configure 'metadata-url = "http://100.100.100.201"'
  on systemctl daemon-reload
  on systemctl restart ramrolefs
  [[ $(property ramrolefs IPAddressAllow) == 100.100.100.201/32 ]]
  reads_what_is_served
}

back_to_defaults() {
  configure
  on systemctl daemon-reload
  on systemctl restart ramrolefs
}

has_mode() { [[ $(on stat -c %a /run/ramrole/AccessKeyId) == "$1" ]]; }

case_reload() {
  local pid
  back_to_defaults
  pid=$(property ramrolefs MainPID)
  has_mode 400
  reads_what_is_served
  read_all_the_time
  configure 'mode = "0440"'
  on systemctl reload ramrolefs
  eventually 10 has_mode 440
  reads_well
  [[ $(property ramrolefs MainPID) == "$pid" && $(property ramrolefs NRestarts) == 0 ]]
}

case_reload_broken() {
  local pid
  back_to_defaults
  pid=$(property ramrolefs MainPID)
  configure 'mode = "0777"'
  on systemctl reload ramrolefs || true
  eventually 10 says_what_is_wrong
  has_mode 400
  reads_what_is_served
  [[ $(property ramrolefs MainPID) == "$pid" && $(property ramrolefs NRestarts) == 0 ]]
}
says_what_is_wrong() { on journalctl --boot --unit=ramrolefs --grep='ramrolefs.conf.*mode'; }

# --- kill

# Reads in all ways, and writes down what fails; reads_well says that nothing did, and ends it.
read_all_the_time() {
  in_background readers bash -c '
    exec 2>>/run/failures
    cd /run/ramrole/current
    note() { [[ $1 ]] || echo "nothing came of $2" >&2; }
    while :; do
      note "$(cat /run/ramrole/AccessKeyId)" a value
      note "$(cat SecurityToken)" "current/"
      note "$(ls /run/ramrole)" a listing
      note "$(stat -c %s /run/ramrole/AccessKeySecret)" stat
      echo . >>/run/rounds
    done'
  eventually 10 has_read_since 0
}
rounds() { on sh -c 'cat /run/rounds 2>/dev/null | wc -l'; }
has_read_since() { (($(rounds) > $1 + 3)); }
reads_well() {
  local before
  before=$(rounds)
  eventually 10 has_read_since "$before"
  on systemctl stop readers
  on sh -c '! test -s /run/failures || { cat /run/failures; exit 1; }'
  on rm -f /run/rounds /run/failures
}

case_kill() {
  local round device
  reads_what_is_served
  device=$(on stat -c %d /run/ramrole)
  read_all_the_time
  for round in $(seq 5); do
    on systemctl kill --signal=KILL ramrolefs
    eventually 10 came_back "$round"
    reads_what_is_served
  done
  reads_well
  [[ $(on grep -c ' /run/ramrole ' /proc/mounts) == 1 ]]
  [[ $(on stat -c %d /run/ramrole) == "$device" ]] # it is the same mount
}
came_back() { [[ $(property ramrolefs NRestarts) == "$1" && $(property ramrolefs ActiveState) == active ]]; }

case_kill_long() {
  local start took
  write etc/systemd/system/ramrolefs.service.d/late.conf <<<$'[Service]\nRestartSec=3'
  on systemctl daemon-reload
  read_all_the_time
  on systemctl kill --signal=KILL ramrolefs
  start=$(now_ms)
  while (($(now_ms) < start + 2500)); do
    took=$(now_ms)
    answers_dbus >/dev/null
    on timeout 5 systemctl is-active ramrolefs >/dev/null || true
    (($(now_ms) < took + 1000))
  done
  eventually 10 is_active
  reads_well
  on rm /etc/systemd/system/ramrolefs.service.d/late.conf
  on systemctl daemon-reload
}
is_active() { [[ $(property ramrolefs ActiveState) == active ]]; }

# In the pause before the restart, and in the restart itself.
case_kill_and_stop() {
  local round
  for round in $(seq 4); do
    on systemctl restart ramrolefs
    reads_what_is_served
    on systemctl kill --signal=KILL ramrolefs
    ((round % 2)) || eventually 10 is_restarting
    on systemctl stop ramrolefs
    [[ $(property ramrolefs MainPID) == 0 ]]
  done
  on systemctl start ramrolefs
  reads_what_is_served
  [[ $(on grep -c ' /run/ramrole ' /proc/mounts) == 1 ]]
}
is_restarting() { (($(property ramrolefs NRestarts) > 0)); }

case_broken_meanwhile() {
  local restarts
  back_to_defaults
  reads_what_is_served
  restarts=$(property ramrolefs NRestarts)
  configure 'mode = "0777"'
  read_all_the_time
  on systemctl kill --signal=KILL ramrolefs
  eventually 10 came_back $((restarts + 1))
  reads_well
  back_to_defaults
}

case_store() {
  on systemctl stop ramrolefs
  on sh -c 'rmdir /run/ramrole || true' # a start that found it there does not remove it
  on systemctl start ramrolefs
  reads_what_is_served
  (($(property ramrolefs NFileDescriptorStore) > 1))
  on systemctl stop ramrolefs
  no_mount_left
  [[ $(property ramrolefs NFileDescriptorStore) == 0 ]]
  on test ! -e /run/ramrole
  on systemctl start ramrolefs
  reads_what_is_served
}
