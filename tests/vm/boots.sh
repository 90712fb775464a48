#!/usr/bin/env bash
# boots.sh KIND HOW: a system is cloned onto a target full of noise, and the clone boots and is whole.
#   same      onto a disk of the same size
#   larger    onto a larger one, attached as NVMe
#   smaller   onto a smaller one: filesystems are shrunk on the way
#   system    the system alone, without the data beside it, onto a smaller one
#   image     to an image, and from there onto a disk
#   saved     the system alone to an image, and from there onto a smaller disk
#   loader    with its loader where only an entry in the firmware's memory leads to it
#   new-ids   with identifiers of its own, in one machine with the original
#   original  the disk itself, not cloned: what fails here is the test bed
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
kind=$1 how=$2
source=$("$vm/system" "$kind")
size=$(size_of "$source")
# Swap and free space have to give: what is in use takes about a third of the disk.
small=$((size / 1048576 * 7 / 10 * 1048576))
before=$(hash_of "$source")
cp "$source.expect" "$T/expect"
attached=virtio without=() beside=()
# What is left behind with --system, and what the copy's fstab has to say of it.
if [ "$kind" = uefi-ext4 ]; then
  case $how in system | saved) without=(--without /data) ;; esac
fi
clone() { poison "$1" "$T/target"; expect 0 "$disktwin" clone --yes --verify "${@:2}" "$T/target"; }
case $how in
  same) clone "$size" "$source" ;;
  larger)
    attached=nvme
    clone $((size + (517 << 20) + 4096)) "$source" ;;
  smaller)
    clone "$small" "$source"
    says 'is brought from'
    expect 0 "$disktwin" compare "$source" "$T/target" ;;
  system)
    clone $((small / 10 * 9)) --system "$source"
    says 'is brought from'
    [ ${#without[@]} -eq 0 ] || says 'nofail is added for /data'
    expect 0 "$disktwin" compare --system "$source" "$T/target" ;;
  image)
    expect 0 "$disktwin" capture "$source" "$T/image.img.zst"
    expect 0 "$disktwin" verify "$T/image.img.zst"
    poison "$size" "$T/target"
    expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target" ;;
  saved)
    # What is left behind out of an image of everything is in the copy's fstab; an image of the system alone keeps its own.
    [ ${#without[@]} -eq 0 ] && from=(--system) to=() || from=() to=(--system)
    expect 0 "$disktwin" capture "${from[@]}" "$source" "$T/image.img.zst"
    poison "$small" "$T/target"
    expect 0 "$disktwin" restore --yes --verify "${to[@]}" "$T/image.img.zst" "$T/target"
    says 'is brought from' ;;
  loader)
    cp --sparse=always "$source" "$T/source"
    mren -i "$T/source@@1048576" ::/EFI/BOOT ::/EFI/debian
    mren -i "$T/source@@1048576" ::/EFI/debian/BOOTX64.EFI ::/EFI/debian/grubx64.efi
    clone "$size" "$T/source"
    says 'EFI/BOOT/BOOTX64.EFI is missing, and made from EFI/(debian|DEBIAN)/grubx64.efi'
    sed -i '/ \/boot\/efi \(files\|names\) /d' "$T/expect" ;;
  new-ids)
    clone "$size" --new-ids "$source"
    says '/etc/fstab is changed in the copy: the new identifiers are put in'
    says '/grub/grub.cfg is changed in the copy: the new identifiers are put in'
    expect 0 "$disktwin" compare --new-ids "$source" "$T/target"
    beside=(--beside "$source")
    # Each line of the fstab is in use by the device that it names, which only the copy has.
    sed -i -E '/^manifest (\/etc\/fstab|\/boot) files /d' "$T/expect" ;;
  original) ln -s "$source" "$T/target" ;;
  *) fail "how? $how" ;;
esac
[ "$(hash_of "$source")" = "$before" ] || fail "the source was changed"
"$vm/boot" --if $attached --expect "$T/expect" "${without[@]}" "${beside[@]}" "$(readlink -f "$T/target")"
