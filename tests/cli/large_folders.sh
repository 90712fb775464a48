#!/usr/bin/env bash
# ls and extract of folders with very many names, and of folders and files that lie in very many pieces.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# names COUNT: as they are in every folder here
names() { seq -f 'a file, number %.0f' 0 $(($1 - 1)); }
make_names() { mkdir many && cd many && names "$1" | xargs -d '\n' touch; }
# lists VOLUME COUNT: all are there, and can be asked for
lists() {
  expect 0 "$disktwin" ls "$1:0/many"
  LC_ALL=C sort "$T/out" | cmp - <(names "$2" | LC_ALL=C sort) || fail "$1: not the $2 names"
  expect 0 "$disktwin" ls -l "$1:0/many/a file, number $(($2 - 1))"
  says " 0 .* a file, number $(($2 - 1))$"
}

# A map of blocks of several leaves. Blocks of 1 KiB, so that it takes no large volume; mke2fs scatters a folder by itself.
mkdir -p "$T/tree/many"
for ((i = 0; i < 4000; i++)); do echo "$i" >"$T/tree/many/a file, number $i"; done
python3 - "$T/tree/pieces" <<'P'
import os
import sys
with open(sys.argv[1], 'wb') as file:
    for i in range(1000):
        file.seek(i * 8192)
        file.write(os.urandom(1000))
P
for options in -Oextent -O^extent,^64bit -Oinline_data,bigalloc; do
  rm -f "$T/v"; truncate -s 300M "$T/v"
  mke2fs -q -t ext4 -b 1024 -N 20000 "$options" -d "$T/tree" "$T/v" 2>"$T/log"
  # Both have maps of more than one leaf.
  [ $options != -Oextent ] || for file in many pieces; do
    debugfs -R "ex /$file" "$T/v" 2>/dev/null | grep -qE '^ *(0/ *1 +2/|0/ *2 )' || fail "$options: $file lies in few pieces"
  done
  expect 0 "$disktwin" ls "$T/v:0/many"
  [ "$(wc -l <"$T/out")" = 4000 ] || fail "$options: not all names"
  rm -rf "$T/taken"
  expect 0 "$disktwin" extract "$T/v:0/many" "$T/v:0/pieces" -o "$T/taken"
  diff -r "$T/tree" "$T/taken" >&2 || fail "$options: what was taken out is something else"
done

mkfs.fat -C -F 32 -s 8 "$T/fat" 600000 >"$T/log"
python3 "$root/tests/fixtures/fat_folder.py" "$T/fat" 20000
fsck.fat -n "$T/fat" >"$T/log" || fail "fsck.fat: $(cat "$T/log")"
lists "$T/fat" 20000

need_root
truncate -s 600M "$T/ext4" "$T/ntfs" "$T/exfat"
mkdir "$T/at"
mke2fs -q -t ext4 -N 60000 "$T/ext4"
mount -o loop "$T/ext4" "$T/at" 2>"$T/log" || { echo "no loop mounts here"; exit 77; }
undo+=("umount $T/at")
(cd "$T/at" && make_names 40000)
umount "$T/at"
lists "$T/ext4" 40000
# with_fixture reads the volume; here one is written.
filled() {
  local folder=$1
  # shellcheck source=/dev/null
  (scratch=$T; . "$root/tests/fs/$folder/fixture.sh"; "${@:2}")
}
mkntfs -q -F -Q "$T/ntfs" 2>"$T/log"
filled ntfs with_mount "$T/ntfs" rw make_names 20000
lists "$T/ntfs" 20000
mkfs.exfat "$T/exfat" >"$T/log"
filled exfat mounted "$T/exfat" rw make_names 5000
lists "$T/exfat" 5000
