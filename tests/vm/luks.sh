#!/usr/bin/env bash
# LUKS in a virtual machine with device-mapper: open, what is in use is copied in ciphertext; locked, all of it.
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
if [ -z "${GUEST:-}" ]; then
  poison $((640 << 20)) "$T/source"
  poison $((700 << 20)) "$T/target"
  poison $((700 << 20)) "$T/restored"
  "$vm/guest" --disk "$T/source" --disk "$T/target" --disk "$T/restored" -- "$0"
  exit
fi
source=$DISK0 target=$DISK1
open() { cryptsetup open --key-file <(key) "$1" "$2"; udevadm settle; }
# region FILTER: something of the partition's place in the plan of the last dry run
region() { jq -r "select(.event == \"plan\") | .regions[] | select(.partition == 2) | $1" "$T/out"; }
sfdisk -q --wipe always "$source" <<<$'label: gpt\nsize=32M\nsize=512M' >/dev/null
udevadm settle
mke2fs -q -t ext4 "${source}1"
mkdir -p "$T/mnt"

for type in luks1 luks2; do
  # The volume was in use before: behind the header there is noise, and everything in it is ciphertext.
  cryptsetup luksFormat --batch-mode --type $type --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "${source}2" <(key)
  open "${source}2" secret
  mke2fs -q -t ext4 -L secret /dev/mapper/secret
  mount /dev/mapper/secret "$T/mnt"
  "$vm/in-system/make-files" "$T/mnt/files" 24
  rm -r "$T/mnt/files/text"  # leaves gaps
  files_of "$T/mnt" >"$T/files"

  # Mounted for writing, its map changes under us.
  expect 3 "$disktwin" clone --yes "$source" "$target"
  says 'mounted at'
  umount "$T/mnt"

  # Open, not mounted or mounted read-only: only what is in use, and what that reveals is said.
  for mounted in no yes; do
    [ $mounted = no ] || mount -o ro /dev/mapper/secret "$T/mnt"
    expect 0 "$disktwin" clone --json --dry-run --fit keep "$source" "$target"
    [ "$(region .how) $(region .length)" = "used $((512 << 20))" ] || fail "$type: the plan has another region"
    open_bytes=$(region .bytes)
    [ "$open_bytes" -lt $((80 << 20)) ] || fail "$type: $open_bytes bytes are copied of an open volume"
    holds warning '.text | test("open as secret.*shows how much is in use")'
    # Either way it is told apart from what is locked.
    expect 0 "$disktwin" show "$source"
    says 'secret: ext4'
    expect 0 "$disktwin" clone --json --yes --verify --fit keep "$source" "$target"
    holds done ".bytes_copied < $((120 << 20)) and .verified"
    [ $mounted = no ] || umount "$T/mnt"
    expect 0 "$disktwin" compare "$source" "$target"
  done
  expect 0 "$disktwin" capture "$source" "$T/disk.img.zst"
  [ "$(size_of "$T/disk.img.zst")" -lt $((120 << 20)) ] || fail "$type: the image holds more than what is in use"
  cryptsetup close secret

  # The copies are opened by the same passphrase, and all is there. Nothing lies in them in plain text.
  expect 0 "$disktwin" restore --yes --verify "$T/disk.img.zst" "$DISK2"
  rm "$T/disk.img.zst"
  for copy in "$target" "$DISK2"; do
    open "${copy}2" copy
    e2fsck -fn /dev/mapper/copy >/dev/null 2>&1 || fail "$type: ext4 in ${copy}2 does not check clean"
    mount -o ro /dev/mapper/copy "$T/mnt"
    files_of "$T/mnt" | diff "$T/files" - >&2 || fail "$type: files in ${copy}2 differ"
    umount "$T/mnt"
    cryptsetup close copy
  done

  # Locked: all of it.
  expect 0 "$disktwin" clone --json --dry-run --fit keep "$source" "$target"
  [ "$(region .bytes)" = $((512 << 20)) ] || fail "$type: not all of a locked volume is copied"
  expect 0 "$disktwin" clone --json --yes --fit keep "$source" "$target"
  holds done ".bytes_copied > $((512 << 20))"
  cmp "${source}2" "${target}2" || fail "$type: not all of a locked volume was copied"
  # And so when it is open, on demand: that keeps secret how much is in use.
  open "${source}2" secret
  expect 0 "$disktwin" clone --json --dry-run --all-sectors "$source" "$target"
  [ "$(region .bytes)" = $((512 << 20)) ] || fail "$type: --all-sectors leaves something out"
  cryptsetup close secret
  echo "$type: $open_bytes of $((512 << 20)) bytes while open"
done
