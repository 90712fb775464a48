#!/usr/bin/env bash
# Targets that are files: created sparse, sized on request, never grown, too small ones refused.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-system "$T/source"
size=$(size_of "$T/source")

expect 0 "$disktwin" clone --yes "$T/source" "$T/new"
[ "$(size_of "$T/new")" = "$size" ] || fail "a new file has the source's size"
[ $(($(stat -c %b "$T/new") * 512)) -lt $((size * 8 / 10)) ] || fail "a new file is not sparse"
expect 0 "$disktwin" compare "$T/source" "$T/new"

expect 0 "$disktwin" clone --yes --target-size 400MiB "$T/source" "$T/large"
[ "$(size_of "$T/large")" = $((400 * 1048576)) ] || fail "--target-size"
sgdisk -v "$T/large" | grep 'No problems found' >/dev/null || fail "the backup table is not at the end"

# Smaller, but the partitions fit as they stand (the source's last 42 MiB are free).
expect 0 "$disktwin" clone --yes --verify --target-size 280MiB "$T/source" "$T/small"
sgdisk -v "$T/small" | grep 'No problems found' >/dev/null || fail "table on the smaller disk"
expect 0 "$disktwin" compare "$T/source" "$T/small"

# Too small: refused with the bytes that are missing, and nothing is left behind.
expect 3 "$disktwin" clone --yes --fit keep --target-size 278MiB "$T/source" "$T/tiny"
says 'missing'
[ ! -e "$T/tiny" ] || fail "a refused clone left a file"
poison $((200 * 1048576)) "$T/tiny"
before=$(hash_of "$T/tiny")
expect 3 "$disktwin" clone --yes --fit keep "$T/source" "$T/tiny"
says 'Nothing was written'
[ "$(hash_of "$T/tiny")" = "$before" ] || fail "a refused clone wrote"

# The missing bytes are exact: one sector less than enough is refused, enough is taken.
missing=$(sed -nE 's/.* ([0-9,]+) bytes are missing.*/\1/p' "$T/err" | tr -d ,)
[ -n "$missing" ] || fail "no number of missing bytes"
enough=$((200 * 1048576 + missing))
expect 3 "$disktwin" clone --yes --fit keep --dry-run --target-size $((enough - 512)) "$T/source" "$T/exact"
expect 0 "$disktwin" clone --yes --fit keep --target-size $enough "$T/source" "$T/exact"

expect 2 "$disktwin" clone --yes --target-size 1G "$T/source" "$T/new"
expect 1 "$disktwin" clone --yes "$T/source" "$T/no/such/folder/file"
expect 1 "$disktwin" clone --yes "$T/source" /dev/no-such-disk
[ ! -e /dev/no-such-disk ] || fail "made a file below /dev"
if [ -d /dev/shm ]; then  # a file system of its own, not a place of devices
  new=$(mktemp -u /dev/shm/disktwin-new.XXXXXX)
  undo+=("rm -f $new")
  expect 0 "$disktwin" clone --yes --partitions 4 "$T/source" "$new"
fi
expect 1 "$disktwin" clone --yes "$T/nothing" "$T/x"
says 'not found'

# An empty disk, and a disk without a table.
truncate -s 64M "$T/empty"
poison $((64 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify "$T/empty" "$T/target"
cmp "$T/empty" "$T/target" || fail "an empty disk"
rm -f "$T/bare"; mke2fs -q -t ext4 -E lazy_itable_init=0 -d "$root/docs" "$T/bare" 32M 2>/dev/null
poison $((48 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify "$T/bare" "$T/target"
e2fsck -fn "$T/target" >/dev/null 2>&1 || fail "a bare filesystem"
# Inode tables that are recorded as zeroed and unused are zeroed on the target, not copied.
dumpe2fs "$T/bare" 2>/dev/null | grep ITABLE_ZEROED >/dev/null || fail "the fixture has no such table"
last=$(dumpe2fs "$T/target" 2>/dev/null | sed -nE 's/^  Inode table at [0-9]+-([0-9]+).*/\1/p' | tail -1)
cmp -s -i $((last * 1024)):0 -n 1024 "$T/target" /dev/zero || fail "an unused inode table kept old bytes"
