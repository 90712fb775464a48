#!/usr/bin/env bash
# Onto targets of other sizes: what has to shrink or may grow does, by its own tools, and every file is there.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# What users have, and not the filesystem's own files, which know its size.
files() { with_fixture "$1" manifest "$2" | grep -v ' \*\./\$'; }
check() {  # check DISK: every volume checks clean and holds the files of the source
  local number offset size type source_offset source_size
  volumes "$1" >"$T/now"
  [ "$(cut -d' ' -f1,4 "$T/now")" = "$(cut -d' ' -f1,4 "$T/volumes")" ] || fail "other volumes: $(cat "$T/now")"
  while read -r number offset size type <&3 && read -r _ source_offset source_size _ <&4; do
    cut_out "$T/source" "$source_offset" "$source_size" "$T/a"
    cut_out "$1" "$offset" "$size" "$T/b"
    with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 ||
      { cat "$T/check" >&2; fail "partition $number ($type) does not check clean"; }
    diff <(files "$type" "$T/a") <(files "$type" "$T/b") >&2 ||
      fail "partition $number: files differ"
    [ "$(blkid -p -o value -s UUID "$T/a")" = "$(blkid -p -o value -s UUID "$T/b")" ] || fail "partition $number: UUID"
    [ "$((offset % 1048576))" = 0 ] || [ "$offset" = "$source_offset" ] || fail "partition $number is not aligned"
  done 3<"$T/now" 4<"$T/volumes"
  [ "$(sfdisk -d "$1" | grep -oE 'type=.*')" = "$(sfdisk -d "$T/source" | grep -oE 'type=.*')" ] ||
    fail "types, GUIDs or names changed"
  case $kind in gpt*) sgdisk -v "$1" | grep -q 'No problems found' || fail "sgdisk finds problems" ;; esac
}
part() { awk -v n="$2" '$1 == n {print $3}' <(volumes "$1"); }  # part DISK NUMBER: its size

