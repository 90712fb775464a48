#!/usr/bin/env bash
# One system of a disk without the data beside it: onto smaller targets, into images, and only when it is clear which.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_system() { "$root/tests/fixtures/make-system" "$@" >/dev/null 2>&1 || fail "make-system $*"; }
numbers() { volumes "$1" | cut -d' ' -f1 | tr '\n' ' '; }
# But for the fstab, and NTFS's own files, which know its size.
files() { with_fixture "$1" manifest "$2" | grep -vE ' \*\./(\$|etc/fstab$)'; }
fstab() { debugfs -R 'cat /etc/fstab' "$1" 2>/dev/null; }
# check_fstab WHOSE: what stands in the copy's, $T/b, and in the source's, $T/a
check_fstab() {
  fstab "$T/a" | grep -q nofail && fail "the source's fstab was changed"
  case $1 in
    adapted)
      diff <(fstab "$T/a" | sed -E 's/^(.* (\/home|\/srv) ext4 defaults)/\1,nofail,x-systemd.device-timeout=5s/') \
        <(fstab "$T/b") >&2 || fail "another fstab than expected"
      for what in Mode User Links; do
        diff <(debugfs -R 'stat /etc/fstab' "$T/a" 2>/dev/null | grep -oE "$what: *[^ ]+") \
          <(debugfs -R 'stat /etc/fstab' "$T/b" 2>/dev/null | grep -oE "$what: *[^ ]+") >&2 || fail "fstab's $what"
      done ;;
    same) diff <(fstab "$T/a") <(fstab "$T/b") >&2 || fail "the fstab of an image was changed" ;;
  esac
}
check() {  # check SOURCE DISK FSTAB: each volume that is there checks clean and holds the same files
  local number offset size type source_offset source_size
  while read -r number offset size type; do
    read -r source_offset source_size < <(volumes "$1" | awk -v n="$number" '$1 == n {print $2, $3}')
    cut_out "$1" "$source_offset" "$source_size" "$T/a"
    cut_out "$2" "$offset" "$size" "$T/b"
    with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 ||
      { cat "$T/check" >&2; fail "partition $number ($type) does not check clean"; }
    diff <(files "$type" "$T/a") <(files "$type" "$T/b") >&2 || fail "partition $number: files differ"
    [ "$number" != 3 ] || [ "$1" != "$T/debian" ] || check_fstab "$3"
  done < <(volumes "$2")
}

make_system debian "$T/debian"
before=$(hash_of "$T/debian")
# ESP, /boot, root and swap take 192 MiB of 420; on 170 some have to shrink.
for size in 300M 170M; do
  poison $((${size%M} * 1048576)) "$T/target"
  expect 0 "$disktwin" clone --yes --verify --system "$T/debian" "$T/target"
  says 'Debian.* is copied, and what it needs; left behind: .*"home".*"srv".*"other"'
  says '/etc/fstab is changed in the copy: nofail is added for /home, /srv'
  [ "$(numbers "$T/target")" = '1 2 3 5 ' ] || fail "partitions $(numbers "$T/target")"
  check "$T/debian" "$T/target" adapted
  expect 0 "$disktwin" compare --system "$T/debian" "$T/target"
  says 'files of [12] volumes? that'
  # What was changed on purpose is no difference, but anything else there is.
  expect 5 "$disktwin" compare --partitions 3 "$T/debian" "$T/target"
  sgdisk -v "$T/target" | grep -q 'No problems found' || fail "sgdisk finds problems"
done
expect 0 "$disktwin" capture --system "$T/debian" "$T/image.img.zst"
says 'cannot be changed on the way: an image holds what the disk holds'
poison $((170 * 1048576)) "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/image.img.zst" "$T/target"
[ "$(numbers "$T/target")" = '1 2 3 5 ' ] || fail "restored partitions $(numbers "$T/target")"
check "$T/debian" "$T/target" same
# Out of an image of everything, too.
expect 0 "$disktwin" capture "$T/debian" "$T/all.img.zst"
poison $((170 * 1048576)) "$T/target"
expect 0 "$disktwin" restore --yes --system "$T/all.img.zst" "$T/target"
[ "$(numbers "$T/target")" = '1 2 3 5 ' ] || fail "partitions out of an image: $(numbers "$T/target")"
check "$T/debian" "$T/target" adapted
[ "$(hash_of "$T/debian")" = "$before" ] || fail "the source was changed"

