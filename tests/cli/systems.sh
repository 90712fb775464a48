#!/usr/bin/env bash
# Which systems are on a disk and what each partition is for, by real files on real volumes: from the raw file
# without root, from an image of it, and the source is the same byte for byte afterwards.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# state_of FILE: its bytes, and when they were last written
state_of() { cksum <"$1"; stat -c %y "$1"; }
make_system() { "$root/tests/fixtures/make-system" "$@" >/dev/null 2>&1 || fail "make-system $*"; }
# roles FILE: "number role" a line, of $T/out
roles() { jq -r 'select(.event=="disk" or .event=="image") | .partitions[] | "\(.number) \(.role)"' "$T/out"; }
systems() {
  jq -r 'select(.event=="disk" or .event=="image") | .systems[] |
    "\(.number) \(.kind) \(.name) | \(.version) | \(.root) | \([.partitions[].number] | join(" "))"' "$T/out"
}
# is WHAT EXPECTED: what the function prints
is() { [ "$("$1")" = "$2" ] || { cat "$T/out" >&2; fail "$1: $("$1")"; }; }
# why NUMBER TEXT: a reason for the role
why() {
  jq -r 'select(.event=="disk" or .event=="image") | .partitions[] | "\(.number): \(.role_because)"' "$T/out" |
    grep -qE "^$1: .*$2" || { cat "$T/out" >&2; fail "partition $1 does not say: $2"; }
}
nobody=()
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 755 "$T"
fi
# show KIND: from the file as nobody, unless it takes root
show() {
  state_of "$T/$1" >"$T/before"
  expect 0 "${nobody[@]}" "$disktwin" show --json "$T/$1"
  unchanged "$1"
}
unchanged() { state_of "$T/$1" | cmp -s - "$T/before" || fail "$1: the source has changed"; }
# same_from_image KIND: the same systems and roles
same_from_image() {
  (roles; systems) >"$T/from-disk"
  expect 0 "$disktwin" capture "$T/$1" "$T/$1.img.zst"
  expect 0 "$disktwin" show --json "$T/$1.img.zst"
  (roles; systems) | diff "$T/from-disk" - || fail "$1: an image says otherwise"
  unchanged "$1"
}

