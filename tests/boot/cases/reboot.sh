# SPDX-License-Identifier: Apache-2.0
# Reboot and shutdown, with the mount in use.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

machine_reboot() {
  assemble with_package
  start_service
  appear
  enable ramrolefs ramrolefs@parking
  write etc/ramrolefs/parking.conf <<<'mount-point = "/run/parking"
timeout = 60'
  boot
}

# Of /run/ramrole a file is open, and it is somebody's directory; in /run/parking, where nothing was
# fetched yet, readers wait for a service that is silent.
use_the_mounts() {
  in_background holder sh -c 'cd /run/ramrole && exec 3<AccessKeyId && cat <&3 >/dev/null && exec sleep infinity'
  eventually 10 on sh -c 'ls -l /proc/[0-9]*/fd/3 | grep /run/ramrole/AccessKeyId'
  fall_silent
  in_background readers sh -c 'for n in $(seq 5); do cat /run/parking/AccessKeyId & done; wait'
  eventually 10 are_waiting 5
}
are_waiting() { (($(parked /run/parking) >= $1)); }

# ended_well BOOT: no unit was waited for in vain, and none had to be killed.
ended_well() {
  journal --boot="$1" | grep 'Stopped ramrolefs.service'
  no_line_of "$1" 'timed out|SIGKILL|Killing process|Failed unmounting'
}
no_line_of() { ! journal --boot="$1" | grep -E "$2"; }

case_reboot() {
  use_the_mounts
  reboot
  appear
  ended_well -1
  reads_what_is_served
  reads_what_is_served /run/parking
}

case_shutdown() {
  on systemctl restart ramrolefs@parking
  use_the_mounts
  power_off
  appear
  ended_well 0
}
