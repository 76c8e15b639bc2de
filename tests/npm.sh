# SPDX-License-Identifier: Apache-2.0
# What the tests that need npm share. Sourced by bash.
# shellcheck shell=bash

skip() {
  echo "SKIP: $*" >&2
  exit 77
}

fail() {
  echo "not ok - $*" >&2
  exit 1
}

# npm_packages SOURCE WORK: copies the test from the source tree, which stays clean, and installs
# what its lock file names.
npm_packages() {
  local installed=$2/node_modules/.installed-from
  mkdir -p "$2"
  cp "$1"/{package.json,package-lock.json,.npmrc,*.js} "$2"
  if cmp -s "$2/package-lock.json" "$installed"; then
    echo "ok - the packages are installed"
    return
  fi
  (cd "$2" && npm ci --ignore-scripts >npm.log 2>&1) || {
    cat "$2/npm.log" >&2
    fail "npm ci"
  }
  cp "$2/package-lock.json" "$installed"
  echo "ok - npm ci"
}
