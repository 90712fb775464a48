#!/usr/bin/env bash
# Btrfs, and XFS to larger sizes: the kernel resizes a mounted copy. Every file is there, the source stays as it is, and
# no mount, loop device or name of a device is left, not even when everybody is killed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
[ -e /dev/loop-control ] && [ -e /dev/fuse ] || { echo "no loop devices or no FUSE"; exit 77; }
for type in xfs btrfs; do grep -qw $type /proc/filesystems || { echo "no $type in this kernel"; exit 77; }; done

noise() {  # noise SIZE FILE: random bytes, others each time
  openssl enc -aes-128-ctr -nosalt -pass "pass:$2$RANDOM" -pbkdf2 -in /dev/zero 2>/dev/null | head -c "$1" >"$2" || true
}
# make_gpt FILE SIZE MIB: a disk with an ESP, and a partition of so many MiB
make_gpt() {
  rm -f "$1"
  truncate -s "$2" "$1"
  sfdisk -q "$1" <<<"label: gpt
size=64MiB, type=U, name=esp
size=$3MiB, type=L, name=root"
  truncate -s 64M "$T/esp"
  mkfs.fat -F 32 -i 1234abcd "$T/esp" >/dev/null
  mcopy -i "$T/esp" "$root/README.md" ::/README.MD
  dd if="$T/esp" of="$1" bs=1M seek=1 conv=notrunc status=none
}
put_in() { dd if="$1" of="$2" bs=1M seek=65 conv=notrunc,sparse status=none; }
# changed STEP: mounts $T/volume, runs the step in it, unmounts
changed() {
  mkdir -p "$T/mnt"
  mount -o loop "${@:2}" "$T/volume" "$T/mnt"; undo+=("umount $T/mnt")
  (cd "$T/mnt" && "$1")
  umount "$T/mnt"
}
manifest_of() {  # manifest_of VOLUME OPTIONS: all of every file; the volume may change
  mkdir -p "$T/look"
  mount -o "loop,$2" "$1" "$T/look"; undo+=("umount $T/look")
  (cd "$T/look"
    find . ! -type d -printf '%s %n ' -o -printf '- - ' , -printf '%p %y %m %U:%G %T@ %l\n' | sort -k3
    find . -type f -print0 | sort -z | xargs -0 sha256sum
    getfattr -R -h -d -m - . | sed 's/^# file: //')
  umount "$T/look"
}
# check DISK TYPE: the volumes check clean and hold what those of the source do
check() {
  local number offset size type
  volumes "$1" >"$T/now"
  read -r number offset size type < <(grep '^2 ' "$T/now")
  rm -f "$T/b" "$T/esp"
  cut_out "$1" "$offset" "$size" "$T/b"
  case $type in
    btrfs) btrfs check --readonly "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "btrfs check"; } ;;
    xfs) xfs_repair -n -f "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "xfs_repair"; } ;;
  esac
  [ "$(blkid -p -o export "$T/b" | grep -E '^(UUID|LABEL|TYPE)=')" = "$(cat "$T/identity")" ] || fail "another identity"
  manifest_of "$T/b" "$2" >"$T/after.files"
  diff "$T/before.files" "$T/after.files" >&2 || fail "files differ"
  read -r number offset size type < <(grep '^1 ' "$T/now")
  cut_out "$1" "$offset" "$size" "$T/esp"
  fsck.fat -n "$T/esp" >"$T/check" || { cat "$T/check" >&2; fail "fsck.fat"; }
  mcopy -i "$T/esp" ::/README.MD - | cmp -s - "$root/README.md" || fail "the ESP is not what it was"
  sgdisk -v "$1" | grep -q 'No problems found' || fail "sgdisk finds problems"
}
part() { awk -v n="$2" '$1 == n {print $3}' <(volumes "$1"); }  # part DISK NUMBER: its size
nothing_left() {
  local i
  for ((i = 0; i < 100; i++)); do
    ! losetup -n -O BACK-FILE | grep -q disktwin-volume || { sleep 0.1; continue; }
    ! grep -q disktwin-volume /proc/self/mountinfo || { sleep 0.1; continue; }
    break
  done
  ! losetup -a | grep disktwin-volume >&2 || fail "a loop device is left"
  ! grep disktwin-volume /proc/self/mountinfo >&2 || fail "a mount is left"
  [ ! -e "/sys/fs/btrfs/$uuid" ] || fail "the kernel still has the filesystem"
  ! find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'disktwin-volume.*' -newer "$T/stamp" | grep . >&2 || fail "a folder is left"
}
# same_source: and nothing is left behind
same_source() {
  [ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
  nothing_left
}
touch "$T/stamp"

# Btrfs: subvolumes, snapshots, compression, files at the very end, and holes where others were.
fill_btrfs() {
  local i
  btrfs -q subvolume create @ >/dev/null; btrfs -q subvolume create @home >/dev/null
  for ((i = 0; i < 30; i++)); do noise 24M "@/file$i"; done
  btrfs property set @home compression zstd
  seq 1 400000 >@home/numbers
  cp --reflink=always @/file29 @home/again
  setfattr -n user.note -v "kept" @home/numbers
  ln -s ../@/file29 @home/link; ln @home/numbers @home/hard; chown 123:456 @home/numbers; chmod 4711 @home/again
  btrfs -q subvolume snapshot -r @home snapshot >/dev/null
  sync .
  for ((i = 0; i < 24; i++)); do rm "@/file$i"; done
  : >empty; mkdir deep; mknod deep/null c 1 3; mkfifo deep/fifo
  seq 1 30 | while read -r i; do head -c 1500 /dev/urandom >"deep/small$i"; done
}
uuid=6e1c1f44-5d3a-4c7a-9d0e-6ab6f9a1b001
truncate -s 1G "$T/volume"
mkfs.btrfs -q -U $uuid -L "twin" "$T/volume" >"$T/log" 2>&1
changed fill_btrfs
blkid -p -o export "$T/volume" | grep -E '^(UUID|LABEL|TYPE)=' >"$T/identity"
make_gpt "$T/source" 1090M 1024
put_in "$T/volume" "$T/source"
manifest_of "$T/volume" ro >"$T/before.files"
before=$(hash_of "$T/source")
for size in 580M 1600M; do
  poison $size "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  says 'btrfs "twin".* is brought from 1 GiB'
  same_source
  check "$T/target" ro
done
[ "$(part "$T/target" 2)" -gt 1600000000 ] || fail "it did not grow into all the room: $(part "$T/target" 2)"
expect 0 "$disktwin" clone --yes --verify --fit 2=450M "$T/source" "$T/target"
[ "$(part "$T/target" 2)" = $((450 * 1048576)) ] || fail "--fit 2=450M"
check "$T/target" ro
# From an image, too.
expect 0 "$disktwin" capture -q "$T/source" "$T/image.img.zst"
poison 580M "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target"
check "$T/target" ro
rm "$T/image.img.zst"

# Refused, with the target as it was: too small, not root, mounted.
poison 300M "$T/target"
was=$(hash_of "$T/target")
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says 'has room for 299.* needed are .* are missing'
expect 3 "$disktwin" clone --yes --fit 2=200M "$T/source" "$T/target"
says 'cannot be made as small as 200 MiB'
chmod 755 "$T"; chmod 666 "$T/source" "$T/target"
expect 3 setpriv --reuid=65534 --regid=65534 --clear-groups "$disktwin" clone --yes "$T/source" "$T/target"
says 'only root can have the kernel mount a copy of its btrfs'
mkdir -p "$T/mnt"
mount -o loop,ro "$T/volume" "$T/mnt"; undo+=("umount $T/mnt")
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says "a Btrfs with the UUID $uuid is mounted here"
umount "$T/mnt"
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
same_source

# Stopped in the middle, politely and not.
for signal in INT KILL; do
  poison 580M "$T/target"
  "$disktwin" clone --yes -q "$T/source" "$T/target" >"$T/out" 2>"$T/err" </dev/null &
  pid=$!
  for ((i = 0; i < 500; i++)); do
    [ ! -e "/sys/fs/btrfs/$uuid" ] || break
    sleep 0.01
  done
  [ -e "/sys/fs/btrfs/$uuid" ] || fail "it was not seen at work"
  kill -$signal $pid
  ended=0
  wait $pid 2>"$T/log" || ended=$?
  [ $ended != 0 ] || fail "it went on after SIG$signal"
  # An empty folder is all that may be left of one that was killed.
  [ $signal = INT ] || { sleep 1; find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'disktwin-volume.*' -newer "$T/stamp" -exec rmdir {} +; }
  same_source
done
[ "$(btrfs filesystem show 2>/dev/null | grep -c "$uuid")" = 0 ] || fail "the kernel still knows the device"

# XFS becomes larger, and what its log still holds is replayed in the copy.
fill_xfs() {
  for i in 1 2 3; do noise 20M "file$i"; done
  setfattr -n user.note -v "kept" file1; ln file1 hard; ln -s file2 link; chown 123:456 file2
  xfs_io -f -c "pwrite -q 0 64k" -c "pwrite -q 10m 64k" -c "truncate 20m" sparse
  mkdir folder; for i in $(seq 1 500); do echo "$i" >"folder/small$i"; done
  [ -z "${dirty:-}" ] || xfs_io -x -c 'shutdown -f' .
}
uuid=6e1c1f44-5d3a-4c7a-9d0e-6ab6f9a1b002
for dirty in "" yes; do
  rm -f "$T/volume"
  truncate -s 400M "$T/volume"
  mkfs.xfs -q -m uuid=$uuid -L twin "$T/volume"
  changed fill_xfs
  blkid -p -o export "$T/volume" | grep -E '^(UUID|LABEL|TYPE)=' >"$T/identity"
  make_gpt "$T/source" 480M 400
  put_in "$T/volume" "$T/source"
  manifest_of "$T/volume" ro,nouuid >"$T/before.files"
  before=$(hash_of "$T/source")
  poison 1G "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  says 'xfs "twin".* is brought from 400 MiB'
  [ -z "$dirty" ] || says 'its log is replayed in the copy'
  same_source
  check "$T/target" ro,nouuid
  [ "$(part "$T/target" 2)" -gt 1000000000 ] || fail "it did not grow into all the room"
  [ "$(xfs_db -f -r -c 'sb 0' -c 'p dblocks' "$T/b" | tr -dc 0-9)" -gt 240000 ] || fail "the XFS did not"
done