make_system debian "$T/debian"
show debian
is roles "1 EFI system
2 boot
3 OS
4 data
5 swap
6 data
7 data"
is systems "1 linux Debian GNU/Linux 12 (bookworm) | 12 | 3 | 1 2 3 5"
why 1 'mounted at /boot/efi by Debian GNU/Linux 12 \(bookworm\) on partition 3 \(its fstab\)'
why 1 'holds EFI/debian'
why 2 'mounted at /boot by .*holds kernels'
why 4 'mounted at /home by'
why 6 'mounted at /srv by'
why 7 'no system was found on it'
same_from_image debian
expect 0 "${nobody[@]}" "$disktwin" show "$T/debian"
says '1  Debian GNU/Linux 12 \(bookworm\) +12 +partition 3 +1, 2, 3, 5'
says '4  data +mounted at /home by'
# An encrypted image, and an incremental one with and without its parent.
echo secret >"$T/key"
expect 0 "$disktwin" capture --encrypt --passphrase-file "$T/key" "$T/debian" "$T/locked.img.zst"
expect 0 "$disktwin" show --json --passphrase-file "$T/key" "$T/locked.img.zst"
is systems "1 linux Debian GNU/Linux 12 (bookworm) | 12 | 3 | 1 2 3 5"
expect 0 "$disktwin" capture --parent "$T/debian.img.zst" "$T/debian" "$T/later.img.zst"
expect 0 "$disktwin" show --json "$T/later.img.zst"
is systems "1 linux Debian GNU/Linux 12 (bookworm) | 12 | 3 | 1 2 3 5"
mkdir "$T/elsewhere"; mv "$T/debian.img.zst" "$T/elsewhere/"
expect 0 "$disktwin" show "$T/later.img.zst"
says 'Nobody looked for systems in it'
rm -rf "$T/elsewhere" "$T"/*.img.zst "$T/debian"

make_system two-linux "$T/two-linux"
show two-linux
is roles "1 EFI system
2 OS
3 OS
4 swap
5 data"
is systems "1 linux Debian GNU/Linux 12 (bookworm) | 12 | 2 | 1 2 4
2 linux Fedora Linux 40 (Server Edition) | 40 | 3 | 1 3 4"
why 1 'holds EFI/debian; holds EFI/fedora'
same_from_image two-linux
rm "$T/two-linux" "$T"/*.img.zst

make_system mbr-linux "$T/mbr-linux"
show mbr-linux
is roles "1 boot
5 OS
6 swap
7 data"
is systems "1 linux Alpine Linux v3.19 | 3.19 | 5 | 1 5 6"
why 1 'a weak hint: its fstab says /dev/sda1.*marked active'
why 7 'mounted at /home by Alpine'
same_from_image mbr-linux
rm "$T/mbr-linux" "$T"/*.img.zst

# Its files are put there by a driver in user space, which needs /dev/fuse.
if [ -w /dev/fuse ]; then
  make_system windows "$T/windows"
  show windows
  is roles "1 EFI system
2 reserved
3 OS
4 recovery
5 data"
  is systems "1 windows Windows 10 Pro 22H2 (build 19045) | 10.0.19045 | 3 | 1 2 3 4"
  why 3 'has Windows/System32/config/SYSTEM'
  why 4 'has Recovery/WindowsRE/Winre.wim'
  same_from_image windows
  rm "$T/windows" "$T"/*.img.zst

  make_system windows-bios "$T/windows-bios"
  show windows-bios
  is roles "1 boot
2 OS
3 data"
  is systems "1 windows Windows 7 Professional (build 7601) | 10.0.7601 | 2 | 1 2"
  why 1 'has bootmgr and Boot/BCD; marked active'
  same_from_image windows-bios
  rm "$T/windows-bios" "$T"/*.img.zst

  # Noise in the inode tables of the one, in the MFT of the other: nobody knows, and nothing crashes.
  make_system damaged "$T/damaged"
  show damaged
  is roles "1 unknown
2 unknown
3 data"
  is systems ""
  why 1 'its files cannot be read'
  expect 0 "$disktwin" clone --yes "$T/damaged" "$T/copy"
  rm "$T/copy"
fi

# LUKS that is locked; a crypttab tells what it is for.
make_system debian "$T/luks"
truncate -s 40M "$T/volume"
cryptsetup luksFormat --batch-mode --type luks1 --uuid 66666666-6666-4666-8666-666666666666 --pbkdf-force-iterations 1000 \
  "$T/volume" "$T/key" 2>/dev/null
dd if="$T/volume" of="$T/luks" bs=512 seek=559104 conv=notrunc status=none
show luks
[ "$(roles | sed -n 7p)" = "7 unknown" ] || fail "a locked volume: $(roles)"
why 7 'encrypted, and locked'
# The same, and the fstab is replaced in the volume by a file of its own tools.
cut_out "$T/luks" $((165888 * 512)) $((163840 * 512)) "$T/root"
printf 'secret UUID=66666666-6666-4666-8666-666666666666 none luks\n' >"$T/crypttab"
debugfs -w -R "write $T/crypttab /etc/crypttab" "$T/root" >/dev/null 2>&1
dd if="$T/root" of="$T/luks" bs=512 seek=165888 conv=notrunc status=none
show luks
[ "$(roles | sed -n 7p)" = "7 OS" ] || fail "a volume of the crypttab: $(roles)"
why 7 'unlocked as secret by Debian.*its crypttab'
is systems "1 linux Debian GNU/Linux 12 (bookworm) | 12 | 3 | 1 2 3 5 7"
rm "$T/luks" "$T/root" "$T/volume"

# list reads no files, unless it is asked for systems.
if [ "$(id -u)" -eq 0 ]; then
  expect 0 "$disktwin" list --json
  holds disks '.disks | all(has("systems") | not)'
  make_disk gpt-system "$T/with"
  truncate -s 16M "$T/without"
  mke2fs -q -t ext4 "$T/without"
  devices=()
  for which in with without; do
    devices+=("$(losetup --find --show --read-only "$T/$which")")
    undo+=("losetup -d ${devices[-1]}")
  done
  expect 0 "$disktwin" list --systems --json
  holds disks ".disks[] | select(.path == \"${devices[0]}\") | .systems | length == 1"
  holds disks ".disks[] | select(.path == \"${devices[1]}\") | .systems == []"
  expect 0 "$disktwin" list --systems
  grep -A12 "^${devices[0]}" "$T/out" | grep -q '^  system 1: .* on partition ' || fail "no system named: $(cat "$T/out")"
  grep -A12 "^${devices[1]}" "$T/out" | grep -q '^  no operating system was found on it$' || fail "$(cat "$T/out")"
fi
