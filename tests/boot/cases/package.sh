# SPDX-License-Identifier: Apache-2.0
# The life of the package on a running machine. Each case goes on where the former ended, and
# installs what it lacks.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

machine_package() {
  assemble bare
  start_service
  appear
  boot
  cp "$package" "$root/srv/old.deb"
  dpkg-deb -R "$package" "$folder/newer"
  sed -i 's/^Version: .*/&+newer/' "$folder/newer/DEBIAN/control"
  dpkg-deb -b "$folder/newer" "$root/srv/new.deb"
  files >"$folder/files.before"
}

# All files of the machine, but those that change by themselves, and dpkg's and apt's own books.
files() {
  on find / -xdev -path /srv -prune -o \
    ! -path '/var/log/*' ! -path '/var/cache/*' ! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' \
    ! -path '/var/lib/systemd/*' -print | sort
}

apt_on() {
  on env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o APT::Sandbox::User=root \
    -o Dpkg::Use-Pty=0 "$@"
}

installed() { [[ $(on dpkg-query -Wf '${db:Status-Status}' ramrolefs) == installed ]]; }
in_service() {
  installed || apt_on install --no-install-recommends /srv/old.deb
  on systemctl enable --now ramrolefs
  reads_what_is_served
}

case_package_install() {
  apt_on install --no-install-recommends /srv/old.deb
  no_mount_left
  [[ $(property ramrolefs ActiveState) == inactive ]]
  on systemctl enable --now ramrolefs
  reads_what_is_served
}

case_package_upgrade() {
  local pid
  in_service
  configure 'mode = "0440"'
  pid=$(property ramrolefs MainPID)
  on ramrolefs /run/by-hand
  read_all_the_time
  apt_on install --no-install-recommends /srv/new.deb | tee "$folder/upgrade"
  grep 'ramrolefs.service has the new version' "$folder/upgrade"
  grep 'new version serves: ramrolefs /run/by-hand' "$folder/upgrade"
  reads_well
  eventually 10 serves_by_hand
  on umount /run/by-hand
  [[ $(on dpkg-query -Wf '${Version}' ramrolefs) == *+newer ]]
  [[ $(property ramrolefs MainPID) == "$pid" ]]
  eventually 10 has_mode 440 # and the configuration of now
  on grep 'mode = "0440"' /etc/ramrolefs/ramrolefs.conf
}

serves_by_hand() { reads_what_is_served /run/by-hand && workers_are_new; }
# Of the monitors, which go on as they are, nothing has to be new.
workers_are_new() {
  on sh -c 'n=0; for p in $(grep -la "^ramrolefs: worker" /proc/[0-9]*/cmdline | cut -d/ -f3); do
    case $(readlink "/proc/$p/exe") in /usr/bin/ramrolefs) n=$((n + 1)) ;; *) exit 1 ;; esac; done; test $n -ge 2'
}
runs_not() { lacks "$1" sh -c 'ls -l /proc/[0-9]*/exe 2>/dev/null | cat'; }

case_package_remove() {
  in_service
  in_background holder sh -c 'cd /run/ramrole && exec 3<AccessKeyId && cat <&3 >/dev/null && exec sleep infinity'
  apt_on remove ramrolefs
  no_mount_left
  runs_not ramrolefs
  on test -f /etc/ramrolefs/ramrolefs.conf
  on systemctl stop holder
}

case_package_purge() {
  installed || in_service
  write etc/ramrolefs/mine.conf <<<'mount-point = "/run/mine"'
  write etc/systemd/system/ramrolefs@mine.service.d/mine.conf <<<'[Service]'
  apt_on purge --autoremove ramrolefs
  files >"$folder/files.after"
  diff <(comm -3 "$folder"/files.{before,after}) <(printf '\t%s\n' /etc/ramrolefs{,/mine.conf} \
    /etc/systemd/system/ramrolefs@mine.service.d{,/mine.conf})
}
