#!/usr/bin/env bash
# Real block devices: loop devices as source and target, and all that can stand in the way.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
[ -e /dev/loop-control ] || { echo "no loop devices"; exit 77; }
loop() {  # loop VARIABLE [OPTIONS] FILE
  local name=$1 device
  shift
  device=$(losetup --find --show "$@") || { echo "no loop device can be had"; exit 77; }
  undo+=("losetup -d $device")
  printf -v "$name" %s "$device"
}
make_disk mbr-logical "$T/source"
size=$(size_of "$T/source")
poison "$size" "$T/target"
loop S --read-only "$T/source"
loop D "$T/target"

# Device to device, with O_DIRECT underneath.
expect 0 "$disktwin" clone --yes --verify "$S" "$D"
says 'read back and verified'
expect 0 "$disktwin" compare "$S" "$D"
expect 0 "$disktwin" compare "$T/source" "$D"
expect 0 "$disktwin" list
says "$D"
expect 0 "$disktwin" show "$D"

# Into an image and back.
expect 0 "$disktwin" capture "$S" "$T/x.img.zst"
poison "$size" "$D"
expect 0 "$disktwin" restore --yes --verify "$T/x.img.zst" "$D"
expect 0 "$disktwin" compare "$S" "$D"
expect 3 "$disktwin" capture --yes "$D" "$T/target"
[ "$(size_of "$T/target")" = "$size" ] || fail "an image was written over the file of its source"

# The same data under two names.
loop same "$T/target"
for pair in "$D $T/target" "$T/target $D" "$D $same" "$D $D"; do
  # shellcheck disable=SC2086
  expect 3 "$disktwin" clone --yes $pair
  says 'shares data with it'
done
now "losetup -d $same"

# Two parts of one file are two disks; overlapping ones are not.
truncate -s 64M "$T/two"
mke2fs -q -F "$T/two" 16M 2>/dev/null
loop first --sizelimit $((32 << 20)) "$T/two"
loop second --offset $((32 << 20)) "$T/two"
loop overlapping --offset $((31 << 20)) "$T/two"
expect 3 "$disktwin" clone --yes "$first" "$overlapping"
says 'shares data with it'
now "losetup -d $overlapping"
expect 0 "$disktwin" clone --yes --verify "$first" "$second"

# A file that is attached elsewhere is in use.
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says "attached as the loop device $D"

# The file of a loop device under another name, its first one gone.
poison $((8 << 20)) "$T/first-name"
ln "$T/first-name" "$T/other-name"
loop L "$T/first-name"
rm "$T/first-name"
expect 3 "$disktwin" clone --yes "$T/other-name" "$L"
says 'shares data with it'
expect 3 "$disktwin" clone --yes "$S" "$T/other-name"
now "losetup -d $L"

# Read-only devices.
expect 3 "$disktwin" clone --yes "$D" "$S"
says 'read-only'

# Mounted targets, by the device and by the file below; a mounted source only when it may be written.
rm -f "$T/fs"; mke2fs -q -t ext4 "$T/fs" 32M
loop F "$T/fs"
mkdir "$T/mnt"
truncate -s 32M "$T/free"
loop free "$T/free"
mount "$F" "$T/mnt"; undo+=("umount $T/mnt")
expect 3 "$disktwin" clone --yes "$free" "$F"
says "mounted at $T/mnt"
says "umount $T/mnt"
expect 3 "$disktwin" clone --yes "$free" "$T/fs"
says 'mounted at'
expect 3 "$disktwin" clone --yes "$F" "$free"
says 'force-mounted-source'
expect 3 "$disktwin" clone --yes "$T/fs" "$free"
cmp -s -n 1048576 /dev/zero "$T/free" || fail "a refused clone wrote"
expect 0 "$disktwin" clone --yes --force-mounted-source "$F" "$free"
says 'warning.*for writing'
expect 0 "$disktwin" list
says "$T/mnt"
# A new file on the source itself.
expect 3 "$disktwin" clone --yes --force-mounted-source "$F" "$T/mnt/copy"
says 'lies on the source'
mount -o remount,ro "$T/mnt"
expect 3 "$disktwin" clone --yes "$free" "$F"
expect 0 "$disktwin" clone --yes --verify "$F" "$free"
umount "$T/mnt"

# A partition that is mounted for writing through a loop device of its own, without a node.
make_disk gpt-system "$T/parts"
loop P "$T/parts"
loop root --offset 44040192 --sizelimit $((100 << 20)) "$T/parts"
mount "$root" "$T/mnt"; undo+=("umount $T/mnt")
truncate -s 400M "$T/room"
expect 3 "$disktwin" clone --yes --partitions 2 "$P" "$T/room"
says "mounted at $T/mnt"
expect 3 "$disktwin" clone --yes --partitions 2 "$T/parts" "$T/room"
expect 0 "$disktwin" clone --yes --partitions 1 "$T/parts" "$T/room"
expect 0 "$disktwin" clone --dry-run --force-mounted-source --partitions 2 "$T/parts" "$T/room"
says 'copied whole.*mounted at'
umount "$T/mnt"

# A source cannot be mounted while it is read.
poison $((600 << 20)) "$T/big"
mke2fs -q -F -t ext4 "$T/big" 600M
loop B "$T/big"
truncate -s 600M "$T/copy"
"$disktwin" clone --yes --verify --all-sectors "$B" "$T/copy" >/dev/null 2>&1 </dev/null & pid=$!
while kill -0 $pid 2>/dev/null && [ "$(stat -c %b "$T/copy")" = 0 ]; do sleep 0.02; done  # until it is being read
if kill -0 $pid 2>/dev/null && mount "$B" "$T/mnt" 2>/dev/null; then
  undo+=("umount $T/mnt")
  kill -0 $pid 2>/dev/null && fail "a source was mounted while it was read"
  umount "$T/mnt"
fi
wait $pid || fail "the clone beside the mount"

# One partition of a disk into an existing partition of another, through its node.
poison "$(size_of "$T/parts")" "$T/disk"
expect 0 "$disktwin" clone --yes "$T/parts" "$T/disk"
loop K "$T/disk"
if addpart "$K" 2 86016 204800 2>/dev/null && undo+=("delpart $K 2") && [ -b "${K}p2" ]; then
  dd if=/dev/urandom of="${K}p2" bs=1M count=100 status=none 2>/dev/null
  blockdev --flushbufs "${K}p2"
  expect 2 "$disktwin" clone --yes "$T/parts" "${K}p2"
  expect 3 "$disktwin" clone --yes "$K" "${K}p2"
  says 'shares data with it'
  expect 0 "$disktwin" clone --yes --verify --partitions 2 "$T/parts" "${K}p2"
  e2fsck -fn "${K}p2" >/dev/null 2>&1 || fail "a partition into a partition"
  blockdev --flushbufs "$K"
  expect 0 "$disktwin" compare "$T/parts" "$K"
  delpart "$K" 2
fi

# Swap in use.
truncate -s 32M "$T/swap"; mkswap -q "$T/swap" 2>/dev/null
loop W "$T/swap"
if swapon "$W" 2>/dev/null; then
  undo+=("swapoff $W")
  expect 3 "$disktwin" clone --yes "$free" "$W"
  says 'swapoff'
  swapoff "$W"
fi

# Two runs onto one target: the second is refused while the first works.
exec {held}<"$T/free"
flock -x "$held"
expect 3 "$disktwin" clone --yes "$F" "$free"
says 'another program is working on it'
exec {held}<&-
