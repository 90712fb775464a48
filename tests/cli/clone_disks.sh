#!/usr/bin/env bash
# Whole disks of one kind onto poisoned targets of the same size and larger: every filesystem checks
# clean, every file's hash agrees, the table is sound, the source is untouched.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
kind=$1
make_disk "$kind" "$T/source"
before=$(hash_of "$T/source")
volumes "$T/source" >"$T/volumes"
[ -s "$T/volumes" ] || fail "no volumes were found"

check_clone() {  # check_clone TARGET
  local number offset size type
  while read -r number offset size type; do
    cut_out "$T/source" "$offset" "$size" "$T/a"
    cut_out "$1" "$offset" "$size" "$T/b"
    case $type in
      ext4 | vfat | ntfs | swap | xfs | btrfs | f2fs)
        with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 ||
          { cat "$T/check" >&2; fail "partition $number ($type) does not check clean"; }
        diff <(with_fixture "$type" manifest "$T/a") <(with_fixture "$type" manifest "$T/b") >&2 ||
          fail "partition $number: files differ"
        ;;
      *) cmp -s "$T/a" "$T/b" || fail "partition $number was not copied whole" ;;
    esac
  done <"$T/volumes"
}

size=$(size_of "$T/source")
for target_size in "$size" $((size + 37 * 1048576 + 512 * 8)); do
  poison "$target_size" "$T/target"
  expect 0 "$disktwin" clone --yes --verify --fit keep "$T/source" "$T/target"
  [ "$(size_of "$T/target")" = "$target_size" ] || fail "an existing file was given another size"
  expect 0 "$disktwin" compare "$T/source" "$T/target"
  check_clone "$T/target"
  case $kind in
    gpt-4096) ;;
    gpt* | hybrid)
      sgdisk -v "$T/target" >"$T/sgdisk" || true
      grep -q 'No problems found' "$T/sgdisk" || { cat "$T/sgdisk" >&2; fail "sgdisk finds problems"; } ;;
    mbr*) sfdisk --verify "$T/target" >/dev/null || fail "sfdisk finds problems" ;;
  esac
  if [ "$kind" != gpt-4096 ]; then
    diff <(sfdisk -d "$T/source" | sed "s#$T/source##; /last-lba/d") \
      <(sfdisk -d "$T/target" | sed "s#$T/target##; /last-lba/d") >&2 || fail "tables differ"
  fi
done

# Boot code in sector 0 and the loader behind it belong to the clone; free space does not.
cmp -s -n 440 "$T/source" "$T/target" || fail "boot code was not copied"
case $kind in
  mbr-logical)
    cmp -s -i 512 -n $((2047 * 512)) "$T/source" "$T/target" || fail "the gap behind the MBR was not copied" ;;
  gpt-system)
    cmp -s -i $((290820 * 512)) -n 65536 "$T/source" "$T/target" && fail "free space was copied" ;;
  hybrid)
    cmp -s -i 446 -n 64 "$T/source" "$T/target" || fail "the hybrid MBR was not preserved" ;;
esac

# A clone of the clone, back onto a disk of the first size, holds the same again.
poison "$size" "$T/back"
expect 0 "$disktwin" clone --yes "$T/target" "$T/back"
expect 0 "$disktwin" compare "$T/source" "$T/back"
expect 0 "$disktwin" compare "$T/back" "$T/source"
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"

# All sectors: the very same bytes.
poison "$size" "$T/exact"
expect 0 "$disktwin" clone --yes --verify --all-sectors "$T/source" "$T/exact"
cmp "$T/source" "$T/exact" || fail "--all-sectors left something out"
