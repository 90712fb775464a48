#!/usr/bin/env bash
# What the program says where there is no window: help, version, mistakes, no screen, root.
#   start.sh PROGRAM
set -euo pipefail
program=$1
fail() { echo "FAILED: $*" >&2; exit 1; }
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
unset DISPLAY WAYLAND_DISPLAY
expect() {  # expect CODE TEXT WORDS...: it ends so, and says that
  local got=0
  "${as_user[@]}" "$program" "${@:3}" >"$out" 2>&1 </dev/null || got=$?
  [ "$got" = "$1" ] || { cat "$out" >&2; fail "exit $got, expected $1: ${*:3}"; }
  grep -q -- "$2" "$out" || { cat "$out" >&2; fail "does not say '$2': ${*:3}"; }
}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
expect 0 'Usage: disktwin-gui' --help
expect 0 'Usage: disktwin-gui' -h
expect 0 'disktwin-gui [0-9]' --version
expect 2 "'--speed' is not an option" --speed
expect 2 'a file is missing' --program
expect 1 'use `disktwin`'
export DISPLAY=:987
expect 1 'use `disktwin`'
if [ "$(id -u)" -eq 0 ]; then
  as_user=()
  expect 3 'runs as root'
  expect 0 'Usage: disktwin-gui' --help
fi
