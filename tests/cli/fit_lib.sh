# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by the scripts that resize what the kernel mounts: disks with an ESP and one volume, whose files are compared.
# They set `uuid`, and write before.files, identity and before for check() and same_source().
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_root
if [ ! -e /dev/loop-control ] || [ ! -e /dev/fuse ]; then echo "no loop devices or no FUSE"; exit 77; fi
need_kernel() { for type; do grep -qw "$type" /proc/filesystems || { echo "no $type in this kernel"; exit 77; }; done; }

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
    find . -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256
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
# to_the_least MIB OPTIONS: so small is refused, what is said to be needed is enough
to_the_least() {
  local least
  poison 1G "$T/target"
  expect 3 "$disktwin" clone --yes --fit "2=$1M" "$T/source" "$T/target"
  says "cannot be made as small as $1 MiB: it needs"
  least=$(($(sed -nE 's/.*it needs .*\(([0-9,]+) bytes\).*/\1/p' "$T/err" | tr -d ,) / 1048576))
  expect 0 "$disktwin" clone --yes --verify --fit "2=${least}M" "$T/source" "$T/target"
  [ "$(part "$T/target" 2)" = $((least * 1048576)) ] || fail "--fit 2=${least}M"
  same_source
  check "$T/target" "$2"
}
part() { awk -v n="$2" '$1 == n {print $3}' <(volumes "$1"); }  # part DISK NUMBER: its size
at_work() {
  losetup -n -O BACK-FILE | grep -q "$T/tmp" || grep -q "$T/tmp" /proc/self/mountinfo || [ -n "$(ls -A "$T/tmp")" ]
}
# interrupted SIGNAL SIZE TEST: a clone onto so much, hit by the signal as soon as the test holds; nothing may be left
interrupted() {
  local i pid ended=0
  poison "$2" "$T/target"
  "$disktwin" clone --yes -q "$T/source" "$T/target" >"$T/out" 2>"$T/err" </dev/null &
  pid=$!
  for ((i = 0; i < 2000; i++)); do
    ! "$3" || break
    sleep 0.01
  done
  "$3" || fail "it was not seen at work"
  kill -"$1" $pid
  wait $pid 2>"$T/log" || ended=$?
  [ $ended != 0 ] || fail "it went on after SIG$1"
  same_source
}
nothing_left() {
  local i
  for ((i = 0; i < 100; i++)); do
    at_work || break
    sleep 0.1
  done
  ! losetup -a | grep "$T/tmp" >&2 || fail "a loop device is left"
  ! grep "$T/tmp" /proc/self/mountinfo >&2 || fail "a mount is left"
  [ ! -e "/sys/fs/btrfs/$uuid" ] || fail "the kernel still has the filesystem"
  ! find "$T/tmp" -mindepth 1 | grep . >&2 || fail "a file is left"
}
# same_source: and nothing is left behind
same_source() {
  [ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
  nothing_left
}
# A place for what is temporary that nobody else has.
export TMPDIR=$T/tmp
mkdir "$T/tmp"
