# SPDX-License-Identifier: Apache-2.0
# What the network and the metadata service may do at a boot.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

# --- late: no route to the service, as before DHCP has answered

machine_late() {
  assemble with_package
  start_service
  appear
  cable_out
  enable ramrolefs
  write etc/systemd/system/patient.service <<'END'
[Unit]
RequiresMountsFor=/run/ramrole
[Service]
ExecStartPre=/usr/bin/ramrolefs wait
ExecStart=sleep infinity
[Install]
WantedBy=multi-user.target
END
  enable patient
  power_on # and no more: the boot is over when the patient one has started
  eventually 30 on systemctl is-active ramrolefs
}

is_unreachable() { grep -q 'Network is unreachable' <<<"$(read_key 2>&1)"; }

case_late_service() {
  local pid start
  pid=$(property ramrolefs MainPID)
  start=$(property '' UserspaceTimestampMonotonic)
  until (($(on cut -d. -f1 /proc/uptime) >= start / 1000000 + 20)); do is_unreachable; done
  [[ $(property patient ActiveState) == activating ]]
  cable_in
  eventually 20 reads_what_is_served
  eventually 20 on systemctl is-active patient
  [[ $(property ramrolefs MainPID) == "$pid" ]]
}

# --- silent: packets to the service are dropped

machine_silent() {
  assemble with_package
  start_service
  enable ramrolefs
  configure 'timeout = 10'
  boot
}

# boot_once FILE MANNER: says there how long it took, in milliseconds, and the state.
boot_once() (
  name_machine "silent-$2-$BASHPID"
  case $2 in
    bare) assemble bare ;;
    unit) assemble with_package && enable ramrolefs ;;
    fstab) assemble with_package && write etc/fstab <<<'ramrole /run/ramrole ramrolefs defaults 0 0' ;;
  esac
  boot
  echo "$(boot_time) $(on systemctl is-system-running)" >>"$1.$2"
)

median() { sort -n "$1" | sed -n 2p | cut -d' ' -f1; }

# The middle one of three each, in turns. A wait for the network would last as long as ten boots.
case_boot_not_delayed() {
  local boots=$folder/boots manner
  for manner in bare unit fstab bare unit fstab bare unit fstab; do boot_once "$boots" "$manner"; done
  note "$(median "$boots.bare") ms without us, $(median "$boots.unit") with the unit," \
    "$(median "$boots.fstab") with fstab"
  for manner in unit fstab; do
    (($(median "$boots.$manner") < 3 * $(median "$boots.bare")))
    diff <(cut -d' ' -f2 "$boots.bare") <(cut -d' ' -f2 "$boots.$manner")
  done
}

case_pid_1_answers() { park_and_ask dropped; }

park_and_ask() { # NAME of the readers
  in_background "$1" sh -c 'for n in $(seq 20); do cat /run/ramrole/AccessKeyId & done; wait'
  eventually 10 are_parked 20
  for _ in $(seq 3); do
    on systemctl daemon-reload
    on systemctl status ramrolefs
    on systemctl list-units
    on busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
      org.freedesktop.systemd1.Manager GetUnit s ramrolefs.service
    on systemd-run --wait --quiet true
  done
  are_parked 20 # all of that happened while they waited
}

# Not dropped now, but accepted and left without an answer.
case_hang() {
  order fault?kind=hang
  appear
  park_and_ask hanging
  order fault?kind=none
  eventually 10 reads_what_is_served
}
are_parked() { (($(parked) >= $1)); }

case_silent_errors() {
  local message
  message=$(read_key 2>&1) && return 1
  grep 'Connection timed out' <<<"$message"
  [[ $(on ls /run/ramrole | wc -l) == 12 ]]
}

# --- no-role: the service has none to give

machine_no_role() {
  assemble with_package
  start_service --role ''
  appear
  enable ramrolefs
  boot
}

case_no_role() {
  local message
  message=$(read_key 2>&1) && return 1
  grep 'No such file or directory' <<<"$message"
  on ls /run/ramrole | grep -x AccessKeyId
  order role?name=late-role
  eventually 20 reads_what_is_served
  [[ $(on cat /run/ramrole/RoleName) == late-role ]]
}

# --- clock-ahead, clock-behind: of the machine. A container has the clock of its host, so it is the
# service's that is shifted, to the other side. The credentials live so short that the machine has to
# notice that their time is over.

shifted_service() {
  assemble with_package
  start_service --clock-offset "$1" --lifetime 8 --renew-before 4
  appear
  enable ramrolefs
  boot
}
machine_clock_ahead() { shifted_service -36000; }
machine_clock_behind() { shifted_service 36000; }

case_clock_ahead() {
  local first
  reads_what_is_served
  first=$(read_key)
  eventually 10 reads_another_than "$first"
  reads_what_is_served
}
case_clock_behind() { case_clock_ahead; }
reads_another_than() { [[ $(read_key) != "$1" ]]; }
