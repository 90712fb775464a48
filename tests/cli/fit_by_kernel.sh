#!/usr/bin/env bash
# Btrfs, and XFS to larger sizes: the kernel resizes a mounted copy. Every file is there, the source stays as it is, and
# no mount, loop device or name of a device is left, not even when everybody is killed.
# shellcheck source=tests/cli/fit_lib.sh
. "$(dirname "$0")/fit_lib.sh"
need_kernel btrfs xfs

# Btrfs: subvolumes, snapshots, compression, files at the very end, and holes where others were.
fill_btrfs() {
  local i
  btrfs -q subvolume create @ >/dev/null; btrfs -q subvolume create @home >/dev/null
  for ((i = 0; i < 90; i++)); do noise 8M "@/file$i"; done
  btrfs property set @home compression zstd
  seq 1 400000 >@home/numbers
  cp --reflink=always @/file89 @home/again
  setfattr -n user.note -v "kept" @home/numbers
  ln -s ../@/file89 @home/link; ln @home/numbers @home/hard; chown 123:456 @home/numbers; chmod 4711 @home/again
  btrfs -q subvolume snapshot -r @home snapshot >/dev/null
  sync .
  for ((i = 0; i < 72; i++)); do rm "@/file$i"; done
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
# To the least that is possible, and not to less.
to_the_least 257 ro
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
is_mounted() { [ -e "/sys/fs/btrfs/$uuid" ]; }
interrupted INT 580M is_mounted
interrupted KILL 580M is_mounted
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
  manifest_of "$T/volume" noatime,nouuid >"$T/before.files"
  before=$(hash_of "$T/source")
  poison 1G "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  says 'xfs "twin".* is brought from 400 MiB'
  [ -z "$dirty" ] || says 'its log is replayed in the copy'
  same_source
  check "$T/target" noatime,nouuid
  [ "$(part "$T/target" 2)" -gt 1000000000 ] || fail "it did not grow into all the room"
  [ "$(xfs_db -f -r -c 'sb 0' -c 'p dblocks' "$T/b" | tr -dc 0-9)" -gt 240000 ] || fail "the XFS did not"
done
