#!/usr/bin/env bash
# Disks with sectors of 4096 bytes, in a virtual machine: cloned to each other, and not to any other.
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
if [ -z "${GUEST:-}" ]; then
  make_disk gpt-4096 "$T/source"
  size=$(size_of "$T/source")
  poison $((size + (64 << 20))) "$T/larger"
  poison "$size" "$T/other"
  "$vm/guest" --disk "$T/source,if=nvme,bs=4096,ro" --disk "$T/larger,bs=4096" --disk "$T/other" -- "$0"
  exit
fi
[ "$(blockdev --getss "$DISK0") $(blockdev --getss "$DISK1") $(blockdev --getss "$DISK2")" = "4096 4096 512" ] ||
  fail "the disks have other sectors"
expect 0 "$disktwin" clone --yes --verify --fit keep "$DISK0" "$DISK1"
expect 0 "$disktwin" compare "$DISK0" "$DISK1"
sfdisk --verify "$DISK1" >"$T/sfdisk" 2>&1 || { cat "$T/sfdisk" >&2; fail "sfdisk finds problems"; }
e2fsck -fn "${DISK1}2" >/dev/null 2>&1 || fail "ext4 does not check clean"
fsck.fat -n "${DISK1}1" >/dev/null || fail "FAT does not check clean"
mkdir "$T/a" "$T/b"
for number in 1 2; do
  mount -o ro "${DISK0}p$number" "$T/a"
  mount -o ro "${DISK1}$number" "$T/b"
  diff -r "$T/a" "$T/b" >&2 || fail "partition $number: files differ"
  umount "$T/a" "$T/b"
done
head -c 1048576 "$DISK2" >"$T/before"
expect 3 "$disktwin" clone --yes "$DISK0" "$DISK2"
says 'sectors'
cmp -n 1048576 "$T/before" "$DISK2" || fail "a refused clone wrote"
