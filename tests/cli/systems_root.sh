#!/usr/bin/env bash
# Volumes whose files only the kernel can read: the source stays as it is even with a log that waits to be replayed,
# and nothing is left behind, not even when everybody is killed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
[ -e /dev/loop-control ] || { echo "no loop devices"; exit 77; }
for type in xfs btrfs; do grep -qw $type /proc/filesystems || { echo "no $type in this kernel"; exit 77; }; done
files=$BUILD/tests/files_tool
# state_of FILE: its bytes, and when they were last written
state_of() { cksum <"$1"; stat -c %y "$1"; }
make_system() { "$root/tests/fixtures/make-system" "$@" >/dev/null 2>&1 || fail "make-system $*"; }
systems() {
  jq -r 'select(.event=="disk") | .systems[] |
    "\(.number) \(.name) | \(.where) | \([.partitions[].number] | join(" "))"' "$T/out"
}
roles() { jq -r 'select(.event=="disk") | .partitions[] | "\(.number) \(.role)"' "$T/out"; }
is() { [ "$("$1")" = "$2" ] || { cat "$T/out" >&2; fail "$1: $("$1")"; }; }
# nothing_left FILE: no loop device and no mount of it
nothing_left() {
  local i
  for ((i = 0; i < 50; i++)); do
    [ -n "$(losetup -n -O NAME -j "$1")" ] || break
    sleep 0.1
  done
  [ -z "$(losetup -n -O NAME -j "$1")" ] || fail "a loop device is left"
  ! grep -q "$T" /proc/self/mountinfo || fail "a mount is left"
}

make_system btrfs-xfs "$T/disk"
state_of "$T/disk" >"$T/before"
expect 0 "$disktwin" show --json "$T/disk"
state_of "$T/disk" | cmp -s - "$T/before" || fail "the source has changed"
nothing_left "$T/disk"
holds disk '.partitions[2].filesystem.state=="needs recovery"'
is roles "1 EFI system
2 OS
3 OS
4 boot
5 data"
is systems "1 Ubuntu 24.04 LTS | partition 2, subvolume @ | 1 2 4
2 Red Hat Enterprise Linux 9.3 (Plow) | partition 3 | 1 3 4"
# From a device, too.
loop=$(losetup --find --show --read-only "$T/disk"); undo+=("losetup -d $loop")
expect 0 "$disktwin" show --json "$loop"
is systems "1 Ubuntu 24.04 LTS | partition 2, subvolume @ | 1 2 4
2 Red Hat Enterprise Linux 9.3 (Plow) | partition 3 | 1 3 4"
losetup -d "$loop"
# Nobody else may do that, and says why; what others say of the volumes still counts.
chmod 755 "$T"
expect 0 setpriv --reuid=65534 --regid=65534 --clear-groups "$disktwin" show --json "$T/disk"
is roles "1 EFI system
2 unknown
3 unknown
4 boot
5 unknown"
says 'only the kernel can read the files of this xfs, for root'
# Out of an image nobody can.
expect 0 "$disktwin" capture "$T/disk" "$T/disk.img.zst"
expect 0 "$disktwin" show "$T/disk.img.zst"
says 'from a disk or a raw file'
rm "$T/disk.img.zst"

# A default subvolume that is none of those at the top.
offset=$((83968 * 512)) size=$((409600 * 512))
cut_out "$T/disk" $offset $size "$T/btrfs"
mkdir "$T/mnt"
mount -o loop "$T/btrfs" "$T/mnt"; undo+=("umount $T/mnt")
mkdir "$T/mnt/snapshots"
btrfs -q subvolume snapshot "$T/mnt/@" "$T/mnt/snapshots/1" >/dev/null
sed -i 's/24.04 LTS/24.10/' "$T/mnt/snapshots/1/usr/lib/os-release"
btrfs subvolume set-default "$T/mnt/snapshots/1" >/dev/null
umount "$T/mnt"
expect 0 "$disktwin" show --json "$T/btrfs"
is systems "1 Ubuntu 24.10 | the volume, the default subvolume | 0
2 Ubuntu 24.04 LTS | the volume, subvolume @ | 0"

