# Sourced by the scripts beside it: where things are, and how a check fails.
set -euo pipefail
cli=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$cli/../.." && pwd)
export BUILD=${BUILD:-$root/build} PATH=$PATH:/usr/sbin:/sbin LC_ALL=C TZ=UTC
disktwin=$BUILD/cli/disktwin
T=$(mktemp -d "${TMPDIR:-/tmp}/disktwin-cli.XXXXXX")
undo=()
cleanup() {
  local i
  for ((i = ${#undo[@]} - 1; i >= 0; i--)); do eval "${undo[i]}" >/dev/null 2>&1 || true; done
  rm -rf "$T"
}
trap cleanup EXIT
# now COMMAND: one of those of `undo`, and not once more at the end: a loop device may be somebody else's by then.
now() {
  local i
  for i in "${!undo[@]}"; do [ "${undo[i]}" != "$1" ] || undo[i]=:; done
  eval "$1"
}
fail() { echo "FAILED: $*" >&2; exit 1; }
need_root() { [ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }; }
make_disk() { "$root/tests/fixtures/make-disk" "$@" >/dev/null 2>&1 || fail "make-disk $*"; }
# poison SIZE FILE: random bytes at memory speed
poison() {
  openssl enc -aes-128-ctr -nosalt -pass pass:poison -pbkdf2 -in /dev/zero 2>/dev/null |
    head -c "$1" >"$2" || true
}
size_of() { stat -c %s "$1"; }
# sha256sum takes four times as long.
hash_of() { openssl dgst -r -sha256 <"$1"; }
# expect CODE COMMAND...: runs it with no terminal, its words in $T/out and $T/err
expect() {
  local wanted=$1 got=0
  shift
  setsid -w "$@" >"$T/out" 2>"$T/err" </dev/null || got=$?
  [ "$got" = "$wanted" ] || { cat "$T/out" "$T/err" >&2; fail "exit $got, expected $wanted: $*"; }
}
says() { grep -qE -- "$1" "$T/out" "$T/err" || { cat "$T/out" "$T/err" >&2; fail "does not say: $1"; }; }
# holds EVENT FILTER: one of those events in $T/out is as the filter says
holds() {
  jq -es "map(select(.event==\"$1\")) | any($2)" "$T/out" >/dev/null ||
    { cat "$T/out" >&2; fail "no $1 event with $2"; }
}
# cut_out DISK OFFSET SIZE FILE: a volume as a file of its own (bytes)
cut_out() {
  dd if="$1" of="$4" bs=64K iflag=skip_bytes,count_bytes skip="$2" count="$3" conv=sparse status=none
}
# volumes DISK: "number offset size type" a line
volumes() {
  "$disktwin" show --json "$1" |
    jq -r 'select(.event=="disk") | .partitions[] | "\(.number) \(.offset) \(.size) \(.filesystem.type)"'
}
# with_fixture TYPE FUNCTION FILE: check_volume or manifest of the filesystem's test fixture
with_fixture() {
  local folder=$1
  case $1 in ext*) folder=ext ;; vfat) folder=fat ;; esac
  [ -f "$root/tests/fs/$folder/fixture.sh" ] || return 0
  (folder=$root/tests/fs/$folder scratch=$T variant=default here=$root/tests/fs
    # shellcheck source=/dev/null
    . "$folder/fixture.sh"; "$2" "$3")
}
# flip FILE OFFSET: changes one bit of that byte
flip() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N1 "$1")
  # shellcheck disable=SC2059
  printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
