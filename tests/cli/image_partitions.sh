#!/usr/bin/env bash
# Single partitions: into images and out of them; into a partition that exists, of the same size or larger.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-system "$T/source"
expect 0 "$disktwin" capture "$T/source" "$T/all.img.zst"
expect 0 "$disktwin" capture --partitions 2,4 "$T/source" "$T/some.img.zst"
[ "$(size_of "$T/some.img.zst")" -lt "$(size_of "$T/all.img.zst")" ] || fail "all was saved"
expect 0 "$disktwin" verify "$T/some.img.zst"
poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/some.img.zst" "$T/target"
[ "$(volumes "$T/target" | cut -d' ' -f1 | tr '\n' ' ')" = "2 4 " ] || fail "other partitions"
expect 0 "$disktwin" compare --partitions 2,4 "$T/source" "$T/target"
poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" restore --yes --verify --partitions 2,4 "$T/all.img.zst" "$T/target"
[ "$(volumes "$T/target" | cut -d' ' -f1 | tr '\n' ' ')" = "2 4 " ] || fail "other partitions of all"
"$disktwin" restore -q --yes --partitions 4 - "$T/one" <"$T/all.img.zst" || fail "one from a pipe"
[ "$(volumes "$T/one" | cut -d' ' -f1)" = 4 ] || fail "another partition from a pipe"
expect 2 "$disktwin" restore --yes --partitions 9 "$T/all.img.zst" "$T/target"
expect 2 "$disktwin" restore --yes --partitions 1 "$T/some.img.zst" "$T/target"

need_root
# into NUMBER SIZE TARGET-SIZE: through real partition nodes of a loop device
into() {
  local node
  truncate -s 400M "$T/disk"
  K=$(losetup --find --show "$T/disk") || { echo "no loop device can be had"; exit 77; }
  undo+=("losetup -d $K")
  addpart "$K" 3 2048 $(($2 / 512)) 2>/dev/null && [ -b "${K}p3" ] || { echo "no partition nodes"; exit 77; }
  node=${K}p3
  openssl enc -aes-128-ctr -nosalt -pass pass:poison -pbkdf2 -in /dev/zero 2>/dev/null |
    head -c "$2" | dd of="$node" bs=1M iflag=fullblock status=none || true
  expect "$3" "$disktwin" restore --yes --verify --partitions "$1" "$T/all.img.zst" "$node"
}
drop() { delpart "$K" 3; now "losetup -d $K"; rm "$T/disk"; }
read -r offset size < <(volumes "$T/source" | awk '$1 == 2 {print $2, $3}')
cut_out "$T/source" "$offset" "$size" "$T/root"
for larger in 0 7340032; do
  into 2 $((size + larger)) 0
  blockdev --flushbufs "${K}p3"
  e2fsck -fn "${K}p3" >/dev/null 2>&1 || fail "e2fsck of a partition that is $larger larger"
  expect 0 "$disktwin" compare "$T/root" "${K}p3"
  drop
done
into 2 $((size - 1048576)) 3
drop
