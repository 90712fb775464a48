#!/usr/bin/env bash
# ls and extract: what is in a disk, an image, a bare volume; and nothing is ever written outside of the folder that was named.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir -p "$T/files/etc/deep/er" "$T/files/empty"
poison 3000000 "$T/files/etc/large"
echo 'a colon: and a blank' >"$T/files/etc/na me:2"
: >"$T/files/etc/deep/er/nothing"
printf 'x\n' >"$T/files/etc/deep/er/x"
ln -s ../../../../../../tmp "$T/files/etc/out"
ln -s large "$T/files/etc/link"
chmod 4750 "$T/files/etc/large"
chmod 500 "$T/files/etc/deep"
touch -d @1000000000 "$T/files/etc/large" "$T/files/etc/deep"
mke2fs -q -t ext4 -d "$T/files" "$T/volume" 24M >"$T/log"
debugfs -w -R 'mknod null c 1 3' "$T/volume" >"$T/log" 2>&1
truncate -s 40M "$T/disk:1"
sfdisk -q "$T/disk:1" <<<$'label: gpt\nsize=24MiB, type=L, name=first\nsize=8MiB, type=U'
dd if="$T/volume" of="$T/disk:1" bs=1M seek=1 conv=notrunc status=none
truncate -s 8M "$T/fat"; mkfs.fat -n STICK "$T/fat" >"$T/log"; mcopy -i "$T/fat" "$T/files/etc/large" ::/LARGE.BIN
dd if="$T/fat" of="$T/disk:1" bs=1M seek=25 conv=notrunc status=none
before=$(hash_of "$T/disk:1")
expect 0 "$disktwin" capture "$T/disk:1" "$T/image.img.zst"
printf secret >"$T/pass"
expect 0 "$disktwin" capture --encrypt --passphrase-file "$T/pass" "$T/disk:1" "$T/sealed.img.zst"

# Its words: a name that exists as a whole is the disk, colons and all.
expect 0 "$disktwin" ls "$T/disk:1"
says '^1 +ext4 .* first$'
says '^2 +vfat +STICK'
for source in "$T/disk:1" "$T/image.img.zst"; do
  expect 0 "$disktwin" ls "$source:1/"
  [ "$(cat "$T/out")" = $'empty/\netc/\nlost+found/\nnull' ] || fail "ls: $(cat "$T/out")"
  expect 0 "$disktwin" ls "$source:1/etc/na me:2"
  expect 0 "$disktwin" ls -l "$source:1/etc"
  says '^-rwxr-x--- .* 3,000,000 2001-09-09 01:46 large$'
  says '^lrwxrwxrwx .* link -> large$'
  expect 0 "$disktwin" ls --json -R "$source:1"
  holds entry '.path == "etc/deep/er/x" and .type == "file" and .size == 2'
  [ "$(jq -s 'map(select(.event == "entry")) | length' "$T/out")" = 12 ] || fail "ls -R: $(cat "$T/out")"
  expect 0 "$disktwin" ls "$source:2/"
  says '^LARGE.BIN$'
done
expect 0 "$disktwin" ls "$T/volume"
says '^etc/$'
expect 0 "$disktwin" ls "$T/volume:0/etc/deep/er/"
[ "$(cat "$T/out")" = $'nothing\nx' ] || fail "ls of a bare volume"
# By name: all folders are searched; one that fits is listed without what does not.
cp -a "$T/files" "$T/named"
touch "$T/named/etc/deep/er/Übung [1].TXT" "$T/named/etc/deep/er/Ubung 1.txt"
mkdir -p "$T/named/letters/deeper"; touch "$T/named/letters/other" "$T/named/letters/deeper/Letter" "$T/named/"$'letter\xff'
mke2fs -q -t ext4 -d "$T/named" "$T/names" 24M >"$T/log"
expect 0 "$disktwin" ls -R --name '*lETTEr*' "$T/names"
[ "$(cat "$T/out")" = $'letters/\nletters/deeper/Letter\nletter?' ] || fail "ls --name: $(cat "$T/out")"
expect 0 "$disktwin" ls -R --name '*ü*\[1\]*' "$T/names"
[ "$(cat "$T/out")" = 'etc/deep/er/Übung [1].TXT' ] || fail "ls --name, escaped: $(cat "$T/out")"
expect 0 "$disktwin" ls --json -R --name nothing "$T/names:0/etc"
[ "$(jq -r 'select(.event == "entry").path' "$T/out")" = etc/deep/er/nothing ] || fail "ls --json --name: $(cat "$T/out")"
expect 0 "$disktwin" ls --name '*e*' "$T/names:0/letters"
[ "$(cat "$T/out")" = $'deeper/\nother' ] || fail "ls --name without -R: $(cat "$T/out")"
expect 0 "$disktwin" ls -R --name er "$T/names"
[ "$(cat "$T/out")" = 'etc/deep/er/' ] || fail "a part of a name: $(cat "$T/out")"
expect 0 "$disktwin" ls --passphrase-file "$T/pass" "$T/sealed.img.zst:2"
says 'LARGE.BIN'
expect 1 "$disktwin" ls "$T/volume:0/nope"
says '/volume:0/nope: not found in there'
expect 1 "$disktwin" ls "$T/nope:1/etc"
says 'nope:1/etc: not found; name a disk'
expect 2 "$disktwin" ls "$T/disk:1:7"
says 'has no partition 7; there are: 1, 2'
expect 2 "$disktwin" ls