# Bigalloc and inline data, with a journal that waits to be replayed.
make_system bigalloc "$T/bigalloc"
state_of "$T/bigalloc" >"$T/before"
expect 0 "$disktwin" show --json "$T/bigalloc"
is systems "1 Arch Linux | partition 1 | 1"
state_of "$T/bigalloc" | cmp -s - "$T/before" || fail "the source has changed"
cut_out "$T/bigalloc" 1048576 $((327680 * 512)) "$T/ext4"
debugfs -w -R 'set_super_value feature_incompat 0x2c6' "$T/ext4" >/dev/null 2>&1
debugfs -R 'stats' "$T/ext4" 2>/dev/null | grep -q needs_recovery || fail "the journal was to need recovery"
state_of "$T/ext4" >"$T/before"
expect 0 "$disktwin" show --json "$T/ext4"
is roles "0 OS"
state_of "$T/ext4" | cmp -s - "$T/before" || fail "the source has changed"
nothing_left "$T/ext4"

# Killed while it is open.
for type in btrfs xfs; do
  case $type in btrfs) at=$offset bytes=$size ;; xfs) at=$((493568 * 512)) bytes=$((819200 * 512)) ;; esac
  "$files" "$T/disk" $at $bytes $type wait >"$T/said" & pid=$!
  for ((i = 0; i < 100; i++)); do grep -q open "$T/said" && break; sleep 0.05; done
  grep -q open "$T/said" || fail "$type was not opened"
  [ -n "$(losetup -n -O NAME -j "$T/disk")" ] || fail "there was to be a loop device of $type"
  ! grep -q "$T" /proc/self/mountinfo || fail "others see the mount of $type"
  kill -KILL $pid; wait $pid 2>/dev/null || true
  nothing_left "$T/disk"
done

# Every file that is put into a volume of each kind comes out of it the same.
[ -w /dev/fuse ] || { echo "no /dev/fuse"; exit 0; }
mkdir -p "$T/tree/folder/below" "$T/tree/many"
poison 3000000 "$T/tree/large"; poison 70000 "$T/tree/folder/below/Größe"; : >"$T/tree/empty"
for ((i = 0; i < 1500; i++)); do echo "$i" >"$T/tree/many/$i, a file with a longer name"; done
for type in ext4 ntfs vfat exfat xfs btrfs; do
  rm -f "$T/volume"; truncate -s 400M "$T/volume"
  case $type in
    ext4) mke2fs -q -t ext4 -d "$T/tree" "$T/volume" ;;
    ntfs) mkntfs -q -F -Q "$T/volume" 2>/dev/null; ntfs-3g "$T/volume" "$T/mnt" ;;
    vfat) mkfs.fat -F 32 "$T/volume" >/dev/null; LC_ALL=C.UTF-8 mcopy -i "$T/volume" -s "$T"/tree/* :: ;;
    exfat) mkfs.exfat "$T/volume" >/dev/null
      loop=$(losetup --find --show "$T/volume")
      mount.exfat-fuse "$loop" "$T/mnt" >/dev/null 2>&1 || { losetup -d "$loop"; continue; } ;;
    xfs) mkfs.xfs -q "$T/volume"; mount -o loop "$T/volume" "$T/mnt" ;;
    btrfs) mkfs.btrfs -q "$T/volume"; mount -o loop "$T/volume" "$T/mnt" ;;
  esac
  if mountpoint -q "$T/mnt"; then
    cp -r "$T/tree/." "$T/mnt/"; sync
    umount "$T/mnt"
    [ $type != exfat ] || losetup -d "$loop"
    while [ $type = ntfs ] && fuser -s "$T/volume" 2>/dev/null; do sleep 0.1; done
  fi
  state_of "$T/volume" >"$T/before"
  rm -rf "$T/got"
  "$files" "$T/volume" 0 - $type extract "$T/got" || fail "$type: its files cannot be read"
  rm -rf "$T/got/lost+found"
  diff -r "$T/tree" "$T/got" || fail "$type: files differ"
  state_of "$T/volume" | cmp -s - "$T/before" || fail "$type: the source has changed"
done
