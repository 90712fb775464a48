#!/usr/bin/env bash
# Real disks with real partitions, in a virtual machine: their nodes, their names, and all who may use them.
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
if [ -z "${GUEST:-}" ]; then
  make_disk gpt-system "$T/source"
  for target in virtio nvme scsi; do poison "$(size_of "$T/source")" "$T/$target"; done
  "$vm/guest" --disk "$T/source,ro" --disk "$T/virtio" --disk "$T/nvme,if=nvme" --disk "$T/scsi,if=scsi" \
    -- "$0"
  exit
fi
source=$DISK0

# Names that stay.
expect 0 "$disktwin" list
for name in virtio-GUESTDISK0 virtio-GUESTDISK1 nvme-QEMU_NVMe_Ctrl_GUESTDISK2 GUESTDISK3; do
  says "^ +/dev/disk/by-id/.*$name\$"
done
says "^$DISK2  QEMU NVMe Ctrl, serial GUESTDISK2"
expect 0 "$disktwin" list --json
holds disks ".disks |
  any(.path == \"$DISK3\" and (.by_id | startswith(\"/dev/disk/by-id/\")) and .serial == \"GUESTDISK3\")"
expect 0 "$disktwin" clone --dry-run /dev/disk/by-id/virtio-GUESTDISK0 /dev/disk/by-id/virtio-GUESTDISK1

# When a disk is closed that was written to, udev has its table read once more: nodes go for a moment and come back.
appears() {
  local i
  for ((i = 0; i < 50; i++)); do
    udevadm settle
    [ ! -b "$1" ] || return 0
    sleep 0.2
  done
  fail "$1 did not appear"
}
same_files() {  # same_files NODE NODE: of two partitions with the same filesystem
  mkdir -p "$T/a" "$T/b"
  mount -o ro "$1" "$T/a"
  mount -o ro "$2" "$T/b"
  diff -r "$T/a" "$T/b" >&2 || fail "$1 and $2 hold different files"
  umount "$T/a" "$T/b"
}
for target in "$DISK1" "$DISK2" "$DISK3"; do
  part=$target
  case $target in *nvme*) part=${target}p ;; esac
  [ ! -e "${part}1" ] || fail "there is a ${part}1 already"
  expect 0 "$disktwin" clone --yes --verify --fit keep "$source" "$target"
  for number in 1 2 3 4; do appears "$part$number"; done
  expect 0 "$disktwin" compare "$source" "$target"
  e2fsck -fn "${part}2" >/dev/null 2>&1 || fail "$part: ext4 does not check clean"
  same_files "${source}2" "${part}2"
  same_files "${source}1" "${part}1"
  udevadm settle
  [ -n "$(find /dev/disk/by-id -lname "*/${part##*/}4")" ] || fail "${part}4 has no name that stays"

  # Refused while anybody uses any part of it, and nothing is written.
  mkdir -p "$T/mnt"
  mount -o ro "${part}2" "$T/mnt"
  expect 3 "$disktwin" clone --yes "$source" "$target"
  says "mounted at $T/mnt"
  expect 3 "$disktwin" clone --yes "$target" "${source}"
  umount "$T/mnt"
  swapon "${part}4"
  expect 3 "$disktwin" clone --yes "$source" "$target"
  says 'swapoff'
  swapoff "${part}4"
  dmsetup create held --table "0 $(blockdev --getsz "${part}3") linear ${part}3 0"
  expect 3 "$disktwin" clone --yes "$source" "$target"
  says 'held'
  expect 3 "$disktwin" clone --yes --partitions 2 "$source" "${part}3"
  # The mapping itself is another name for the partition.
  expect 3 "$disktwin" clone --yes --partitions 3 "$target" /dev/mapper/held
  says 'shares data'
  dmsetup remove held
  expect 0 "$disktwin" compare "$source" "$target"

  # One partition into one that is there already, through its node.
  poison $((100 << 20)) "$T/noise"
  dd if="$T/noise" of="${part}2" bs=1M conv=notrunc status=none
  expect 2 "$disktwin" clone --yes "$source" "${part}2"
  expect 0 "$disktwin" clone --yes --verify "${source}2" "${part}2"
  e2fsck -fn "${part}2" >/dev/null 2>&1 || fail "a partition into a partition"
  same_files "${source}2" "${part}2"
done

# Once more onto a disk that has partitions: the old nodes go, the new ones come.
sfdisk -q --wipe always "$DISK1" <<<$'label: dos\nsize=10M\nsize=20M\nsize=30M' >/dev/null
appears "${DISK1}3"
[ "$(blockdev --getsize64 "${DISK1}2")" = $((20 << 20)) ] || fail "sfdisk made no partitions"
expect 0 "$disktwin" clone --yes "$source" "$DISK1"
appears "${DISK1}4"
[ "$(blockdev --getsize64 "${DISK1}2")" = $((100 << 20)) ] || fail "the kernel still knows the old partitions"
