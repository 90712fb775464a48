# shellcheck shell=bash disable=SC2034
# Sourced by the tools beside it: where things are kept, and how they fail.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C TZ=UTC
cache=${XDG_CACHE_HOME:-$HOME/.cache}/disktwin-vm
die() { echo "${0##*/}: $*" >&2; exit 2; }
note() { echo "[$(date +%H:%M:%S)] $*" >&2; }
# The comment at the head of the script is its help.
usage() { sed -n '2,/^[^#]/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2; exit 2; }
need_root() { [ "$(id -u)" -eq 0 ] || die "root is needed, to mount what is made"; }
# No tool here works on anything but files: a device that is named by mistake is refused.
need_file() { [ -f "$1" ] || die "not a regular file: $1"; }
# key FILE...: a name that changes with what they hold, so that the cache never gives what older scripts made
key() { cat "$@" | sha256sum | cut -c1-12; }
# Clearing pages of memory is what QEMU does worst: each store to a page that once held code of a program takes
# microseconds, and minutes are lost where many programs have run. So Linux clears no page that is filled at once, and
# the others not by "rep stosb", which is a byte at a time.
processor=max,erms=off,fsrm=off,la57=off
for_linux='init_on_alloc=0 mitigations=off'
