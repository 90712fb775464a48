#!/usr/bin/env bash
# Whether a copy would start: what a dry run says of it, and the loader that is put in place where only an entry in the
# firmware's memory led to it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export MTOOLS_SKIP_CHECK=1
"$root/tests/fixtures/make-system" debian "$T/disk" >/dev/null 2>&1 || fail "make-system"
esp=$T/disk@@1048576
expect 0 "$disktwin" clone --dry-run "$T/disk" "$T/new"
says 'BIOS: no; sector 0 holds no boot code'
says 'UEFI: no; no loader that is known on partition 1'
says 'No firmware would find anything'

# As Debian installs it: all in a vendor's folder, and nothing where firmware looks by itself.
mdeltree -i "$esp" ::/EFI/BOOT
for name in shim grub mm; do
  poison $((100000 + ${#name} * 7777)) "$T/$name"
  mcopy -i "$esp" "$T/$name" "::/EFI/debian/${name}x64.efi"
done
boot=22222222-2222-4222-8222-222222222222
printf 'search.fs_uuid %s root\nset prefix=($root)/grub\n' $boot >"$T/cfg"
mcopy -i "$esp" "$T/cfg" ::/EFI/debian/grub.cfg
before=$(hash_of "$T/disk")
expect 0 "$disktwin" clone --dry-run "$T/disk" "$T/new"
says '/EFI/BOOT/BOOTX64.EFI is missing, and made from EFI/debian/shimx64.efi in the copy'
says 'UEFI: EFI/BOOT/BOOTX64.EFI .made from EFI/debian/shimx64.efi. on partition 1'
says 'GRUB goes on from partition 2'
says 'Debian.*: its root is partition 3'
says 'Nothing was found that would stop it'
expect 0 "$disktwin" clone --json --dry-run "$T/disk" "$T/new"
holds bootability '(.problems | length) == 0 and (.firmware[] | select(.firmware=="UEFI") | .starts)'
holds plan '[.regions[].edits[].path] == ["/EFI/BOOT/BOOTX64.EFI", "/EFI/BOOT/grubx64.efi", "/EFI/BOOT/mmx64.efi"]'

check() {  # check DISK: the loaders are there, the rest of the ESP is as it was
  cut_out "$1" 1048576 41943040 "$T/esp"
  fsck.fat -n "$T/esp" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "the ESP does not check clean"; }
  rm -rf "$T/files"; mkdir "$T/files"
  mcopy -i "$T/esp" -s ::/EFI "$T/files"
  cmp "$T/shim" "$T/files/EFI/BOOT/BOOTX64.EFI" && cmp "$T/grub" "$T/files/EFI/BOOT/grubx64.efi" &&
    cmp "$T/mm" "$T/files/EFI/BOOT/mmx64.efi" || fail "the loaders are not what they should be"
  cmp "$T/shim" "$T/files/EFI/debian/shimx64.efi" && cmp "$T/cfg" "$T/files/EFI/debian/grub.cfg" ||
    fail "other files were changed"
  [ "$(find "$T/files" -type f | wc -l)" = 8 ] || fail "other files: $(find "$T/files" -type f)"
  expect 0 "$disktwin" compare "$T/disk" "$1"
  says 'files of [1-9] volumes? that'
}
poison $(($(size_of "$T/disk"))) "$T/target"
expect 0 "$disktwin" clone --yes --verify "$T/disk" "$T/target"
check "$T/target"
poison $((300 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify --system "$T/disk" "$T/target"
cut_out "$T/target" 1048576 41943040 "$T/esp"
mdir -i "$T/esp" -b ::/EFI/BOOT/BOOTX64.EFI >/dev/null || fail "no loader with --system"
expect 0 "$disktwin" compare --system "$T/disk" "$T/target"
expect 0 "$disktwin" capture "$T/disk" "$T/image.img.zst"
expect 0 "$disktwin" compare "$T/disk" "$T/image.img.zst"
poison $(($(size_of "$T/disk"))) "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target"
check "$T/target"
# Another content there is a difference.
where=$(grep -obUaP "$(head -c 16 "$T/shim" | xxd -p | sed 's/../\\x&/g')" "$T/target" | tail -1 | cut -d: -f1)
flip "$T/target" $((where + 20))
expect 5 "$disktwin" compare "$T/disk" "$T/target"
[ "$(hash_of "$T/disk")" = "$before" ] || fail "the source was changed"
# As it stands means as it stands.
expect 0 "$disktwin" clone --yes --all-sectors "$T/disk" "$T/plain"
expect 0 "$disktwin" compare --all-sectors "$T/disk" "$T/plain"

# What would stop it is said: what is left behind, and what is not there at all.
expect 0 "$disktwin" clone --dry-run --partitions 1,3 "$T/disk" "$T/new"
says 'GRUB goes on from partition 2, which is left behind'
says 'Debian.*: partition 2 is left behind .boot'
cp --sparse=always "$T/disk" "$T/odd"
printf 'search.fs_uuid 99999999-9999-4999-8999-999999999999 root\n' >"$T/cfg"
mcopy -D o -i "$T/odd@@1048576" "$T/cfg" ::/EFI/debian/grub.cfg
expect 0 "$disktwin" clone --dry-run "$T/odd" "$T/new"
says 'GRUB looks for the filesystem 99999999-9999-4999-8999-999999999999, which is not on this disk'
# No room for a loader: said, and cloned all the same.
poison 45000000 "$T/big"
mcopy -i "$T/odd@@1048576" "$T/big" ::/big >/dev/null 2>&1 || true
free=$(mdir -i "$T/odd@@1048576" :: | awk '/bytes free/ {gsub(/[^0-9]/, ""); print}')
[ "$free" -lt 300000 ] || { head -c $((free - 65536)) "$T/big" >"$T/part"; mcopy -i "$T/odd@@1048576" "$T/part" ::/part; }
expect 0 "$disktwin" clone --yes "$T/odd" "$T/new"
says 'BOOTX64.EFI is missing, and cannot be made in the copy: it takes .* are free'
expect 0 "$disktwin" compare "$T/odd" "$T/new"

# BIOS: GRUB in sector 0 and what it loads, or boot code that wants an active partition.
"$root/tests/fixtures/make-system" mbr-linux "$T/mbr" >/dev/null 2>&1 || fail "make-system"
{ head -c 92 /dev/zero | tr '\0' '\220'; printf '\1\0\0\0\0\0\0\0'; printf 'GRUB'; } |
  dd of="$T/mbr" conv=notrunc status=none
printf core | dd of="$T/mbr" bs=512 seek=1 conv=notrunc status=none
expect 0 "$disktwin" clone --dry-run "$T/mbr" "$T/new2"
says 'BIOS: GRUB in sector 0, its core before the first partition'
says 'fstab names /dev/sda[0-9]* for .* by number'
printf '\377\377\377\0' | dd of="$T/mbr" bs=1 seek=92 conv=notrunc status=none
expect 0 "$disktwin" clone --dry-run "$T/mbr" "$T/new2"
says 'looks for its core where the copy has nothing'
printf 'Missing operating system' | dd of="$T/mbr" bs=1 seek=96 conv=notrunc status=none
expect 0 "$disktwin" clone --dry-run "$T/mbr" "$T/new2"
says 'BIOS: boot code in sector 0, and partition 1, which is active'
