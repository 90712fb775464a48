#!/usr/bin/env bash
# A disk into an image and back, for one kind of disk: the image is a plain .zst of the disk, other
# programs read it, every filesystem in what is restored checks clean, and the source is untouched.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
kind=$1
make_disk "$kind" "$T/source"
before=$(hash_of "$T/source")
size=$(size_of "$T/source")
reader="$root/tests/image/read-image"
volumes "$T/source" >"$T/volumes"
[ -s "$T/volumes" ] || fail "no volumes were found"

# What a clone into a new file gives is what the image has to hold: unused space as zeroes.
expect 0 "$disktwin" clone --yes "$T/source" "$T/clone"
check_restored() {  # check_restored DISK
  local number offset vsize type
  expect 0 "$disktwin" compare "$T/source" "$1"
  while read -r number offset vsize type; do
    cut_out "$T/source" "$offset" "$vsize" "$T/a"
    cut_out "$1" "$offset" "$vsize" "$T/b"
    case $type in
      ext4 | vfat | ntfs | swap | xfs | btrfs | f2fs)
        with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 ||
          { cat "$T/check" >&2; fail "partition $number ($type) does not check clean"; }
        diff <(with_fixture "$type" manifest "$T/a") <(with_fixture "$type" manifest "$T/b") >&2 ||
          fail "partition $number: files differ" ;;
      *) cmp -s "$T/a" "$T/b" || fail "partition $number was not saved whole" ;;
    esac
  done <"$T/volumes"
}

for level in 1 9 19; do
  image=$T/level-$level.img.zst
  expect 0 "$disktwin" capture --level $level --comment "level $level" "$T/source" "$image"
  [ ! -e "$image.partial" ] || fail "a partial was left beside a finished image"
  zstd -qt "$image" || fail "zstd -t"
  zstd -dc "$image" | cmp - "$T/clone" || fail "level $level: zstd -dc gives something else"
  "$reader" check "$image" >/dev/null || fail "level $level: the reader written from the format's description refuses it"
  "$reader" seek-table "$image" >/dev/null || fail "level $level: no seek table for other readers"
  expect 0 "$disktwin" verify "$image"
  expect 0 "$disktwin" compare "$T/source" "$image"
  expect 0 "$disktwin" compare "$image" "$T/source"
done
"$reader" disk "$image" "$T/by-reader"
cmp "$T/by-reader" "$T/clone" || fail "the reader written from the format's description gives another disk"

expect 0 "$disktwin" show --json "$image"
holds image ".comment == \"level 19\" and .disk_size == $size and .source.path == \"$T/source\" and .encrypted == false"
[ "$(jq -r 'select(.event=="image") | .partitions[] | "\(.number) \(.offset) \(.size) \(.filesystem.type)"' "$T/out")" = "$(cat "$T/volumes")" ] ||
  fail "the image shows other partitions"

# Back: same size, larger, a new file; at random, from a pipe.
for target_size in "$size" $((size + 37 * 1048576 + 512 * 8)); do
  poison "$target_size" "$T/target"
  expect 0 "$disktwin" restore --yes --verify --fit keep "$T/level-1.img.zst" "$T/target"
  check_restored "$T/target"
done
case $kind in
  gpt-4096 | mbr*) ;;
  *) sgdisk -v "$T/target" >"$T/sgdisk" || true
    grep -q 'No problems found' "$T/sgdisk" || { cat "$T/sgdisk" >&2; fail "sgdisk finds problems"; } ;;
esac
expect 0 "$disktwin" restore --yes "$T/level-9.img.zst" "$T/new"
cmp "$T/new" "$T/clone" || fail "a restore to a new file is not what a clone to one is"
poison "$size" "$T/target"
"$disktwin" capture -q "$T/source" - | "$disktwin" restore -q --yes --verify - "$T/target" ||
  fail "through a pipe"
check_restored "$T/target"
"$disktwin" capture -q "$T/source" - 2>/dev/null | zstd -dc | cmp - "$T/clone" || fail "capture to a pipe"
"$disktwin" verify -q - <"$T/level-19.img.zst" || fail "verify -"

# An image is a source like any other.
expect 0 "$disktwin" capture "$T/level-1.img.zst" "$T/again.img.zst" --level 1
zstd -dc "$T/again.img.zst" | cmp - "$T/clone" || fail "an image of an image"
poison "$size" "$T/target"
expect 0 "$disktwin" clone --yes "$T/again.img.zst" "$T/target"
check_restored "$T/target"
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"

# A smaller target is refused before anything is written to it.
poison $((size / 4)) "$T/small"
small=$(hash_of "$T/small")
expect 3 "$disktwin" restore --yes "$T/level-1.img.zst" "$T/small"
says 'are missing|does not fit'
[ "$(hash_of "$T/small")" = "$small" ] || fail "a refused target was written to"