for kind in gpt-system mbr-logical; do
  make_disk $kind "$T/source"
  before=$(hash_of "$T/source")
  volumes "$T/source" >"$T/volumes"
  size=$(($(size_of "$T/source") / 512 * 512))
  for target_size in $((size / 51200 * 512 * 82)) $((size * 2)); do
    poison "$target_size" "$T/target"
    expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
    says 'is brought from'
    check "$T/target"
    expect 0 "$disktwin" compare "$T/source" "$T/target"
    says 'files of [23] volumes that have another size'
    if [ "$target_size" -gt "$size" ]; then
      last=$(awk '{e = $2 + $3; if (e > m) m = e} END {print m}' "$T/now")
      [ $((target_size - last)) -lt 4194304 ] || fail "$kind: $((target_size - last)) bytes were left unused"
    fi
  done
  # From an image too.
  rm -f "$T/image.img.zst"
  expect 0 "$disktwin" capture "$T/source" "$T/image.img.zst"
  poison $((size / 51200 * 512 * 82)) "$T/target"
  expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target"
  check "$T/target"
  # From a pipe nothing gets smaller: it must fit as it is.
  poison $((size / 51200 * 512 * 82)) "$T/target"
  was=$(hash_of "$T/target")
  got=0
  "$disktwin" restore -q --yes - "$T/target" <"$T/image.img.zst" 2>"$T/err" || got=$?
  [ $got = 3 ] || fail "from a pipe: exit $got"
  says 'has room for'
  [ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
  [ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
done

# Sizes by number, the rest to one.
kind=gpt-system
make_disk $kind "$T/source"
volumes "$T/source" >"$T/volumes"
size=$(($(size_of "$T/source") / 512 * 512))
poison $((size * 2)) "$T/target"
expect 0 "$disktwin" clone --yes --fit 2=100M,3=rest "$T/source" "$T/target"
[ "$(part "$T/target" 2)" = 104857600 ] || fail "--fit 2=100M gave $(part "$T/target" 2)"
[ "$(part "$T/target" 3)" -gt "$(part "$T/source" 3)" ] || fail "--fit 3=rest did not get the rest"
check "$T/target"
expect 0 "$disktwin" compare "$T/source" "$T/target"
expect 0 "$disktwin" compare --partitions 2 "$T/source" "$T/target"
expect 0 "$disktwin" clone --yes --fit 2=120M,3=rest "$T/source" "$T/target"
# One byte of one file, one time, one mode, one file more and one less: each is found, and named.
for change in 'write /dev/null extra' 'rm %' 'set_inode_field % mode 0100600' 'set_inode_field % mtime 20200101' \
  'set_inode_field % uid 7'; do
  cp --sparse=always "$T/target" "$T/changed"
  read -r _ offset length _ < <(volumes "$T/changed" | sed -n 2p)
  cut_out "$T/changed" "$offset" "$length" "$T/root"
  debugfs -w -R "${change//%//etc/os-release}" "$T/root" >/dev/null 2>&1
  dd if="$T/root" of="$T/changed" bs=64K oflag=seek_bytes seek="$offset" conv=notrunc status=none
  expect 5 "$disktwin" compare "$T/source" "$T/changed"
  says "differs: partition 2 .ext4 .root..: (extra is not on|etc/os-release (is missing|has the mode|its time|belongs to))"
done
cp --sparse=always "$T/target" "$T/changed"
where=$(grep -obUa 'PRETTY_NAME=Sample' "$T/changed" | head -1 | cut -d: -f1)
flip "$T/changed" "$where"
expect 5 "$disktwin" compare --json "$T/source" "$T/changed"
holds difference '.path == "etc/os-release" and .partition == 2'
holds failed '.what | test("1 files of")'
expect 0 "$disktwin" clone --yes --fit keep "$T/source" "$T/target"
[ "$(part "$T/target" 2)" = "$(part "$T/source" 2)" ] || fail "--fit keep changed a size"
expect 0 "$disktwin" compare "$T/source" "$T/target"

# A hybrid table cannot follow: what fits is copied as it is, and the rest refused.
make_disk hybrid "$T/hybrid"
poison $(($(size_of "$T/hybrid") / 512 * 512 * 2)) "$T/target"
expect 0 "$disktwin" clone --yes "$T/hybrid" "$T/target"
says 'all sizes are kept: it is a hybrid one'
expect 0 "$disktwin" compare "$T/hybrid" "$T/target"
expect 3 "$disktwin" clone --yes --fit 2=50M "$T/hybrid" "$T/target"

# All sectors are what they are: no size changes.
poison $((size * 2)) "$T/target"
expect 0 "$disktwin" clone --yes --all-sectors "$T/source" "$T/target"
[ "$(part "$T/target" 2)" = "$(part "$T/source" 2)" ] || fail "--all-sectors changed a size"
expect 0 "$disktwin" compare --all-sectors "$T/source" "$T/target"
expect 2 "$disktwin" clone --yes --all-sectors --fit 2=100M "$T/source" "$T/target"

# Too small whatever is done: the numbers are said before anything is written.
poison 40M "$T/target"
was=$(hash_of "$T/target")
expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
says 'has room for 39.* needed are .* are missing'
expect 3 "$disktwin" clone --yes --fit 2=1M "$T/source" "$T/target"
says 'cannot be made as small as 1 MiB'
for wrong in 9=1G 2 2= 2=x 2=1G,2=1G nonsense 2=rest,3=rest; do
  expect 2 "$disktwin" clone --yes --fit "$wrong" "$T/source" "$T/target"
done
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"

# A dry run says what would change.
poison $((size / 51200 * 512 * 82)) "$T/target"
expect 0 "$disktwin" clone --json --dry-run "$T/source" "$T/target"
holds plan '[.regions[] | select(.resized_to > 0)] | length > 1'
[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'disktwin-volume.*' -newer "$T/volumes")" ] || fail "a folder was left behind"
