#!/usr/bin/env bash
# The verb boot, with what starts in seconds: disks without a loader, a boot sector of our own, and all that may go wrong
# around the machine. Whole systems are in tests/vm.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v qemu-system-x86_64 >/dev/null || { echo "needs qemu-system-x86"; exit 77; }
[ -w /dev/fuse ] || { echo "needs /dev/fuse"; exit 77; }
# What is temporary is looked for afterwards.
mkdir "$T/tmp"
export TMPDIR=$T/tmp
# expect_boot CODE WORDS...
expect_boot() { local code=$1; shift; expect "$code" "$disktwin" boot --accel tcg "$@"; }
nothing_left() {
  [ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
  ! grep -q "$TMPDIR" /proc/mounts || fail "a mount was left"
}

# sector TEXT FILE [HEX]: a disk of 1 MiB whose boot sector prints the text and then does what the machine code says
# (by default it halts).
sector() {
  {
    printf '\xfa\x31\xc0\x8e\xd8'           # cli; xor ax,ax; mov ds,ax
    printf '\xbe\x40\x7c'                   # mov si,text
    printf '\xac\x08\xc0\x74\x09'           # next: lodsb; or al,al; jz end
    printf '\xb4\x0e\xbb\x07\x00\xcd\x10'   # mov ah,0eh; mov bx,7; int 10h
    printf '\xeb\xf2'                       # jmp next
    # shellcheck disable=SC2059
    printf "${3:-\\xf4\\xeb\\xfd}"          # end: hlt; jmp end
  } >"$T/code"
  truncate -s 64 "$T/code"
  printf '%b\0' "$1" >>"$T/code"
  truncate -s 510 "$T/code"
  printf '\x55\xaa' >>"$T/code"
  cp "$T/code" "$2"
  truncate -s 1M "$2"
}

# ---- It comes up: the text is read off a screen in text mode. The source is as it was, and its time.
sector '\r\nTiny 1.0 tty1\r\n\r\ntiny login: ' "$T/tiny"
before=$(hash_of "$T/tiny") time=$(stat -c %y "$T/tiny")
expect_boot 0 --screenshot "$T/screen.png" "$T/tiny"
says 'Nothing is written to it'
says 'network +none'
says 'BIOS: sector 0 has boot code'
says "It came up.*a login prompt: 'tiny login:'"
[ "$(head -c 4 "$T/screen.png" | od -An -tx1 | tr -d ' ')" = 89504e47 ] || fail "the screenshot is no PNG"
nothing_left
expect_boot 0 --json "$T/tiny"
holds machine '.firmware == "bios" and .network == false and .acceleration == "tcg" and .bus == "sata"'
holds verdict '.verdict == "came-up" and (.screen | test("Tiny 1.0"))'
holds 'done' '.exit_code == 0'
nothing_left

# Nothing that exists is overwritten.
expect_boot 3 --screenshot "$T/screen.png" "$T/tiny"
says 'exists already'
ln -s nowhere "$T/link"
expect_boot 3 --screenshot "$T/link" "$T/tiny"

# ---- The same out of images: plain, encrypted, incremental, split.
export_image() { expect 0 "$disktwin" capture --yes --all-sectors "$@"; }
printf 'a passphrase\n' >"$T/key"
export_image "$T/tiny" "$T/plain.img.zst"
cp "$T/tiny" "$T/changed"
sector 'another login: ' "$T/changed"
export_image --parent "$T/plain.img.zst" --encrypt --passphrase-file "$T/key" "$T/changed" "$T/second.img.zst"
hash=$(hash_of "$T/second.img.zst")
expect_boot 0 "$T/plain.img.zst"
says "'tiny login:'"
expect_boot 0 --passphrase-file "$T/key" "$T/second.img.zst"
says "'another login:'"
[ "$(hash_of "$T/second.img.zst")" = "$hash" ] || fail "the image was changed"
nothing_left

# ---- Sectors of 4096 bytes are those of an NVMe disk, which SATA cannot have.
truncate -s 64M "$T/large"
python3 - "$T/large" <<'P'
import struct, sys, zlib, uuid
size, sector = 64 << 20, 4096
last = size // sector - 1
kind = uuid.UUID("0FC63DAF-8483-4772-8E79-3D69D8477DE4").bytes_le
entries = bytearray(16384)
entries[:56] = kind + uuid.uuid4().bytes_le + struct.pack("<QQQ", 256, last - 256, 0)
def header(here, other, at):
    h = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, here, other, 6, last - 5,
                              uuid.uuid4().bytes_le, at, 128, 128, zlib.crc32(entries)))
    h[16:20] = struct.pack("<I", zlib.crc32(h))
    return h
