#!/usr/bin/env bash
# --exclude-page-files: the contents of page files and of swap space are left out, the files stay; verify
# and compare accept exactly that; the source is not touched.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk mbr-logical "$T/source"
# The NTFS volume (logical 5) gets page files that ntfs-3g's own tool writes.
read -r offset size < <(volumes "$T/source" | awk '$1 == 5 {print $2, $3}')
cut_out "$T/source" "$offset" "$size" "$T/ntfs"
for name in pagefile.sys hiberfil.sys swapfile.sys ordinary.sys; do
  poison 6000000 "$T/$name"
  ntfscp -q "$T/ntfs" "$T/$name" "$name"
done
dd if="$T/ntfs" of="$T/source" bs=1M seek="$offset" oflag=seek_bytes conv=notrunc status=none
# The swap partition (logical 7) is full of what was swapped out.
read -r swap_offset swap_size < <(volumes "$T/source" | awk '$1 == 7 {print $2, $3}')
poison $((swap_size - 65536)) "$T/swapped"
dd if="$T/swapped" of="$T/source" bs=64K seek=$((swap_offset + 65536)) oflag=seek_bytes conv=notrunc status=none
before=$(hash_of "$T/source")

expect 0 "$disktwin" capture "$T/source" "$T/with.img.zst"
expect 0 "$disktwin" capture --json --exclude-page-files "$T/source" "$T/without.img.zst"
holds plan '.image.bytes_left_out > 17000000'
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
saved=$(($(size_of "$T/with.img.zst") - $(size_of "$T/without.img.zst")))
[ $saved -gt 17000000 ] || fail "only $saved bytes were left out"
expect 0 "$disktwin" verify "$T/without.img.zst"
expect 0 "$disktwin" compare "$T/source" "$T/without.img.zst"
expect 0 "$disktwin" compare "$T/without.img.zst" "$T/source"
expect 0 "$disktwin" show --json "$T/without.img.zst"
holds image '.page_files_excluded and .bytes_left_out > 17000000'

poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" restore --yes --verify "$T/without.img.zst" "$T/target"
cut_out "$T/target" "$offset" "$size" "$T/restored"
ntfsfix -n "$T/restored" >/dev/null 2>&1 || fail "ntfsfix -n"
for name in pagefile.sys hiberfil.sys swapfile.sys; do
  ntfscat -f "$T/restored" "$name" >"$T/content"
  [ "$(size_of "$T/content")" = 6000000 ] || fail "$name has another size"
  cmp -n 6000000 "$T/content" /dev/zero || fail "$name has something in it"
done
ntfscat -f "$T/restored" ordinary.sys | cmp - "$T/ordinary.sys" || fail "an ordinary file"
cut_out "$T/target" "$swap_offset" "$swap_size" "$T/swap"
[ "$(blkid -p -o value -s TYPE "$T/swap")" = swap ] || fail "the header of the swap space is gone"
expect 0 "$disktwin" compare "$T/without.img.zst" "$T/target"

# Exactly those: a byte beside them counts, in the same volume and in what is left out of it.
ntfscluster=$(od -An -v -tx1 -N 64 "$T/ordinary.sys" | tr -d ' \n')
at=$(python3 - "$T/target" "$ntfscluster" <<'P'
import sys
data = open(sys.argv[1], 'rb').read()
print(data.index(bytes.fromhex(sys.argv[2])))
P
)
flip "$T/target" "$at"
expect 5 "$disktwin" compare "$T/without.img.zst" "$T/target"
flip "$T/target" "$at"
expect 0 "$disktwin" compare "$T/without.img.zst" "$T/target"

# What is left out stays so in images of images and in chains.
expect 0 "$disktwin" capture "$T/without.img.zst" "$T/again.img.zst"
expect 0 "$disktwin" verify "$T/again.img.zst"
expect 0 "$disktwin" capture --exclude-page-files --parent "$T/without.img.zst" "$T/source" "$T/child.img.zst"
expect 0 "$disktwin" verify "$T/child.img.zst"
[ "$(size_of "$T/child.img.zst")" -lt 1000000 ] || fail "an incremental image of the same disk is not small"
expect 0 "$disktwin" merge "$T/child.img.zst" "$T/merged.img.zst"
expect 0 "$disktwin" verify "$T/merged.img.zst"
expect 0 "$disktwin" compare "$T/source" "$T/merged.img.zst"
