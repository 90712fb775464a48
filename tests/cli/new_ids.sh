#!/usr/bin/env bash
# Copies with identifiers of their own: nothing in common with the original, every reference adapted or named.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_system() { "$root/tests/fixtures/make-system" "$@" >/dev/null 2>&1 || fail "make-system $*"; }
place() { volumes "$1" | awk -v n="$2" '$1 == n {print $2, $3}'; }  # place DISK NUMBER: offset and size
put_back() { dd if="$3" of="$1" bs=64K oflag=seek_bytes seek="$(place "$1" "$2" | cut -d' ' -f1)" conv=notrunc status=none; }
take_out() { local at; at=$(place "$1" "$2"); cut_out "$1" "${at% *}" "${at#* }" "$3"; }
# into DISK NUMBER PATH <CONTENT: a file of an ext volume, folders included
into() {
  local folder=
  cat >"$T/content"
  take_out "$1" "$2" "$T/volume"
  while IFS= read -r -d/ part; do
    [ -z "$part" ] && continue
    folder+=/$part
    debugfs -w -R "mkdir $folder" "$T/volume" >/dev/null 2>&1
  done <<<"$3"
  debugfs -w -R "write $T/content $3" "$T/volume" >/dev/null 2>&1
  put_back "$1" "$2" "$T/volume"
}
into_fat() { cat >"$T/content"; take_out "$1" "$2" "$T/volume"; mcopy -o -i "$T/volume" "$T/content" "::$3"; put_back "$1" "$2" "$T/volume"; }
text_of() {  # text_of TYPE VOLUME PATH
  case $1 in vfat) mtype -i "$2" "::$3" ;; *) debugfs -R "cat $3" "$2" 2>/dev/null ;; esac
}
# ids DISK: every identifier of the disk, its partitions and filesystems, a line each
ids() {
  "$disktwin" show --json "$1" | jq -r 'select(.event=="disk") | (.disk_guid, .disk_signature),
    (.partitions[] | .guid, .filesystem.uuid) | select(. != null and . != "") | ascii_downcase'
}
# Of swap space, the manifest has its UUID.
files() { with_fixture "$1" manifest "$2" | grep -vE ' \*\./\$|^UUID[:=]'; }
# check SOURCE COPY "NUMBER:PATH"...: all is there, and only those files differ, by identifiers alone
check() {
  local source=$1 copy=$2 number offset size type entry path
  shift 2
  [ -z "$(comm -12 <(ids "$source" | sort -u) <(ids "$copy" | sort -u))" ] ||
    fail "in common: $(comm -12 <(ids "$source" | sort -u) <(ids "$copy" | sort -u))"
  [ "$(ids "$source" | wc -l)" = "$(ids "$copy" | wc -l)" ] || fail "identifiers were lost"
  [ "$(ids "$copy" | sort | uniq -d)" = "" ] || fail "the same twice: $(ids "$copy")"
  [ "$(sfdisk -d "$copy" | sed -E 's/uuid=[^,]*//' | grep -oE 'type=.*')" = \
    "$(sfdisk -d "$source" | sed -E 's/uuid=[^,]*//' | grep -oE 'type=.*')" ] || fail "types or names changed"
  paste <(ids "$source") <(ids "$copy") >"$T/pairs"
  # What a partition of an MBR is known by follows from the signature.
  sed -nE 's/^([0-9a-f]{8})\t([0-9a-f]{8})$/s,\\b\1-,\2-,gI/p' "$T/pairs" >"$T/script"
  sed -E 's/^([^\t]+)\t(.*)$/s,\\b\1\\b,\2,gI/' "$T/pairs" >>"$T/script"
  while read -r number offset size type; do
    take_out "$source" "$number" "$T/a"
    cut_out "$copy" "$offset" "$size" "$T/b"
    with_fixture "$type" check_volume "$T/b" >"$T/check" 2>&1 ||
      { cat "$T/check" >&2; fail "partition $number ($type) does not check clean"; }
    printf ' \\*.%s$\n' "${@/#*:/}" none >"$T/changed"
    diff <(files "$type" "$T/a" | grep -vf "$T/changed") <(files "$type" "$T/b" | grep -vf "$T/changed") >&2 ||
      fail "partition $number: files differ"
    [ "$(blkid -p -o value -s LABEL "$T/a")" = "$(blkid -p -o value -s LABEL "$T/b")" ] || fail "partition $number: label"
    for entry in "$@"; do
      [ "${entry%%:*}" = "$number" ] || continue
      path=${entry#*:}
      [ -n "$(text_of "$type" "$T/a" "$path")" ] || fail "$path is empty"
      # The case of their letters is that of the place.
      diff -i <(text_of "$type" "$T/a" "$path" | sed -f "$T/script") <(text_of "$type" "$T/b" "$path") >&2 ||
        fail "partition $number: $path is not as expected"
      cut -f1 "$T/pairs" | grep -iwFf - <(text_of "$type" "$T/b" "$path") && fail "$path names an old identifier"
    done
  done < <(volumes "$copy")
}
# Several blocks, both cases, and words that only look like one.
grub_cfg() {
  local i
  for i in $(seq 120); do
    printf 'search --no-floppy --fs-uuid --set=root --hint=x %s\n' 22222222-2222-4222-8222-222222222222
    printf 'linux /vmlinuz-%s root=UUID=%s ro resume=UUID=%s\n' "$i" 11111111-1111-4111-8111-111111111111 44444444-4444-4444-8444-444444444444
    printf 'search --fs-uuid ABCD-1234; search --fs-uuid abcd-1234; x=ABCD-12345\n'
  done
}

make_system debian "$T/debian"
grub_cfg | into "$T/debian" 2 /grub/grub.cfg
echo 'cryptswap UUID=44444444-4444-4444-8444-444444444444 none luks' | into "$T/debian" 3 /etc/crypttab
echo 'GRUB_CMDLINE_LINUX="resume=UUID=44444444-4444-4444-8444-444444444444"' | into "$T/debian" 3 /etc/default/grub
echo 'RESUME=UUID=44444444-4444-4444-8444-444444444444' | into "$T/debian" 3 /etc/initramfs-tools/conf.d/resume
guid=$(sfdisk --part-uuid "$T/debian" 3)
echo "root=PARTUUID=$guid ro" | into "$T/debian" 3 /etc/kernel/cmdline
printf 'title one\noptions root=PARTUUID=%s\n' "${guid,,}" | into "$T/debian" 2 /loader/entries/one.conf
echo "search.fs_uuid 22222222-2222-4222-8222-222222222222 root" | into_fat "$T/debian" 1 /EFI/debian/grub.cfg
{ head -c 5000 /dev/zero; echo RESUME=UUID=44444444-4444-4444-8444-444444444444; } | into "$T/debian" 2 /initrd.img-6.1.0
head -c 5000 /dev/urandom | into "$T/debian" 2 /initrd.img-5.10
{ head -c 5000 /dev/zero; echo search.fs_uuid 22222222-2222-4222-8222-222222222222; } | into_fat "$T/debian" 1 /EFI/debian/core.efi
before=$(hash_of "$T/debian")
changed=(1:/EFI/debian/grub.cfg 2:/grub/grub.cfg 2:/loader/entries/one.conf 3:/etc/fstab 3:/etc/crypttab 3:/etc/default/grub
  3:/etc/initramfs-tools/conf.d/resume 3:/etc/kernel/cmdline)

# The plan says all of it, the run with --expect does it, and onto other sizes it is done as well.
for size in 380M 520M; do
  poison $((${size%M} * 1048576)) "$T/target"
  was=$(hash_of "$T/target")
  expect 0 "$disktwin" clone --json --dry-run --new-ids "$T/debian" "$T/target"
  holds plan '.new_ids | length == 15 and all(.before != .after and (.before | length) == (.after | length))'
  holds plan '[.regions[].edits[].path] | length >= 8'
  id=$(jq -r 'select(.event=="plan") | .id' "$T/out")
  jq -r 'select(.event=="plan") | .new_ids[].after | ascii_downcase' "$T/out" | sort >"$T/planned"
  [ "$(hash_of "$T/target")" = "$was" ] || fail "a dry run wrote"
  expect 0 "$disktwin" clone --yes --verify --new-ids --expect "$id" "$T/debian" "$T/target"
  says 'New identifiers'
  says '22222222-2222-4222-8222-222222222222'
  says '/grub/grub.cfg is changed in the copy'
  says 'initrd.img-6.1.0 names an old identifier'
  says 'initrd.img-5.10 cannot be looked into'
  says 'core.efi is a program that has an old identifier in it'
  says '/etc/fstab names PARTLABEL=srv, which original and copy share'
  diff "$T/planned" <(ids "$T/target" | sort) >&2 || fail "other identifiers than planned"
  check "$T/debian" "$T/target" "${changed[@]}"
  sgdisk -v "$T/target" | grep -q 'No problems found' || fail "sgdisk finds problems"
  expect 5 "$disktwin" compare "$T/debian" "$T/target"
  expect 0 "$disktwin" compare --new-ids "$T/debian" "$T/target"
  [ ! -s "$T/err" ] || fail "compare --new-ids warns: $(cat "$T/err")"
  [ "$(hash_of "$T/debian")" = "$before" ] || fail "the source was changed"
done
# A reference that still names the original, and one that names nobody.
for words in '%' '99999999-1111-4111-8111-111111111111'; do
  cp --sparse=always "$T/target" "$T/changed"
  take_out "$T/changed" 3 "$T/b"
  new=$(blkid -p -o value -s UUID "$T/b")
  debugfs -R 'cat /etc/fstab' "$T/b" 2>/dev/null | sed "s/$new/${words/\%/11111111-1111-4111-8111-111111111111}/" >"$T/fstab"
  cmp -s "$T/fstab" <(debugfs -R 'cat /etc/fstab' "$T/b" 2>/dev/null) && fail "the test changes nothing"
  at=$(debugfs -R 'bmap /etc/fstab 0' "$T/b" 2>/dev/null)
  dd if="$T/fstab" of="$T/b" bs=1 seek=$((at * $(dumpe2fs -h "$T/b" 2>/dev/null | awk '/^Block size/ {print $3}'))) conv=notrunc status=none
  put_back "$T/changed" 3 "$T/b"
  expect 5 "$disktwin" compare --new-ids "$T/debian" "$T/changed"
  says 'differs: partition 3 .*: etc/fstab '
done
expect 0 "$disktwin" compare --new-ids "$T/debian" "$T/debian"
says 'partition 3: both disks have the filesystem identifier 11111111-1111'
# Another target has others; what is left out stays what it was.
poison 440401920 "$T/other"
expect 0 "$disktwin" clone --yes --new-ids "$T/debian" "$T/other"
[ -z "$(comm -12 <(ids "$T/target" | sort) <(ids "$T/other" | sort))" ] || fail "two copies have the same identifiers"
expect 3 "$disktwin" clone --yes --new-ids --expect 0123456789abcdef "$T/debian" "$T/other"
poison 440401920 "$T/target"
expect 0 "$disktwin" clone --yes --verify --new-ids --system "$T/debian" "$T/target"
says 'nofail is added for /home, /srv, and the new identifiers are put in'
take_out "$T/target" 3 "$T/b"
text_of ext4 "$T/b" /etc/fstab | grep -q '^UUID=33333333-.*nofail' || fail "the id of what is left behind was changed"
text_of ext4 "$T/b" /etc/fstab | grep -qE '1111-4111-8111|22222222-' && fail "old identifiers in the fstab"
expect 0 "$disktwin" compare --new-ids --system "$T/debian" "$T/target"

# Out of images; not from streams, of which nothing is known beforehand.
expect 0 "$disktwin" capture "$T/debian" "$T/image.img.zst"
poison 440401920 "$T/target"
expect 0 "$disktwin" restore --yes --verify --new-ids "$T/image.img.zst" "$T/target"
check "$T/debian" "$T/target" "${changed[@]}"
expect 0 "$disktwin" compare --new-ids "$T/image.img.zst" "$T/target"
was=$(hash_of "$T/target")
got=0
"$disktwin" restore -q --yes --new-ids - "$T/target" <"$T/image.img.zst" 2>"$T/err" || got=$?
[ $got = 2 ] || fail "from a stream: exit $got"
says 'cannot be had here: the source is a stream'
expect 2 "$disktwin" clone --yes --new-ids --all-sectors "$T/debian" "$T/target"
says 'cannot be had here: all sectors'
take_out "$T/debian" 3 "$T/volume"
expect 2 "$disktwin" clone --yes --new-ids "$T/volume" "$T/target"
says 'cannot be had here: without a table'
expect 2 "$disktwin" capture --new-ids "$T/debian" "$T/none.img.zst"
make_system windows "$T/windows"
expect 3 "$disktwin" clone --yes --new-ids "$T/windows" "$T/target"
says 'Windows 10 Pro.* starts by the identifiers .* \(BCD\) .* leave out that system'
[ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
# The data beside it may go: NTFS with another serial number.
expect 0 "$disktwin" clone --yes --verify --new-ids --partitions 5 "$T/windows" "$T/target"
[ "$(ids "$T/target" | tail -1)" != "$(ids "$T/windows" | tail -1)" ] || fail "NTFS kept its serial number"
take_out "$T/target" 5 "$T/b"
with_fixture ntfs check_volume "$T/b" >/dev/null 2>&1 || fail "NTFS does not check clean"
rm -f "$T"/*.zst "$T/windows" "$T/other"

# Two systems of which one names the other's root; an MBR, where partitions are known by the signature.
make_system two-linux "$T/two"
poison $((320 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify --new-ids "$T/two" "$T/target"
check "$T/two" "$T/target" 2:/etc/fstab 3:/etc/fstab
says 'LABEL=debian, which original and copy share'
make_system mbr-linux "$T/mbr"
poison $((300 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify --new-ids "$T/mbr" "$T/target"
check "$T/mbr" "$T/target" 5:/etc/fstab
[ "$(sfdisk --disk-id "$T/target")" != 0x1badcafe ] || fail "the signature is the old one"
expect 0 "$disktwin" compare --new-ids "$T/mbr" "$T/target"

# What cannot have another one, or is copied whole, is named; exFAT, FAT and swap get theirs.
truncate -s 200M "$T/odd"
printf 'label: gpt\nstart=2048,size=81920\nstart=83968,size=81920\nstart=165888,size=131072\nstart=296960,size=81920\n' |
  sfdisk -q "$T/odd"
odd() {  # odd SIZE MEBIBYTE COMMAND...: what the command makes of a file of that size, into its place
  rm -f "$T/volume"; truncate -s "$1" "$T/volume"
  "${@:3}" "$T/volume" >/dev/null 2>&1 || fail "${*:3}"
  dd if="$T/volume" of="$T/odd" bs=1M seek="$2" conv=notrunc status=none
}
luks() { echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$1" -; }
odd 40M 1 mkfs.exfat
odd 40M 41 mkfs.fat -F 16
odd 64M 81 mkfs.f2fs -q
odd 40M 145 luks
poison $((200 * 1048576)) "$T/target"
expect 0 "$disktwin" clone --yes --verify --new-ids "$T/odd" "$T/target"
says 'partition 3 .f2fs.: keeps its identifier .*: nothing here gives f2fs another one'
says 'partition 4 .crypto_LUKS.: keeps its identifier .*luck which of the two is taken'
says 'partition 4: is locked'
expect 0 "$disktwin" compare --new-ids "$T/odd" "$T/target"
says 'partition 4: both disks have the filesystem identifier'
ids "$T/odd" >"$T/a"; ids "$T/target" >"$T/b"
[ "$(comm -12 <(sort "$T/a") <(sort "$T/b") | wc -l)" = 2 ] || fail "kept: $(comm -12 <(sort "$T/a") <(sort "$T/b"))"
for entry in '1 fsck.exfat' '2 fsck.fat'; do
  take_out "$T/target" "${entry%% *}" "$T/volume"
  "${entry#* }" -n "$T/volume" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "partition ${entry%% *} does not check clean"; }
done
