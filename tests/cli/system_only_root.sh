#!/usr/bin/env bash
# One system without the data beside it where only the kernel changes files: roots on XFS and in subvolumes of Btrfs.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
{ [ -e /dev/loop-control ] && [ -w /dev/fuse ]; } || { echo "no loop devices, or no FUSE"; exit 77; }
for type in xfs btrfs; do grep -qw $type /proc/filesystems || { echo "no $type in this kernel"; exit 77; }; done
"$root/tests/fixtures/make-system" btrfs-xfs "$T/source" >/dev/null 2>&1 || fail "make-system btrfs-xfs"
mkdir "$T/mnt"
undo+=("umount '$T/mnt'")
part() { volumes "$1" | awk -v n="$2" '$1 == n {print $2, $3}'; }
take_out() { local at; at=$(part "$1" "$2"); cut_out "$1" "${at% *}" "${at#* }" "$3"; }
put_back() { dd if="$3" of="$1" bs=64K oflag=seek_bytes seek="$(part "$1" "$2" | cut -d' ' -f1)" conv=notrunc status=none; }
# mounted TYPE FILE COMMAND...: with the volume at $T/mnt
mounted() {
  local options
  case $1 in xfs) options=loop,nouuid ;; btrfs) options=loop,subvolid=5 ;; esac
  mount -t "$1" -o $options "$2" "$T/mnt"
  shift 2
  "$@"
  umount "$T/mnt"
}
# tree FILE: all files with what belongs to them; of FILE, which is another, all but content and size
tree() {
  (cd "$T/mnt" && find . -type f ! -path "./$1" ! -name crypttab -exec openssl dgst -r -sha256 {} + | sort -k2
    find . ! -path "./$1" ! -name crypttab ! -type d -printf '%p %m %u %g %T@ %l %s\n' | sort
    stat -c '%n %a %u %g %y %h' "$1"; getfattr -h -d -m - "$1" 2>/dev/null)
}
# same_but_nofail SOURCE TARGET NUMBER TYPE PATH POINTS: the fstab there says nofail for POINTS, an expression, and no more
same_but_nofail() {
  local type=$4 path=$5
  take_out "$1" "$3" "$T/a"
  take_out "$2" "$3" "$T/b"
  with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "$type does not check clean"; }
  mounted "$type" "$T/a" tree "$path" >"$T/was"
  mounted "$type" "$T/a" cp "$T/mnt/$path" "$T/fstab.was"
  mounted "$type" "$T/b" tree "$path" >"$T/is"
  mounted "$type" "$T/b" cp "$T/mnt/$path" "$T/fstab.is"
  diff "$T/was" "$T/is" >&2 || fail "$type: files differ"
  sed -E "s,^(.* ($6) [a-z0-9]+ [a-z]+),\1\,nofail\,x-systemd.device-timeout=5s," "$T/fstab.was" | diff - "$T/fstab.is" >&2 ||
    fail "$type: another fstab than expected"
  [ "$6" = - ] || grep -q nofail "$T/fstab.is" || fail "$type: nofail was to be there"
}
fill_btrfs() {  # a data line, and one by a mapping that is locked there; a fstab that is somebody's
  printf 'UUID=33333333-3333-4333-8333-333333333333 /srv xfs defaults 0 0\n/dev/mapper/archive /archive ext4 defaults 0 2\n' \
    >>"$T/mnt/@/etc/fstab"
  echo 'archive UUID=33333333-3333-4333-8333-333333333333 none luks' >"$T/mnt/@/etc/crypttab"
  own "$T/mnt/@/etc/fstab"
}
own() { chown 12:34 "$1"; chmod 640 "$1"; setfattr -n user.note -v kept "$1"; touch -d '2020-02-02 02:02:02.123456789' "$1"; }

# An XFS whose log waits is copied whole: nothing in it is changed, and the plan says so.
poison 1048576000 "$T/target"
expect 0 "$disktwin" clone --yes --verify --system --os 2 "$T/source" "$T/target"
says 'Red Hat.*: its fstab or crypttab names what is left behind ./home., and cannot be changed on the way: it is copied whole: its log'
expect 0 "$disktwin" compare --system --os 2 "$T/source" "$T/target"

