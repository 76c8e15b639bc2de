# SPDX-License-Identifier: Apache-2.0
# A Debian 12 of a test's own, for tests/fresh and tests/boot: made by debootstrap once a month, and
# kept with its packages in ~/.cache/ramrolefs. Sourced after scripts/lib.sh by a script that sets
# $name, which begins its lines, and $root, the directory that the Debian goes to.
# shellcheck shell=bash disable=SC2154  # $name and $root

suite=bookworm

cannot() { echo "$name: skipped: $*" && exit 77; }

step() {
  local start status=0
  echo "$name: $1 ..."
  start=$(now_ms)
  "${@:2}" || status=$?
  echo "$name: $1: $(if ((status)); then coloured failed; else coloured ok; fi) ($(seconds_since "$start") s)"
  return "$status"
}

# One a month, as Debian's point releases make what is in it older and older.
open_cache() {
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/ramrolefs
  find "$cache" -mindepth 1 -maxdepth 1 -name "*-$suite-*" ! -name "debian-$suite-$(date +%Y-%m)" \
    -exec rm -rf {} + 2>/dev/null || true
  cache+=/debian-$suite-$(date +%Y-%m)
  mkdir -p "$cache/debs"
}

# Debian's own package sources of this machine, one of each kind: "deb URI SUITE main".
debian_sources() {
  have apt-get || return 0
  # shellcheck disable=SC2016  # apt-get replaces these
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 2>/dev/null |
    awk -v suite="$suite" \
      '$3 ~ "^" suite "(-updates|-security)?$" && $4 == "main" && !seen[$3]++' || true
}

make_base() {
  local mirror
  mirror=$(debian_sources | awk -v suite="$suite" '$3 == suite { print $2 }')
  debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 ||
    { tail "$root.log" "$root/debootstrap/debootstrap.log" && return 1; }
  rm -f "$root"/var/cache/apt/archives/*.deb
  keep_as base
}

# keep_as NAME, unpack NAME: what is in $root now, for the next run.
keep_as() { tar -C "$root" -cf "$cache/$1.tar.$$" . && mv "$cache/$1.tar.$$" "$cache/$1.tar"; }
unpack() { tar -C "$root" -xpf "$cache/$1.tar"; }

base_system() {
  if [[ -f $cache/base.tar ]]; then
    step 'unpack the cached base system' unpack base
  else
    step 'make a base system' make_base
  fi
}

# What belongs to this machine's network, and nothing else of it.
set_up_network() {
  local sources variable
  sources=$(debian_sources)
  [[ -z $sources ]] || echo "$sources" >"$root/etc/apt/sources.list"
  ! have apt-config || apt-config dump 2>/dev/null |
    grep -E '^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date)\b' \
      >"$root/etc/apt/apt.conf.d/90machine" || true
  printf '%s\n' '127.0.0.1 localhost' "127.0.1.1 $(uname -n)" '::1 localhost' >"$root/etc/hosts"
  rm -f "$root/etc/resolv.conf"
  cat /etc/resolv.conf >"$root/etc/resolv.conf"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/test" # who needs this root after a power cut?
  environment=(HOME=/root TERM=dumb LANG=C.UTF-8
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
  for variable in http_proxy https_proxy no_proxy; do
    [[ -z ${!variable:-} ]] || environment+=("$variable=${!variable}")
  done
  # A network whose proxy looks into TLS has certificates of its own.
  if [[ -f ${NODE_EXTRA_CA_CERTS:-} ]]; then
    mkdir -p "$root/etc/ssl"
    cat "$NODE_EXTRA_CA_CERTS" >"$root/etc/ssl/machine.pem"
    environment+=(NODE_EXTRA_CA_CERTS=/etc/ssl/machine.pem)
  fi
}

# inside COMMAND...: as root of the new Debian. With /dev, /proc and process ids of its own; the
# root is a mount and no chroot, as a machine's is. Its end is that of all in it.
inside() {
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --ipc --fork --kill-child env -i "${environment[@]}" bash -euc '
    root=$1 debs=$2
    shift 2
    mount --bind "$root" "$root"
    cd "$root"
    mount --bind "$debs" var/cache/apt/archives
    mount -t proc -o nosuid,nodev,noexec proc proc
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
    mount -t tmpfs -o mode=755,nosuid tmpfs dev
    mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
    mkdir -p dev/pts dev/shm run/lock
    while read -r name major minor; do
      mknod -m 666 "dev/$name" c "$major" "$minor"
    done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
END
    mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
    mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    for n in 0 1 2; do ln -s "/proc/self/fd/$n" "dev/std$(cut -d" " -f$((n + 1)) <<<"in out err")"; done
    ln -sfn ../proc/self/mounts etc/mtab # as systemd and docker make it; fusermount3 reads it
    pivot_root . mnt
    cd /root
    umount -l /mnt
    status=0
    "$@" || status=$? # and no exec: the first process is the one that reaps
    exit "$status"
  ' inside "$root" "$cache/debs" "$@" </dev/null 9>&-
}
