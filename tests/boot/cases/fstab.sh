# SPDX-License-Identifier: Apache-2.0
# Mounts that are lines of /etc/fstab.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

machine_fstab() {
  assemble with_package
  start_service
  appear
  write etc/fstab <<'END'
ramrole /run/ramrole ramrolefs nofail,uid=www-data,mode=0400 0 0
ramrole /home/somebody/ramrole ramrolefs noauto,user 0 0
END
  write etc/systemd/system/web.service <<'END'
[Unit]
RequiresMountsFor=/run/ramrole
[Service]
Type=oneshot
User=www-data
RuntimeDirectory=web
RuntimeDirectoryPreserve=yes
ExecStart=cp /run/ramrole/AccessKeyId /run/web/
[Install]
WantedBy=multi-user.target
END
  enable web
  boot
  on useradd --create-home somebody
  on runuser -u somebody mkdir /home/somebody/ramrole
}

case_fstab() {
  [[ $(property run-ramrole.mount ActiveState) == active ]]
  [[ $(on cat /run/web/AccessKeyId) == "$(served)" ]]
  [[ $(on stat -c '%U %a' /run/ramrole/AccessKeyId) == 'www-data 400' ]]
}

case_fstab_stop_start() {
  on systemctl stop run-ramrole.mount
  no_mount_left
  on systemctl start run-ramrole.mount
  reads_what_is_served
  on umount /run/ramrole
  no_mount_left
  on systemctl start run-ramrole.mount
}

as_somebody() { on runuser -u somebody -- "$@"; }

case_noauto_user() {
  no_mount_of_somebody
  as_somebody mount /home/somebody/ramrole
  [[ $(as_somebody cat /home/somebody/ramrole/AccessKeyId) == "$(served)" ]]
  as_somebody umount /home/somebody/ramrole
  no_mount_of_somebody
}
no_mount_of_somebody() { lacks somebody cat /proc/mounts; }

machine_automount() {
  assemble with_package
  start_service
  appear
  write etc/fstab <<<'ramrole /run/ramrole ramrolefs nofail,noauto,x-systemd.automount 0 0'
  boot
}

case_automount() {
  [[ $(property run-ramrole.automount ActiveState) == active ]]
  [[ $(property run-ramrole.mount ActiveState) == inactive ]]
  reads_what_is_served
  [[ $(property run-ramrole.mount ActiveState) == active ]]
  on systemctl stop run-ramrole.mount
  not_mounted
  reads_what_is_served
}
