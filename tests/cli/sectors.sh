#!/usr/bin/env bash
# Between disks with sectors of 512 and of 4096 bytes: what counts in blocks of its own goes over, the rest is refused by
# name. A raw file has the sectors that its table counts in.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# large SIZE: a target of that many bytes with sectors of 4096, full of noise
large() {
  [ -e "$T/other" ] || make_disk gpt-4096 "$T/other"
  poison "$1" "$T/target"
  dd if="$T/other" of="$T/target" bs=4096 count=6 conv=notrunc status=none
}
check() {  # check SOURCE TARGET NUMBER...
  local number offset size type from length
  for number in "${@:3}"; do
    read -r from length type < <(volumes "$1" | awk -v n="$number" '$1 == n {print $2, $3, $4}')
    read -r offset size < <(volumes "$2" | awk -v n="$number" '$1 == n {print $2, $3}')
    cut_out "$1" "$from" "$length" "$T/a"
    cut_out "$2" "$offset" "$size" "$T/b"
    with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 ||
      { cat "$T/check" >&2; fail "partition $number ($type) does not check clean"; }
    [ "$type" != ext4 ] || diff <(with_fixture ext4 manifest "$T/a") <(with_fixture ext4 manifest "$T/b") >&2 ||
      fail "partition $number: files differ"
    [ "$(blkid -p -o value -s UUID "$T/a")" = "$(blkid -p -o value -s UUID "$T/b")" ] || fail "partition $number: UUID"
  done
}
truncate -s 300M "$T/source"
sfdisk -q "$T/source" <<'TABLE'
label: gpt
start=2048,   size=204800, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="root"
start=206848, size=262144, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="btrfs"
start=468992, size=65536,  type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F, name="swap"
TABLE
mkdir "$T/tree"
for i in 1 2 3 4 5; do poison $((i * 777777)) "$T/tree/file-$i"; done
mke2fs -q -t ext4 -b 4096 -L root -d "$T/tree" "$T/ext4" 100M >/dev/null 2>&1
truncate -s 128M "$T/btrfs"
mkfs.btrfs -q -L data --rootdir "$T/tree" "$T/btrfs" >/dev/null 2>&1
truncate -s 32M "$T/swap"
mkswap -q -L swap "$T/swap" 2>/dev/null
at=2048
for volume in ext4 btrfs swap; do
  dd if="$T/$volume" of="$T/source" bs=512 seek=$at conv=notrunc,sparse status=none
  at=$((at + $(size_of "$T/$volume") / 512))
done
before=$(hash_of "$T/source")
for fit in keep auto; do
  large 419430400
  expect 0 "$disktwin" clone --yes --verify --fit $fit "$T/source" "$T/target"
  says 'the table is converted'
  "$disktwin" show --json "$T/target" >"$T/out"
  holds disk '.table_sector_size == 4096 and (.findings | length) == 0 and (.partitions | length) == 3'
  check "$T/source" "$T/target" 1 2 3
  [ "$(id -u)" != 0 ] && [ $fit = auto ] || expect 0 "$disktwin" compare "$T/source" "$T/target"
done
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
# Smaller and converted at once, and back onto sectors of 512.
large 272629760
expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
says 'is brought from'
check "$T/source" "$T/target" 1 2 3
cp --sparse=always "$T/target" "$T/back-source"
poison 314572800 "$T/back"
printf 'label: gpt\nstart=2048,size=2048\n' | sfdisk -q "$T/back"
expect 0 "$disktwin" clone --yes --verify "$T/back-source" "$T/back"
"$disktwin" show --json "$T/back" >"$T/out"
holds disk '.table_sector_size == 512 and (.findings | length) == 0'
check "$T/source" "$T/back" 1 2 3

# What counts in sectors is named; nothing is written.
make_disk gpt-system "$T/system"
large 419430400
was=$(hash_of "$T/target")
expect 3 "$disktwin" clone --yes "$T/system" "$T/target"
says 'of partition 1 .vfat "ESP".: vfat counts in the sectors of its disk; of partition 2 .ext4 "root".: its blocks have 1024 bytes; of partition 3 .ntfs'
expect 3 "$disktwin" clone --yes --all-sectors "$T/source" "$T/target"
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
expect 0 "$disktwin" clone --yes --verify --partitions 4 "$T/system" "$T/target"
