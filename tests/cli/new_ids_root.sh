#!/usr/bin/env bash
# New identifiers where only the kernel changes files: systems on Btrfs and XFS.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
"$root/tests/fixtures/make-system" btrfs-xfs "$T/source" >/dev/null 2>&1 || fail "make-system btrfs-xfs"
mkdir "$T/mnt"
undo+=("umount '$T/mnt'")
part() { volumes "$1" | awk -v n="$2" '$1 == n {print $2, $3}'; }
uuid() { "$disktwin" show --json "$1" | jq -r "select(.event==\"disk\") | .partitions[] | select(.number == $2) | .filesystem.uuid"; }
take_out() { local at; at=$(part "$1" "$2"); cut_out "$1" "${at% *}" "${at#* }" "$3"; }
# mounted TYPE FILE COMMAND...: with the volume at $T/mnt
mounted() {
  local options=loop
  case $1 in xfs) options=loop,nouuid ;; esac
  mount -t "$1" -o $options "$2" "$T/mnt"
  shift 2
  "$@"
  umount "$T/mnt"
}
tree() { (cd "$T/mnt" && find . -type f ! -path '*/etc/fstab' -exec openssl dgst -r -sha256 {} + | sort -k2; stat -c '%n %a %u %g %Y' "$1"); }

# An XFS whose log waits is copied whole: it keeps its identifier, and its fstab is named.
poison 1048576000 "$T/target"
expect 0 "$disktwin" clone --yes --verify --new-ids "$T/source" "$T/target"
says 'partition 3 .xfs.: keeps its identifier 55555555-.*its log is not empty'
says 'partition 3: /etc/fstab names 22222222-2222-4222-8222-222222222222 \(now .*cannot be changed on the way'
[ "$(uuid "$T/target" 3)" = 55555555-5555-4555-8555-555555555555 ] || fail "what was copied whole has another UUID"
expect 0 "$disktwin" compare --new-ids "$T/source" "$T/target"

# Closed cleanly, both follow.
take_out "$T/source" 3 "$T/xfs"
mounted xfs "$T/xfs" true
dd if="$T/xfs" of="$T/source" bs=64K oflag=seek_bytes seek="$(part "$T/source" 3 | cut -d' ' -f1)" conv=notrunc status=none
before=$(hash_of "$T/source")
for size in 1048576000 1400000512; do
  poison $size "$T/target"
  expect 0 "$disktwin" clone --yes --verify --new-ids "$T/source" "$T/target"
  says '/@/etc/fstab is changed in the copy'
  says 'partition 3 .xfs.: /etc/fstab is changed in the copy'
  says '/loader/entries/one.conf is changed in the copy'
  expect 0 "$disktwin" compare --new-ids "$T/source" "$T/target"
  for number in 1 2 3 4 5; do
    [ "$(uuid "$T/source" $number)" != "$(uuid "$T/target" $number)" ] || fail "partition $number kept its UUID"
  done
  for entry in '2 btrfs @/etc/fstab' '3 xfs etc/fstab'; do
    read -r number type path <<<"$entry"
    take_out "$T/source" "$number" "$T/a"
    take_out "$T/target" "$number" "$T/b"
    with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "$type does not check clean"; }
    mounted "$type" "$T/a" tree "$T/mnt/$path" >"$T/was"
    mounted "$type" "$T/a" cp "$T/mnt/$path" "$T/fstab.was"
    # Beside the original, which is what it is for.
    mounted "$type" "$T/b" tree "$T/mnt/$path" >"$T/is"
    mounted "$type" "$T/b" cp "$T/mnt/$path" "$T/fstab.is"
    diff "$T/was" "$T/is" >&2 || fail "$type: files differ"
    for other in 1 2 3 4 5; do
      sed -i "s/$(uuid "$T/source" $other)/$(uuid "$T/target" $other)/" "$T/fstab.was"
    done
    diff "$T/fstab.was" "$T/fstab.is" >&2 || fail "$type: another fstab than expected"
    grep -q "$(uuid "$T/target" "$number")" "$T/fstab.is" || fail "$type: its own new UUID is not in its fstab"
  done
  [ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
done