with open(sys.argv[1], "r+b") as disk:
    disk.seek(446); disk.write(struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xEE, b"\xff" * 3, 1, last))
    disk.seek(510); disk.write(b"\x55\xaa")
    first = header(1, last, 2)
    disk.seek(sector); disk.write(first)
    disk.seek(2 * sector); disk.write(entries)
    second = bytearray(first)
    second[24:40] = struct.pack("<QQ", last, 1); second[72:80] = struct.pack("<Q", last - 4); second[16:20] = b"\0" * 4
    second[16:20] = struct.pack("<I", zlib.crc32(second))
    disk.seek((last - 4) * sector); disk.write(entries)
    disk.seek(last * sector); disk.write(second)
P
expect_boot 2 --bus sata "$T/large"
says 'has 4096'

# ---- It does not come up.
truncate -s 16M "$T/empty"
expect_boot 6 "$T/empty"
says 'did not come up: the firmware finds no bootable device'
says 'No bootable device'
expect_boot 6 --json --firmware uefi "$T/large"
holds machine '.sector_size == 4096 and .bus == "nvme" and .firmware == "uefi"'
holds verdict '.verdict == "did-not-come-up"'
holds failed '.exit_code == 6 and .kind == "did-not-come-up"'
sector 'BOOTMGR is missing\r\nPress Ctrl+Alt+Del to restart' "$T/windows"
expect_boot 6 "$T/windows"
says 'BOOTMGR is missing'
# A triple fault: no interrupt table, then an interrupt.
sector 'looping\r\n' "$T/loop" '\x0f\x01\x1e\x3c\x7d\xcc'
expect_boot 6 "$T/loop"
says 'starts over and over again'
nothing_left

# ---- Nobody can tell.
sector 'Something else entirely\r\n' "$T/odd"
expect_boot 7 --timeout 8 "$T/odd"
says 'cannot tell whether it came up.*Something else entirely'
says 'timeout'

# ---- Which firmware, and for which machines.
truncate -s 64M "$T/esp"
printf 'label: gpt\nstart=2048,type=uefi\n' | sfdisk -q "$T/esp"
truncate -s 61M "$T/fat"
mkfs.fat -F 32 "$T/fat" >/dev/null
mmd -i "$T/fat" ::/EFI ::/EFI/BOOT
echo 'no program' | mcopy -i "$T/fat" - ::/EFI/BOOT/BOOTAA64.EFI
dd if="$T/fat" of="$T/esp" bs=1M seek=1 conv=notrunc status=none
expect_boot 3 "$T/esp"
says 'another processor.*BOOTAA64.EFI.*expected x86-64'
# With a loader that is none: said what was found, and that it did not start.
echo 'no program' | mcopy -i "$T/fat" - ::/EFI/BOOT/BOOTX64.EFI
dd if="$T/fat" of="$T/esp" bs=1M seek=1 conv=notrunc status=none
expect_boot 6 "$T/esp"
says 'UEFI: partition 1 has EFI/BOOT/BOOTX64.EFI'
says 'no bootable device'

# ---- Words that make no sense.
expect_boot 2 --firmware coreboot "$T/tiny"
expect_boot 2 --memory 1K "$T/tiny"
expect_boot 2 --timeout never "$T/tiny"
expect_boot 2 "$T/tiny" "$T/empty"
expect 1 "$disktwin" boot "$T/no-such-disk"

# ---- Without QEMU the packages are named; with one that fails, its words are heard.
mkdir "$T/bin"
for program in fusermount3 sh sleep; do ln -s "$(command -v $program)" "$T/bin/$program"; done
if [ ! -x /usr/sbin/qemu-system-x86_64 ] && [ ! -x /usr/local/bin/qemu-system-x86_64 ] &&
  [ "$(command -v qemu-system-x86_64)" != /usr/bin/qemu-system-x86_64 ]; then
  expect 1 env PATH="$T/bin" "$disktwin" boot "$T/tiny"
  says 'qemu-system-x86 and ovmf'
