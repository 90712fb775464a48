#!/usr/bin/env bash
# comes_up.sh KIND: `disktwin boot` says of a whole system, on a disk and out of an image, that it comes up; and that it
# does not once its loader, its kernel's root or its boot partition is gone. The system of the other tests switches itself
# off, and has no login prompt; here it stays on and is like any other.
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
kind=$1
source=$("$vm/system" "$kind")
export TMPDIR=$T/tmp
mkdir "$TMPDIR"
boot() { expect "$1" "$disktwin" boot --accel tcg --timeout 400 "${@:2}"; grep -h ' came up\|It came up\|did not come' "$T/out" "$T/err" || true; }

# change DISK NUMBER: what debugfs is told on standard input happens in that partition, which is ext4
change() {
  local offset size
  read -r _ offset size _ < <(volumes "$1" | awk -v n="$2" '$1 == n')
  cut_out "$1" "$offset" "$size" "$T/part"
  debugfs -w -f - "$T/part" >/dev/null 2>&1
  dd if="$T/part" of="$1" bs=1M seek="$offset" oflag=seek_bytes conv=notrunc,sparse status=none
  rm "$T/part"
}
# read_file DISK NUMBER PATH
read_file() {
  local offset size
  read -r _ offset size _ < <(volumes "$1" | awk -v n="$2" '$1 == n')
  cut_out "$1" "$offset" "$size" "$T/part"
  debugfs -R "cat $3" "$T/part" 2>/dev/null
  rm "$T/part"
}
case $kind in
  uefi-ext4) root=2 boot=2 grub=/boot/grub ;;
  bios-mbr-logical) root=5 boot=1 grub=/grub ;;
  *) fail "which kind? $kind" ;;
esac
cp --sparse=always "$source" "$T/disk"
[ "$(stat -c %s "$T/disk")" = "$(size_of "$source")" ] || fail "no copy"
change "$T/disk" $root <<'D'
cd /etc/systemd/system/multi-user.target.wants
rm report.service
D

# ---- A console on the serial port only, and nobody who asks for a login: the power button alone tells.
before=$(hash_of "$T/disk")
boot 0 --screenshot "$T/quiet.png" "$T/disk"
says 'It came up.*shut down when its power button was pressed'
[ "$(hash_of "$T/disk")" = "$before" ] || fail "the disk was changed"

# ---- A console on the screen, and a login prompt there; out of an image, which was never restored.
read_file "$T/disk" $boot $grub/grub.cfg | sed 's/console=ttyS0//; s/console serial/console/' >"$T/grub.cfg"
grep -q vmlinuz "$T/grub.cfg" || fail "no grub.cfg"
change "$T/disk" $boot <<D
cd $grub
rm grub.cfg
write $T/grub.cfg grub.cfg
D
change "$T/disk" $root <<'D'
cd /etc/systemd/system
rm getty@tty1.service
D
expect 0 "$disktwin" capture "$T/disk" "$T/image.img.zst"
before=$(hash_of "$T/image.img.zst")
boot 0 --screenshot "$T/login.png" "$T/image.img.zst"
says "It came up.*a login prompt: 'system login:'"
[ "$(hash_of "$T/image.img.zst")" = "$before" ] || fail "the image was changed"

# ---- The kernel's root is another one: the shell of the initramfs, on the screen.
sed 's/root=UUID=[0-9a-f]*/root=UUID=00000000/' "$T/grub.cfg" >"$T/wrong.cfg"
cp --sparse=always "$T/disk" "$T/wrong"
change "$T/wrong" $boot <<D
cd $grub
rm grub.cfg
write $T/wrong.cfg grub.cfg
D
boot 6 --screenshot "$T/initramfs.png" "$T/wrong"
says 'the root filesystem was not found'
rm "$T/wrong"

# ---- GRUB without its files.
cp --sparse=always "$T/disk" "$T/broken"
if [ $boot = $root ]; then
  change "$T/broken" $boot <<D
cd $grub
rm grub.cfg
D
else
  # All of the partition with its files: what is left of GRUB, in the gap, finds nothing.
  read -r _ offset size _ < <(volumes "$T/broken" | awk -v n="$boot" '$1 == n')
  dd if=/dev/zero of="$T/broken" bs=1M seek="$offset" oflag=seek_bytes count=$((size >> 20)) conv=notrunc status=none
fi
boot 6 --screenshot "$T/grub.png" "$T/broken"
says 'GRUB has stopped|GRUB has found no menu'

# ---- A loader that only an entry in the firmware leads to, as Debian installs it; and no loader at all.
if [ "$kind" = uefi-ext4 ]; then
  read -r _ offset size _ < <(volumes "$T/disk" | awk '$1 == 1')
  cut_out "$T/disk" "$offset" "$size" "$T/part"
  mmd -i "$T/part" ::/EFI/debian
  mcopy -i "$T/part" ::/EFI/BOOT/BOOTX64.EFI "$T/loader"
  mcopy -i "$T/part" "$T/loader" ::/EFI/debian/grubx64.efi
  mdeltree -i "$T/part" ::/EFI/BOOT
  dd if="$T/part" of="$T/disk" bs=1M seek="$offset" oflag=seek_bytes conv=notrunc status=none
  boot 0 "$T/disk"
  says 'warning: EFI/debian/grubx64.efi of partition 1 is started only by'
  says "a login prompt: 'system login:'"
  mdeltree -i "$T/part" ::/EFI
  dd if="$T/part" of="$T/disk" bs=1M seek="$offset" oflag=seek_bytes conv=notrunc status=none
else
  dd if=/dev/zero of="$T/disk" bs=440 count=1 conv=notrunc status=none
fi
boot 6 "$T/disk"
says 'the firmware finds no bootable device|nothing but the boot sector was read'
[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
[ -z "${KEEP:-}" ] || cp "$T"/*.png "$KEEP"
