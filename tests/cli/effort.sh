#!/usr/bin/env bash
# How much is read and written, in bytes and in calls, for a volume of which it is known how much there is to copy. Seconds
# differ from machine to machine; these do not, and what makes a clone slow shows in them first.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir "$T/files"
for i in $(seq 40); do poison $((2 << 20)) "$T/files/$i"; done
mke2fs -q -t ext4 -d "$T/files" "$T/source" 1G >"$T/log"
rm -r "$T/files"
used=$((40 * (2 << 20)))  # and a few MiB of metadata; the journal is a hole
# What this shell and all children that it has waited for have moved: read, written, calls that read, calls that write.
moved() { awk '/^(rchar|wchar|syscr|syscw)/ {print $2}' /proc/$$/io | xargs; }
# least READ WRITTEN COMMAND...: it moves so much, and hardly more
least() {
  local read=$1 written=$2 before after
  shift 2
  before=$(moved)
  "$@" >"$T/out" 2>"$T/err" </dev/null || { cat "$T/err" >&2; fail "exit $?: $*"; }
  after=$(moved)
  paste -d' ' <(xargs -n1 <<<"$before") <(xargs -n1 <<<"$after") | awk '{print $2 - $1}' | xargs >"$T/moved"
  local r w calls_r calls_w
  read -r r w calls_r calls_w <"$T/moved"
  # Metadata is looked at more than once: to know it, to plan, and once more when nobody else can change it any more.
  at_most "$r" $((read + read / 100 + (18 << 20))) "bytes read: $*"
  at_most "$w" $((written + written / 100 + (6 << 20))) "bytes written: $*"
  at_most "$calls_r" $((read / 524288 + 1500)) "calls that read: $*"
  at_most "$calls_w" $((written / 524288 + 400)) "calls that write: $*"
}
at_most() { echo "$1 of at most $2 $3" | sed "s,$T/,,g"; [ "$1" -le "$2" ] || fail "$1, expected at most $2 $3"; }
least "$used" "$used" "$disktwin" clone -q --yes "$T/source" "$T/new"
rm "$T/new"
poison $((1 << 30)) "$T/target"
least "$used" $((used + (2 << 20))) "$disktwin" clone -q --yes "$T/source" "$T/target"
least $((2 * used)) $((used + (2 << 20))) "$disktwin" clone -q --yes --verify "$T/source" "$T/target"
least $((2 * used)) 0 "$disktwin" compare -q "$T/source" "$T/target"
least "$used" "$used" "$disktwin" capture -q "$T/source" "$T/image.img.zst"
image=$(size_of "$T/image.img.zst")
least "$image" $((used + (2 << 20))) "$disktwin" restore -q --yes "$T/image.img.zst" "$T/target"
least "$image" 0 "$disktwin" verify -q "$T/image.img.zst"

# Where a file's data ends the kernel finds by walking over all of it: it is asked once for a piece, not for each block.
rm -f "$T/new"
# A sanitizer cannot look for leaks while it is being traced.
ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=lseek -o "$T/seeks" "$disktwin" clone -q --yes "$T/source" "$T/new"
at_most "$(wc -l <"$T/seeks")" 400 "questions for data and holes"