# A link is shown as one; what cannot be read of one folder, or leads back, does not hide the others.
expect 0 "$disktwin" ls -l "$T/volume:0/etc/link"
says '^lrwxrwxrwx .* link -> large$'
mkdir -p "$T/deep/a" "$T/deep/circle/b" "$T/deep/z"; touch "$T/deep/a/first" "$T/deep/z/last"
mke2fs -q -t ext4 -O encrypt -d "$T/deep" "$T/deep.img" 4M >"$T/log"
debugfs -w -R 'set_inode_field a flags 0x80800' "$T/deep.img" >"$T/log" 2>&1
debugfs -w -R 'link circle circle/b/round' "$T/deep.img" >"$T/log" 2>&1
expect 0 "$disktwin" ls -R "$T/deep.img:0/"
says '^z/last$'
says 'a: cannot be looked into: the names in it are encrypted'
says 'circle/b/round: cannot be looked into: it leads back to where it came from'
expect 4 "$disktwin" extract -o "$T/deep.out" "$T/deep.img:0/"
says 'left out: a: the names in it are encrypted'
says 'left out: circle/b/round: it leads back'
[ -e "$T/deep.out/z/last" ] || fail "what comes behind a folder that cannot be read was left out"

# The files, with what belongs to them; devices are named.
expect 4 "$disktwin" extract "$T/image.img.zst:1/" -o "$T/out1"
says 'left out: null: it is neither'
rm -rf "$T/out1/lost+found"
(cd "$T/files" && find . ! -type d -exec stat -c '%n %s %Y %F' {} + | sort) >"$T/a"
(cd "$T/out1" && find . ! -type d -exec stat -c '%n %s %Y %F' {} + | sort) >"$T/b"
sed -i -E '/symbolic link$/s/ [0-9]+ symbolic/ symbolic/' "$T/a" "$T/b"
diff "$T/a" "$T/b" >&2 || fail "files differ"
diff -r "$T/files/etc/deep" "$T/out1/etc/deep" && cmp "$T/files/etc/large" "$T/out1/etc/large" || fail "contents differ"
[ "$(stat -c '%a %Y' "$T/out1/etc/large")" = '750 1000000000' ] || fail "mode: $(stat -c '%a %Y' "$T/out1/etc/large")"
[ "$(stat -c '%a %Y' "$T/out1/etc/deep")" = '700 1000000000' ] || fail "mode of a folder: $(stat -c '%a %Y' "$T/out1/etc/deep")"
[ "$(readlink "$T/out1/etc/link")" = large ] || fail "a link"
expect 0 "$disktwin" extract -o "$T/out2/" "$T/disk:1:1/etc/na me:2" "$T/volume:0/etc/deep" "$T/disk:1:2/LARGE.BIN" "$T/disk:1:1/etc/link"
[ "$(cd "$T/out2" && find . -type f | sort | tr '\n' ' ')" = './LARGE.BIN ./deep/er/nothing ./deep/er/x ./link ./na me:2 ' ] || fail "out2"
cmp "$T/files/etc/large" "$T/out2/link" || fail "what is named is meant where the link leads"
cmp "$T/files/etc/large" "$T/out2/LARGE.BIN" || fail "FAT"