fi
printf '#!/bin/sh\necho "qemu: it will not do" >&2\nexit 1\n' >"$T/bin/qemu-system-x86_64"
chmod +x "$T/bin/qemu-system-x86_64"
expect 1 env PATH="$T/bin:$PATH" "$disktwin" boot --accel tcg "$T/tiny"
says 'QEMU: ended and says: qemu: it will not do'
# KVM that hangs is given up, and the machine translates.
printf '#!/bin/sh\ncase "$*" in *-accel?kvm*) exec sleep 100 ;; esac\nexec %s "$@"\n' \
  "$(command -v qemu-system-x86_64)" >"$T/bin/qemu-system-x86_64"
if [ -e /dev/kvm ]; then
  expect 0 env PATH="$T/bin:$PATH" "$disktwin" boot --json "$T/tiny"
  holds machine '.acceleration == "tcg" and (.acceleration_because | test("did not run"))'
fi
nothing_left

# ---- Ctrl-C, at any time, and a killed process: nothing stays.
children() { pgrep -f "file=$TMPDIR" || true; }
for signal in INT TERM KILL; do
  "$disktwin" boot --accel tcg "$T/odd" >"$T/out" 2>"$T/err" </dev/null & pid=$!
  for _ in $(seq 100); do [ -z "$(children)" ] || break; sleep 0.1; done
  [ -n "$(children)" ] || fail "no machine was started"
  sleep 1
  kill -$signal $pid
  got=0; wait $pid || got=$?
  [ $signal = KILL ] || [ $got = 130 ] || { cat "$T/err" >&2; fail "$signal: exit $got"; }
  for _ in $(seq 50); do [ -n "$(children)" ] || break; sleep 0.1; done
  [ -z "$(children)" ] || fail "$signal: the machine lives on"
  for _ in $(seq 50); do [ -n "$(ls -A "$TMPDIR")" ] || break; sleep 0.1; done
  nothing_left
done

[ "$(hash_of "$T/tiny") $(stat -c %y "$T/tiny")" = "$before $time" ] || fail "the source was changed"

# ---- A disk in use, and a full temporary folder.
[ "$(id -u)" -eq 0 ] || exit 0
device=$(losetup --show -f "$T/tiny"); undo+=("losetup -d $device")
expect_boot 0 "$device"
mke2fs -q -F -t ext4 "$T/mounted" 16M
mkdir "$T/point"
mount -o loop "$T/mounted" "$T/point"; undo+=("umount $T/point")
expect_boot 3 "$T/mounted"
says 'mounted at .* for writing.*umount'
umount "$T/point"

# A boot sector that writes to the whole disk (int 13h, function 43h): that ends the machine when there is no more room.
{
  printf '\xfb\x31\xc0\x8e\xd8\xbe\x40\x7c'         # sti; xor ax,ax; mov ds,ax; mov si,packet
  printf '\xb8\x00\x43\xcd\x13'                     # next: mov ax,4300h; int 13h
  printf '\x81\x06\x48\x7c\x7f\x00\x83\x16\x4a\x7c\x00' # add dword [place],127
  printf '\xeb\xee'                                 # jmp next
} >"$T/code"
truncate -s 64 "$T/code"
printf '\x10\0\x7f\0\0\0\0\x10\0\x08\0\0\0\0\0\0' >>"$T/code"
truncate -s 510 "$T/code"
printf '\x55\xaa' >>"$T/code"
cp "$T/code" "$T/writer"
truncate -s 1G "$T/writer"
hash=$(hash_of "$T/writer")
mkdir "$T/tiny-folder"
mount -t tmpfs -o size=8m tmpfs "$T/tiny-folder"; undo+=("umount $T/tiny-folder")
TMPDIR=$T/tiny-folder expect_boot 1 --timeout 60 "$T/writer"
says 'No space left|full'
[ -z "$(ls -A "$T/tiny-folder")" ] || fail "left in the full folder"
[ "$(hash_of "$T/writer")" = "$hash" ] || fail "the disk was written to"
