#!/usr/bin/env bash
# What moves to another place on the disk is told where it begins now, and what comes through a pipe grows as well:
# a clone, an image in a file, and one in a pipe give disks with the same volumes and the same files.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
size=$((420 << 20))
recovery=DE94BBA4-06D1-4D6A-91C4-BC8E6ABF4A17
truncate -s $size "$T/source"
sfdisk -q "$T/source" <<EOT
label: gpt
size=64MiB, type=U, name=esp
size=80MiB, type=L, name=root
size=64MiB, type=S, name=swap
size=80MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name=data
size=40MiB, type=$recovery, name=recovery
size=40MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name=stick
EOT
put() {  # put NUMBER: $T/v becomes that partition
  dd if="$T/v" of="$T/source" bs=1M seek="$(start_of "$T/source" "$1")" oflag=seek_bytes conv=notrunc,sparse status=none
  rm "$T/v"
}
start_of() { echo $(($(sfdisk -d "$1" | sed -nE "s/^[^ ]*$2 : start= *([0-9]+).*/\1/p") * 512)); }
size_in() { echo $(($(sfdisk -d "$1" | sed -nE "s/^[^ ]*$2 : .*size= *([0-9]+).*/\1/p") * 512)); }
mkdir "$T/files"
for i in $(seq 60); do poison $((i * 7919)) "$T/files/f$i"; done
tar -cf "$T/files.tar" -C "$T" files
fat() { truncate -s "$2" "$T/v"; mkfs.fat -F 32 -h $(($(start_of "$T/source" "$1") / 512)) "$T/v" >/dev/null; mcopy -i "$T/v" "$T/files.tar" ::/; put "$1"; }
ntfs() {
  truncate -s "$2" "$T/v"
  mkntfs -q -F -Q -p $(($(start_of "$T/source" "$1") / 512)) -H 16 -S 63 -s 512 "$T/v" 2>/dev/null
  ntfscp -q "$T/v" "$T/files.tar" files.tar
  put "$1"
}
fat 1 64M; fat 6 40M; ntfs 4 80M; ntfs 5 40M
mke2fs -q -t ext4 -d "$T/files" "$T/v" 80M >"$T/log"; put 2
truncate -s 64M "$T/v"; mkswap -q -U 12345678-1234-1234-1234-123456789abc "$T/v"; put 3
rm "$T/files.tar"
before=$(hash_of "$T/source")
expect 0 "$disktwin" capture "$T/source" "$T/image.img.zst"

u32() { od -An -tu4 -j "$2" -N4 "$1" | tr -d ' '; }
check() {  # check DISK: every volume is clean, says where it begins, and has its files
  local n at copy
  for n in 1 2 3 4 5 6; do
    at=$(start_of "$1" $n)
    cut_out "$1" "$at" "$(size_in "$1" $n)" "$T/v"
    case $n in
      1 | 6) copy=$((6 * 512)) ;;
      4 | 5)  # behind the filesystem, or at the end of the partition, where ntfsresize puts it
        copy=$(($(u32 "$T/v" 40) * 512))
        cmp -s -n 11 "$T/v" "$T/v" 0 $copy || copy=$(($(size_of "$T/v") - 512))
        cmp -n 11 "$T/v" "$T/v" 0 $copy >&2 || fail "partition $n has no second boot sector" ;;
      *) continue ;;
    esac
    [ "$(u32 "$T/v" 28)" = $((at / 512)) ] || fail "partition $n says it begins at $(u32 "$T/v" 28), not $((at / 512))"
    [ "$(u32 "$T/v" $((copy + 28)))" = $((at / 512)) ] || fail "partition $n: its second boot sector says otherwise"
    case $n in
      1 | 6) fsck.fat -n "$T/v" >"$T/log" || { cat "$T/log" >&2; fail "partition $n: fsck.fat"; } ;;
      *) ntfsfix -n "$T/v" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "partition $n: ntfsfix"; } ;;
    esac
  done
  cut_out "$1" "$(start_of "$1" 2)" "$(size_in "$1" 2)" "$T/v"
  e2fsck -fn "$T/v" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "e2fsck"; }
  cut_out "$1" "$(start_of "$1" 3)" "$(size_in "$1" 3)" "$T/v"
  [ "$(blkid -p -o value -s UUID "$T/v")" = 12345678-1234-1234-1234-123456789abc ] || fail "swap"
  sgdisk -v "$1" | grep -q 'No problems found' || fail "sgdisk finds problems"
  expect 0 "$disktwin" compare "$T/source" "$1"
}
check "$T/source"
sizes() { for n in 1 2 3 4 5 6; do printf '%s ' $(($(size_in "$1" $n) >> 20)); done; }