# What is there is not replaced; nothing is written when a word is wrong.
echo mine >"$T/out2/LARGE.BIN"
expect 3 "$disktwin" extract -o "$T/out2" "$T/disk:1:2/LARGE.BIN"
says 'LARGE.BIN: is there already, and is not replaced'
[ "$(cat "$T/out2/LARGE.BIN")" = mine ] || fail "it was replaced"
expect 1 "$disktwin" extract -o "$T/out3" "$T/disk:1:2/LARGE.BIN" "$T/disk:1:2/nope"
[ ! -e "$T/out3" ] || fail "a folder was made for nothing"
expect 2 "$disktwin" extract "$T/disk:1:2/LARGE.BIN"
says 'name a folder with -o'

# A link that stands in the way leads nowhere, whether it was there or came out of another volume.
mkdir "$T/elsewhere" "$T/out4"
ln -s "$T/elsewhere" "$T/out4/etc"
expect 3 "$disktwin" extract -o "$T/out4" "$T/volume:0/etc"
expect 3 "$disktwin" extract -o "$T/out4" "$T/volume:0/"
mkdir "$T/evil"; ln -s "$T/elsewhere" "$T/evil/deep"
mke2fs -q -t ext4 -d "$T/evil" "$T/evil.img" 4M >"$T/log"
expect 3 "$disktwin" extract -o "$T/out5" "$T/evil.img:0/" "$T/volume:0/etc/deep"
[ -z "$(ls -A "$T/elsewhere")" ] || fail "something was written elsewhere: $(ls -A "$T/elsewhere")"
# Names that lead elsewhere: bytes of a directory, changed by hand.
mkdir "$T/dots"; echo gotcha >"$T/dots/aa"; echo gotcha >"$T/dots/b_c"
mke2fs -q -t ext4 -O ^metadata_csum,^dir_index -d "$T/dots" "$T/dots.img" 4M >"$T/log"
python3 - "$T/dots.img" <<'P'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
for old, new in ((b'\x02\x01aa', b'\x02\x01..'), (b'\x03\x01b_c', b'\x03\x01b/c')):
    at = data.find(old)
    assert at > 0 and data.find(old, at + 1) < 0, old
    data[at:at + len(new)] = new
open(sys.argv[1], 'wb').write(data)
P
expect 4 "$disktwin" extract -o "$T/dots.out/" "$T/dots.img:0/"
says 'left out: b/c: its name is not a file'
[ -z "$(find "$T" -maxdepth 2 -type f -exec grep -l gotcha {} + | grep -v "^$T/dots")" ] || fail "a file was written elsewhere"

# A full disk: no half of a file is left.
if [ "$(id -u)" -eq 0 ]; then
  mkdir "$T/full"; mount -t tmpfs -o size=1M none "$T/full"; undo+=("umount $T/full")
  expect 1 "$disktwin" extract -o "$T/full/x" "$T/disk:1:2/LARGE.BIN"
  says 'No space left'
  [ -z "$(find "$T/full" -type f)" ] || fail "half of a file is left"
  # What was begun for somebody else is theirs, finished or not.
  expect 1 env PKEXEC_UID=65534 "$disktwin" extract -o "$T/full/y" "$T/disk:1:1/"
  [ -z "$(find "$T/full/y" ! -user 65534)" ] || fail "root keeps: $(find "$T/full/y" ! -user 65534)"
  [ -d "$T/full/y/etc" ] || fail "nothing was begun"
  mkdir -p "$T/full/z/empty"
  expect 1 env PKEXEC_UID=65534 "$disktwin" extract -o "$T/full/z" "$T/disk:1:1/empty" "$T/disk:1:1/etc"
  [ "$(stat -c %u "$T/full/z/empty")" = 0 ] || fail "a folder that was there has changed hands"
  umount "$T/full"

  # Of a device, as of a file: by its name, and by one that leads to it.
  if loop=$(losetup --read-only --find --show "$T/disk:1" 2>/dev/null); then
    undo+=("losetup -d $loop")
    ln -s "$loop" "$T/by-id"
    for device in "$loop" "$T/by-id"; do
      expect 0 "$disktwin" ls "$device"
      says '^1 +ext4 .* first$'
      expect 0 "$disktwin" ls "$device:1/etc/deep/er/"
      [ "$(cat "$T/out")" = $'nothing\nx' ] || fail "ls of $device"
      expect 0 "$disktwin" extract "$device:1/etc/na me:2" "$device:2/LARGE.BIN" -o "$T/of-${device##*/}"
      cmp "$T/files/etc/large" "$T/of-${device##*/}/LARGE.BIN" || fail "extract of $device"
    done
    expect 2 "$disktwin" ls "$loop:7"
    now "losetup -d $loop"
  fi
fi
[ "$(hash_of "$T/disk:1")" = "$before" ] || fail "the source was changed"