# Closed cleanly, both are adapted.
take_out "$T/source" 3 "$T/xfs"
mounted xfs "$T/xfs" own "$T/mnt/etc/fstab"; put_back "$T/source" 3 "$T/xfs"
take_out "$T/source" 2 "$T/btrfs"
mounted btrfs "$T/btrfs" fill_btrfs; put_back "$T/source" 2 "$T/btrfs"
before=$(hash_of "$T/source")
adapted() {  # adapted SOURCE TARGET NUMBER: what stands in the target
  case $3 in
    3) same_but_nofail "$1" "$2" 3 xfs etc/fstab /home ;;
    2) same_but_nofail "$1" "$2" 2 btrfs "${4:-@}/etc/fstab" '/srv|/archive' ;;
  esac
}
for size in 1048576000 1400000512; do
  for os in 1 2; do
    poison $size "$T/target"
    expect 0 "$disktwin" clone --dry-run --system --os $os "$T/source" "$T/target"
    [ $os = 2 ] || says 'partition 2 .btrfs.: /@/etc/fstab is changed in the copy: nofail is added for /srv, /archive'
    [ $os = 1 ] || says 'partition 3 .xfs.: /etc/fstab is changed in the copy: nofail is added for /home'
    expect 0 "$disktwin" clone --yes --verify --system --os $os "$T/source" "$T/target"
    [ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
    expect 0 "$disktwin" compare --system --os $os "$T/source" "$T/target"
    says 'files of [12] volumes? that'
    # What was changed on purpose is no difference, but anything else there is.
    expect 5 "$disktwin" compare --partitions $((os + 1)) "$T/source" "$T/target"
    adapted "$T/source" "$T/target" $((os + 1))
  done
done

# Somebody else's change in the copy is a difference.
take_out "$T/target" 3 "$T/b"
mounted xfs "$T/b" sed -i 's/,nofail//' "$T/mnt/etc/fstab"
put_back "$T/target" 3 "$T/b"
expect 5 "$disktwin" compare --system --os 2 "$T/source" "$T/target"
says 'etc/fstab'

# Out of an image, and with new identifiers: both edits in one file.
expect 0 "$disktwin" capture "$T/source" "$T/image"
poison 1048576000 "$T/target"
expect 0 "$disktwin" restore --yes --verify --system --os 1 "$T/image" "$T/target"
expect 0 "$disktwin" compare --system --os 1 "$T/image" "$T/target"
adapted "$T/source" "$T/target" 2
rm "$T/image"
poison 1048576000 "$T/target"
expect 0 "$disktwin" clone --yes --verify --new-ids --system --os 1 "$T/source" "$T/target"
says '/@/etc/fstab is changed in the copy: nofail is added for /srv, /archive, and the new identifiers are put in'
take_out "$T/target" 2 "$T/b"
with_fixture btrfs check_volume "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "btrfs does not check clean"; }
mounted btrfs "$T/b" cp "$T/mnt/@/etc/fstab" "$T/mnt/@/etc/crypttab" "$T"
grep -q '^UUID=33333333-.* /srv xfs defaults,nofail' "$T/fstab" || fail "what is left behind has no new identifier"
! grep -q '^UUID=11111111' "$T/fstab" || fail "the old identifier is in the fstab"
grep -q 'luks,nofail' "$T/crypttab" || fail "the crypttab has no nofail"

# What fsync has put into the log does not show before that is replayed: nothing older is written over it.
cp "$T/btrfs" "$T/logged"
mount -o loop,subvolid=5,commit=300 "$T/logged" "$T/mnt"
echo '# later' >>"$T/mnt/@/etc/fstab"; xfs_io -c fsync "$T/mnt/@/etc/fstab"
cp "$T/logged" "$T/b"
umount "$T/mnt"
put_back "$T/source" 2 "$T/b"
expect 0 "$disktwin" clone --dry-run --system --os 1 "$T/source" "$T/target"
says 'Ubuntu.* names what is left behind .archive, /srv, /archive., and cannot be changed on the way: /@/etc/fstab is not the file that was read'

# The subvolume that is mounted when none is named, deep in others.
deep() {
  btrfs -q subvolume create "$T/mnt/@/.snapshots" >/dev/null
  mkdir "$T/mnt/@/.snapshots/1"
  btrfs -q subvolume snapshot "$T/mnt/@" "$T/mnt/@/.snapshots/1/snapshot" >/dev/null
  sed -i 's/24.04 LTS/24.10/' "$T/mnt/@/.snapshots/1/snapshot/usr/lib/os-release"
  btrfs subvolume set-default "$T/mnt/@/.snapshots/1/snapshot"
}
mounted btrfs "$T/btrfs" deep; put_back "$T/source" 2 "$T/btrfs"
expect 0 "$disktwin" clone --yes --verify --system --os 1 "$T/source" "$T/target"
says 'Ubuntu 24.10 is copied'
says '/@/.snapshots/1/snapshot/etc/fstab is changed in the copy: nofail is added for /srv'
expect 0 "$disktwin" compare --system --os 1 "$T/source" "$T/target"
adapted "$T/source" "$T/target" 2 @/.snapshots/1/snapshot
