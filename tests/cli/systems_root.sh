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
roles() { jq -r 'select(.partitions) | .partitions[] | "\(.number) \(.role)"' "$T/out"; }
is() { [ "$("$1")" = "$2" ] || { cat "$T/out" >&2; fail "$1: $("$1")"; }; }
# loops: those over files of this test, or over one that was shown by FUSE and is not any more
loops() { losetup -n -O NAME,BACK-FILE | grep -E "[[:blank:]]($T/|/volume)" || true; }
left() { loops; grep "$T" /proc/self/mountinfo || true; find "$T" -maxdepth 1 -name 'disktwin-volume.*'; }
nothing_left() {
  local i
  for ((i = 0; i < 100; i++)); do
    [ -n "$(left)" ] || return 0
    sleep 0.1
  done
  left >&2; fail "something is left"
}

make_system btrfs-xfs "$T/disk"
state_of "$T/disk" >"$T/before"
expect 0 "$disktwin" show --json "$T/disk"
state_of "$T/disk" | cmp -s - "$T/before" || fail "the source has changed"
nothing_left
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
now "losetup -d $loop"
# Nobody else may do that, and says why; what others say of the volumes still counts.
chmod 755 "$T"
expect 0 setpriv --reuid=65534 --regid=65534 --clear-groups "$disktwin" show --json "$T/disk"
is roles "1 EFI system
2 unknown
3 unknown
4 boot
5 unknown"
says 'only the kernel can read the files of this xfs, for root'
# Out of images, where no file is the volume: by FUSE. Everybody else is told what is missing.
systems_of() { jq -c 'select(.partitions) | .systems, [.partitions[] | [.role, .role_because]]' "$1"; }
expect 0 "$disktwin" show --json "$T/disk"
systems_of "$T/out" >"$T/from_disk"
expect 0 "$disktwin" capture "$T/disk" "$T/image"
expect 0 unshare -m sh -c 'mount --bind /dev/null /dev/fuse && exec "$@"' - "$disktwin" show --json "$T/image"
says 'only the kernel can read the files of this xfs, from a disk or a raw file .or through FUSE: '
is roles "1 EFI system
2 unknown
3 unknown
4 boot
5 unknown"
if [ -w /dev/fuse ]; then
  echo secret >"$T/pass"
  expect 0 "$disktwin" capture --encrypt --passphrase-file "$T/pass" "$T/disk" "$T/encrypted"
  cp --sparse=always "$T/disk" "$T/later"
  poison 4096 "$T/noise"
  dd if="$T/noise" of="$T/later" bs=64K oflag=seek_bytes seek=$((1394688 * 512 + 200000000)) conv=notrunc status=none
  expect 0 "$disktwin" capture --encrypt --passphrase-file "$T/pass" --parent "$T/encrypted" "$T/later" "$T/incremental"
  chmod 644 "$T/image" "$T/encrypted" "$T/incremental" "$T/pass"
  for image in image incremental; do
    expect 0 env TMPDIR="$T" "$disktwin" show --json --passphrase-file "$T/pass" "$T/$image"
    systems_of "$T/out" | diff "$T/from_disk" - >&2 || fail "other systems out of an image"
    nothing_left
    expect 0 setpriv --reuid=65534 --regid=65534 --clear-groups "$disktwin" show --passphrase-file "$T/pass" "$T/$image"
    says 'only the kernel can read the files of this xfs, for root'
  done
  for os in 1 2; do
    poison 1048576000 "$T/target"
    expect 0 "$disktwin" restore --dry-run --system --os $os --passphrase-file "$T/pass" "$T/$image" "$T/target"
    says 'its root is partition '
    expect 0 "$disktwin" restore --yes --verify --system --os $os --passphrase-file "$T/pass" "$T/$image" "$T/target"
    expect 0 "$disktwin" compare --system --os $os --passphrase-file "$T/pass" "$T/$image" "$T/target"
    case $os in 1) wanted='1 2 4 ' ;; 2) wanted='1 3 4 ' ;; esac
    [ "$(volumes "$T/target" | cut -d' ' -f1 | tr '\n' ' ')" = "$wanted" ] || fail "partitions of system $os"
  done
  rm "$T/target" "$T/later" "$T/encrypted" "$T/incremental"
fi
rm "$T/image"

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
nothing_left

# Killed while it is open, by a file of its own or by one that is shown.
killed() {  # killed TYPE WORD...: those come before the volume
  local type=$1 at=$offset bytes=$size pid i
  shift
  [ "$type" = btrfs ] || at=$((493568 * 512)) bytes=$((819200 * 512))
  : >"$T/said"  # of the one before
  TMPDIR=$T "$files" "$@" "$T/disk" $at $bytes "$type" wait >"$T/said" & pid=$!
  undo+=("kill -KILL $pid")
  for ((i = 0; i < 100; i++)); do grep -q open "$T/said" && break; sleep 0.05; done
  grep -q open "$T/said" || fail "$type was not opened"
  [ -n "$(loops)" ] || fail "there was to be a loop device of $type"
  ! grep "$T" /proc/self/mountinfo | grep -v 'fuse.disktwin' || fail "others see the mount of $type"
  kill -KILL $pid; wait $pid 2>/dev/null || true
  unset 'undo[-1]'
  nothing_left
}
for type in btrfs xfs; do
  killed $type
  [ ! -w /dev/fuse ] || killed $type --no-file
done

# Every file that is put into a volume of each kind comes out of it the same.
[ -w /dev/fuse ] || { echo "no /dev/fuse"; exit 0; }
mkdir -p "$T/tree/folder/below" "$T/tree/many"
poison 3000000 "$T/tree/large"; poison 70000 "$T/tree/folder/below/Größe"; : >"$T/tree/empty"
{ echo "this is where it is bad"; cat "$T/tree/folder/below/Größe"; } >"$T/tree/marked"
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
  for how in '' --no-file; do
    rm -rf "$T/got"
    # shellcheck disable=SC2086
    "$files" $how "$T/volume" 0 - $type extract "$T/got" || fail "$type: its files cannot be read $how"
    rm -rf "$T/got/lost+found"
    diff -r "$T/tree" "$T/got" || fail "$type: files differ $how"
  done
  case $type in xfs | btrfs)
    # What is wrong with the medium is said, and not what the kernel makes of it.
    at=$(grep -obUa 'this is where' "$T/volume" | cut -d: -f1)
    ! "$files" --bad "$at" "$T/volume" 0 - $type cat marked >/dev/null 2>"$T/err" || fail "$type: a bad byte was read"
    grep -q 'that byte is bad' "$T/err" || { cat "$T/err" >&2; fail "$type: another reason than the medium's"; }
    "$files" --bad "$at" "$T/volume" 0 - $type cat large | cmp -s - "$T/tree/large" || fail "$type: a good file is not read" ;;
  esac
  state_of "$T/volume" | cmp -s - "$T/before" || fail "$type: the source has changed"
done
nothing_left
