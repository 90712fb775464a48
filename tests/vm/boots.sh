#!/usr/bin/env bash
# boots.sh KIND HOW: a system is cloned onto a target full of noise, and the clone boots and is whole.
#   same      onto a disk of the same size
#   larger    onto a larger one, attached as NVMe
#   image     to an image, and from there onto a disk
#   original  the disk itself, not cloned: what fails here is the test bed
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
kind=$1 how=$2
source=$("$vm/system" "$kind")
size=$(size_of "$source")
before=$(hash_of "$source")
attached=virtio
case $how in
  same)
    poison "$size" "$T/target"
    expect 0 "$disktwin" clone --yes --verify "$source" "$T/target" ;;
  larger)
    attached=nvme
    poison $((size + (517 << 20) + 4096)) "$T/target"
    expect 0 "$disktwin" clone --yes --verify "$source" "$T/target" ;;
  image)
    expect 0 "$disktwin" capture "$source" "$T/image.img.zst"
    expect 0 "$disktwin" verify "$T/image.img.zst"
    poison "$size" "$T/target"
    expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target" ;;
  original) ln -s "$source" "$T/target" ;;
  *) fail "how? $how" ;;
esac
[ "$(hash_of "$source")" = "$before" ] || fail "the source was changed"
"$vm/boot" --if $attached --expect "$source.expect" "$(readlink -f "$T/target")"
