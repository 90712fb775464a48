#!/usr/bin/env bash
# A system as installers make it, in a virtual machine with device-mapper: a volume group inside LUKS. While it is open,
# only what the filesystems in there use is copied, in ciphertext.
# shellcheck source=tests/vm/testlib.sh disable=SC2154
. "$(dirname "$0")/testlib.sh"
if [ -z "${GUEST:-}" ]; then
  poison $((640 << 20)) "$T/source"
  poison $((640 << 20)) "$T/target"
  mkdir "$T/notes"
  guest() { "$vm/guest" --share "$T/notes" --env notes="$T/notes" "$@"; }
  guest --disk "$T/source" --disk "$T/target" --env part=clone -- "$0"
  guest --disk "$T/target" --env part=check -- "$0"
  exit
fi
mkdir -p "$T/mnt"

if [ "$part" = clone ]; then
  source=$DISK0 target=$DISK1
  sfdisk -q --wipe always "$source" <<<$'label: gpt\nsize=32M\nsize=560M' >/dev/null
  udevadm settle
  mke2fs -q -t ext4 "${source}1"
  cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "${source}2" <(key)
  cryptsetup open --key-file <(key) "${source}2" secret
  pvcreate -q /dev/mapper/secret
  vgcreate -q group /dev/mapper/secret
  lvcreate -q -y -n root -L 320M group
  lvcreate -q -y -n swap -L 128M group
  mke2fs -q -t ext4 -L root /dev/group/root
  mkswap -q /dev/group/swap
  mount /dev/group/root "$T/mnt"
  "$vm/in-system/make-files" "$T/mnt/files" 16
  files_of "$T/mnt" >"$notes/files"
  expect 3 "$disktwin" clone --yes "$source" "$target"
  says "mounted at $T/mnt"
  umount "$T/mnt"

  expect 0 "$disktwin" show "$source"
  says 'secret: LVM2_member'
  says 'group/root: ext4'
  expect 0 "$disktwin" clone --json --dry-run "$source" "$target"
  bytes=$(jq -r 'select(.event == "plan") | .regions[] | select(.partition == 2) | .bytes' "$T/out")
  [ "$bytes" -lt $((96 << 20)) ] || fail "$bytes bytes are copied of an open volume"
  holds warning '.text | test("open as secret.*shows how much is in use")'
  expect 0 "$disktwin" clone --json --yes --verify "$source" "$target"
  holds done ".verified and .bytes_copied < $((128 << 20))"
  vgchange -q -an group >/dev/null
  cryptsetup close secret
  echo "$bytes of $((560 << 20)) bytes"
  exit
fi

cryptsetup open --key-file <(key) "${DISK0}2" secret
udevadm settle
vgck group || fail "vgck finds problems"
vgchange -q -ay group >/dev/null
e2fsck -fn /dev/group/root >/dev/null 2>&1 || fail "ext4 does not check clean"
mount -o ro /dev/group/root "$T/mnt"
files_of "$T/mnt" | diff "$notes/files" - >&2 || fail "files differ"
umount "$T/mnt"
swapon /dev/group/swap || fail "swap is not usable"
swapoff /dev/group/swap
vgchange -q -an group >/dev/null
cryptsetup close secret
