# SPDX-License-Identifier: Apache-2.0
# Programs that read their file at their start, and never again.
# shellcheck shell=bash disable=SC2016,SC2154  # programs in quotes; the variables of tests/boot/run

# once NAME [LINE]: a service that copies AccessKeyId when it starts, and then only runs.
once() {
  write "etc/systemd/system/$1.service" <<END
[Unit]
RequiresMountsFor=/run/ramrole
[Service]
Type=exec
RuntimeDirectory=$1
${2:-}
ExecStart=sh -c 'cp /run/ramrole/AccessKeyId /run/$1/ && exec sleep infinity'
[Install]
WantedBy=multi-user.target
END
  enable "$1"
}

machine_legacy() {
  assemble with_package
  start_service
  appear
  enable ramrolefs
  configure 'uid = "www-data"' 'max-age = 2'
  once legacy
  once waiting 'ExecStartPre=/usr/bin/ramrolefs wait'
  once web 'User=www-data'
  boot
}

copied() { [[ $(on cat "/run/$1/AccessKeyId") == "$(served)" ]]; }

case_legacy_service() { eventually 10 copied legacy; }
case_legacy_wait() { eventually 10 copied waiting; }
case_legacy_www_data() { eventually 10 copied web; }

case_legacy_reload() {
  local start
  start=$(on sed -n 's/^ExecStart=//p' /lib/systemd/system/ramrolefs-reload@.service)
  write etc/systemd/system/ramrolefs-reload@.service.d/soon.conf <<END
[Service]
ExecStart=
ExecStart=${start/ watch/ watch --interval=1}
END
  on systemctl daemon-reload
  on systemctl start ramrolefs-reload@legacy
  for _ in 1 2; do
    order rotate
    eventually 20 copied legacy
  done
  on systemctl stop ramrolefs-reload@legacy
}
