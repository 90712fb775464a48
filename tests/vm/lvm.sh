#!/usr/bin/env bash
# A volume group in a virtual machine with device-mapper: linear, striped, thin, a snapshot and swap. It is shown as a
# tree; the disk is cloned while its volumes are active; the clone alone, in another machine, is the same group.
# shellcheck source=tests/vm/testlib.sh disable=SC2154
. "$(dirname "$0")/testlib.sh"
volumes_of() { lvs --noheadings -a -o lv_name,lv_size,segtype,seg_pe_ranges --units b; }
if [ -z "${GUEST:-}" ]; then
  poison $((1536 << 20)) "$T/source"
  poison $((1600 << 20)) "$T/target"
  mkdir "$T/notes"
  guest() { "$vm/guest" --share "$T/notes" --env notes="$T/notes" "$@"; }
  guest --disk "$T/source" --disk "$T/target" --env part=clone -- "$0"
  # The original is gone: LVM would not know which of the two is meant.
  guest --disk "$T/target" --env part=check -- "$0"
  exit
fi
mkdir -p "$T/mnt"

if [ "$part" = clone ]; then
  source=$DISK0 target=$DISK1
  sfdisk -q --wipe always "$source" <<<$'label: gpt\nsize=32M\nsize=1400M, type=lvm' >/dev/null
  udevadm settle
  mke2fs -q -t ext4 "${source}1"
  pvcreate -q "${source}2"
  vgcreate -q group "${source}2"
  lvcreate -q -y -n root -L 300M group
  # Both stripes lie on the only disk there is.
  lvcreate -q -y -n striped -L 320M -i 2 --alloc anywhere group
  lvcreate -q -y -n swap -L 64M group
  lvcreate -q -y -n origin -L 64M group
  lvcreate -q -y --type thin-pool -n pool -L 128M group
  lvcreate -q -y --type thin -n thin -V 1G --thinpool pool group
  mkswap -q -L swap /dev/group/swap
  for name in root origin thin; do mke2fs -q -t ext4 -L $name /dev/group/$name; done
  mkfs.xfs -q -L striped /dev/group/striped
  for name in root striped origin thin; do
    mount /dev/group/$name "$T/mnt"
    "$vm/in-system/make-files" "$T/mnt/files" 8
    umount "$T/mnt"
  done
  # The snapshot keeps the files; the origin goes on without some of them.
  lvcreate -q -y -n snap -L 32M -s group/origin
  mount /dev/group/origin "$T/mnt"
  rm -r "$T/mnt/files/small"
  umount "$T/mnt"
  for name in root striped origin thin snap; do
    mount -o ro /dev/group/$name "$T/mnt"
    files_of "$T/mnt" >"$notes/$name.files"
    umount "$T/mnt"
  done
  ! cmp -s "$notes/origin.files" "$notes/snap.files" || fail "snapshot and origin hold the same"
  volumes_of >"$notes/volumes"
  grep -q striped "$notes/volumes" || fail "no stripes were made"
  sync

  # The tree.
  for verb in list "show $source"; do
    # shellcheck disable=SC2086
    expect 0 "$disktwin" $verb
    for line in 'group/root.*ext4 +root' 'group/striped.*xfs +striped' 'group/swap.*swap +swap'; do says "$line"; done
    for name in origin snap pool thin; do says "group/$name"; done
  done
  says 'group/pool: all that belongs to it is copied'

  # What is active but not mounted is cloned; of what is linear or striped only what is in use.
  expect 0 "$disktwin" clone --json --dry-run --fit keep "$source" "$target"
  bytes=$(jq -r 'select(.event == "plan") | .regions[] | select(.partition == 2) | .bytes' "$T/out")
  # Whole: 128 MiB of the pool, with its metadata twice; origin and snapshot.
  [ "$bytes" -lt $((480 << 20)) ] || fail "$bytes bytes are copied of a group with 900 MiB"
  expect 0 "$disktwin" clone --json --yes --verify --fit keep "$source" "$target"
  holds done ".verified and .bytes_copied < $((512 << 20))"
  expect 0 "$disktwin" compare "$source" "$target"
  mount /dev/group/root "$T/mnt"
  expect 3 "$disktwin" clone --yes "$source" "$target"
  says "mounted at $T/mnt"
  umount "$T/mnt"
  # The disk of a group is nobody's target while its volumes are active.
  expect 3 "$disktwin" clone --yes "$target" "$source"
  says 'vgchange'
  vgchange -q -an group >/dev/null
  echo "$bytes bytes of a group with $(($(awk '{s += $2} END {printf "%d", s / 1048576}' "$notes/volumes"))) MiB"
  exit
fi

udevadm settle
vgck group || fail "vgck finds problems"
vgchange -q -ay group >/dev/null
volumes_of | diff "$notes/volumes" - >&2 || fail "the group has other volumes"
for name in root origin thin snap; do
  e2fsck -fn /dev/group/$name >/dev/null 2>&1 || fail "$name: ext4 does not check clean"
done
xfs_repair -n /dev/group/striped >/dev/null 2>&1 || fail "striped: XFS does not check clean"
for name in root striped origin thin snap; do
  mount -o ro /dev/group/$name "$T/mnt"
  files_of "$T/mnt" | diff "$notes/$name.files" - >&2 || fail "$name: files differ"
  umount "$T/mnt"
done
swapon /dev/group/swap || fail "swap is not usable"
swapoff /dev/group/swap
vgchange -q -an group >/dev/null