# What is locked and left behind need not be unlocked, and what lies in it not be mounted.
cp --sparse=always "$T/debian" "$T/locked"
read -r root_at root_size < <(volumes "$T/debian" | awk '$1 == 3 {print $2, $3}')
cut_out "$T/locked" "$root_at" "$root_size" "$T/a"
{ fstab "$T/a"; echo '/dev/mapper/archive /archive ext4 defaults 0 2'; } >"$T/fstab"
printf 'archive PARTLABEL=srv none luks\nother UUID=00000000-0000-4000-8000-000000000000 none luks\n' >"$T/crypttab"
debugfs -w -f - "$T/a" >/dev/null 2>&1 <<D
rm /etc/fstab
write $T/fstab /etc/fstab
write $T/crypttab /etc/crypttab
D
dd if="$T/a" of="$T/locked" bs=64K seek="$root_at" oflag=seek_bytes conv=notrunc status=none
expect 0 "$disktwin" clone --yes --verify --system "$T/locked" "$T/target"
says '/etc/crypttab is changed in the copy: nofail is added for archive'
says '/etc/fstab is changed in the copy: nofail is added for /home, /srv, /archive'
expect 0 "$disktwin" compare --system "$T/locked" "$T/target"
read -r offset size < <(volumes "$T/target" | awk '$1 == 3 {print $2, $3}')
cut_out "$T/target" "$offset" "$size" "$T/b"
diff <(sed '/^archive/s/luks$/luks,nofail,x-systemd.device-timeout=5s/' "$T/crypttab") \
  <(debugfs -R 'cat /etc/crypttab' "$T/b" 2>/dev/null) >&2 || fail "another crypttab than expected"
fstab "$T/b" | grep -q '^/dev/mapper/archive .*nofail' || fail "the mapping is waited for"
with_fixture ext4 check_volume "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "the root does not check clean"; }

# Several systems: nothing is guessed.
make_system two-linux "$T/two"
poison $((320 * 1048576)) "$T/target"
was=$(hash_of "$T/target")
expect 2 "$disktwin" clone --yes --system "$T/two" "$T/target"
says '1: Debian.*2: Fedora'
expect 2 "$disktwin" clone --yes --system --os 3 "$T/two" "$T/target"
expect 2 "$disktwin" clone --yes --os 1 "$T/two" "$T/target"
expect 2 "$disktwin" clone --yes --system --partitions 1 "$T/two" "$T/target"
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
expect 0 "$disktwin" clone --yes --system --os 2 "$T/two" "$T/target"
[ "$(numbers "$T/target")" = '1 3 4 ' ] || fail "the second system: $(numbers "$T/target")"

# Windows with its boot, reserved and recovery partitions, without the data beside it.
make_system windows "$T/windows"
poison $((250 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify --system "$T/windows" "$T/target"
[ "$(numbers "$T/target")" = '1 2 3 4 ' ] || fail "Windows: $(numbers "$T/target")"

# No system, or none that could be looked for.
truncate -s 40M "$T/none"
printf 'label: gpt\nstart=2048,size=65536\n' | sfdisk -q "$T/none"
mke2fs -q -F -t ext4 -E offset=1048576 "$T/none" 32M 2>/dev/null
expect 3 "$disktwin" clone --yes --system "$T/none" "$T/target"
says 'no operating system was found'
got=0
"$disktwin" restore -q --yes --system - "$T/target" <"$T/all.img.zst" 2>"$T/err" || got=$?
[ $got = 2 ] || fail "--system from a pipe: exit $got"
says 'cannot be searched for systems'

# With everything copied, onto more and onto less: what boots keeps its size, though it has the type of any volume.
sizes() { "$disktwin" show --json "$1" | jq -r 'select(.event=="disk") | .partitions[] | "\(.number) \(.size)"'; }
make_system debian "$T/whole"
expect 0 "$disktwin" capture "$T/whole" "$T/whole.img.zst"
for size in 600 360; do
  for way in clone pipe; do
    poison $((size << 20)) "$T/target"
    if [ $way = clone ]; then
      expect 0 "$disktwin" clone --yes "$T/whole" "$T/target"
    else
      [ $size = 600 ] || continue
      "$disktwin" restore -q --yes - "$T/target" <"$T/whole.img.zst" || fail "from a pipe"
    fi
    [ "$(sizes "$T/whole" | grep -E '^[12] ')" = "$(sizes "$T/target" | grep -E '^[12] ')" ] || fail "ESP or /boot have other sizes"
    [ $size = 360 ] || [ "$(sizes "$T/whole" | grep -E '^3 ')" != "$(sizes "$T/target" | grep -E '^3 ')" ] || fail "root has the same size"
    expect 0 "$disktwin" compare "$T/whole" "$T/target"
  done
done