# Larger: root and data grow, the rest moves behind them.
larger=$((size * 2))
for way in clone file pipe; do
  poison $larger "$T/target"
  case $way in
    clone) expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target" ;;
    file) expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target" ;;
    pipe)
      "$disktwin" restore --json --yes --verify - "$T/target" <"$T/image.img.zst" >"$T/out" 2>"$T/err" ||
        { cat "$T/err" >&2; fail "from a pipe: exit $?"; }
      holds plan '[.regions[] | select(.resized_to > 0)] | length == 3'
      holds done '.verified == true' ;;
  esac
  says 'partition 5 .*moves, and its boot sector in the copy says so'
  check "$T/target"
  [ "$way" != clone ] || sizes "$T/target" >"$T/sizes"
  [ "$(sizes "$T/target")" = "$(cat "$T/sizes")" ] || fail "$way: other sizes: $(sizes "$T/target"), not $(cat "$T/sizes")"
done
[ "$(size_in "$T/target" 2)" -gt $((100 << 20)) ] && [ "$(size_in "$T/target" 4)" -gt $((100 << 20)) ] || fail "nothing grew"
[ $((larger - $(start_of "$T/target" 6) - $(size_in "$T/target" 6))) -lt 4194304 ] || fail "room was left unused"

# Smaller: what can give does, what lies behind it moves to the front; through a pipe nothing gets smaller.
smaller=$((size / 10 * 8 / 1048576 * 1048576))
poison $smaller "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target"
says 'partition 5 .*moves, and its boot sector in the copy says so'
check "$T/target"
poison $smaller "$T/target"
was=$(hash_of "$T/target") got=0
"$disktwin" restore -q --yes - "$T/target" <"$T/image.img.zst" 2>"$T/err" || got=$?
[ $got = 3 ] || fail "smaller, from a pipe: exit $got"
says 'what comes through a pipe cannot be made smaller: save it to a file first'
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"

# Sizes by number, also of what does not grow by itself.
poison $larger "$T/target"
"$disktwin" restore --yes --verify --fit 3=100M,2=rest - "$T/target" <"$T/image.img.zst" >"$T/out" 2>"$T/err" ||
  { cat "$T/err" >&2; fail "--fit from a pipe"; }
check "$T/target"
[ "$(size_in "$T/target" 3)" = $((100 << 20)) ] && [ "$(size_in "$T/target" 4)" = $((80 << 20)) ] || fail "--fit: $(sizes "$T/target")"
poison $larger "$T/target"
"$disktwin" restore -q --yes --fit keep - "$T/target" <"$T/image.img.zst" || fail "--fit keep from a pipe"
check "$T/target"
[ "$(sizes "$T/target")" = "$(sizes "$T/source")" ] || fail "--fit keep changed sizes"

# An image that ends too early says so before anything on the target passes for a disk.
poison $larger "$T/target"
got=0
head -c -70000 "$T/image.img.zst" | "$disktwin" restore -q --yes - "$T/target" 2>"$T/err" || got=$?
[ $got = 5 ] || fail "a cut image: exit $got"
[ -z "$(blkid -p "$T/target")" ] || fail "a cut image left a disk"
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
