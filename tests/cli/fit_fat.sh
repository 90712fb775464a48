#!/usr/bin/env bash
# FAT12, FAT16 and FAT32 onto smaller targets: clusters behind the new end move, files, times and attributes stay.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export MTOOLSRC=/dev/null MTOOLS_SKIP_CHECK=1

all() { mdir -/ -a -b -i "$1" :: | sort; mdir -/ -a -i "$1" :: | grep -vE 'bytes free|Volume Serial'; }
contents() { local tree=$T/tree$BASHPID; mkdir "$tree"; mcopy -s -p -m -n -i "$1" ::/ "$tree" >/dev/null 2>&1 || true; (cd "$tree" && find . -type f -exec openssl dgst -r -sha256 {} + | sort -k2; find . -printf '%p %T@\n' | sort); rm -rf "$tree"; }
# made SIZE-OF-VOLUME MKFS-OPTIONS...: a disk with one such volume, with files up to its end and room before them
made() {
  local size=$1 i
  shift
  rm -f "$T/volume" "$T/source"
  truncate -s "$size" "$T/volume"
  mkfs.fat -i 1234abcd -n TWIN --offset 0 -h 2048 "$@" "$T/volume" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "mkfs.fat"; }
  mkdir -p "$T/files"
  head -c "$part" /dev/zero | openssl enc -aes-128-ctr -nosalt -pass pass:a -pbkdf2 2>/dev/null >"$T/files/part"
  for ((i = 0; i < 8; i++)); do mcopy -i "$T/volume" "$T/files/part" "::/first$i"; done
  mmd -i "$T/volume" ::/folder ::/folder/deep ::/folder/deep/deeper
  for ((i = 0; i < 60; i++)); do
    echo "$i" >"$T/files/a long name, number $i.txt"
  done
  touch -d '2001-02-03 04:05:06' "$T/files/a long name, number 7.txt"
  mcopy -m -i "$T/volume" "$T/files/a long name"* ::/folder/deep/
  mcopy -i "$T/volume" "$T/files/part" ::/folder/deep/deeper/part
  mattrib +h +s +r -i "$T/volume" "::/folder/deep/a long name, number 9.txt"
  for ((i = 0; i < 8; i++)); do mdel -i "$T/volume" "::/first$i"; done
  fsck.fat -n "$T/volume" >"$T/log" || { cat "$T/log" >&2; fail "the fixture is damaged"; }
  truncate -s $((size_of_volume = $(size_of "$T/volume"), size_of_volume + 2097152)) "$T/source"
  printf 'label: dos\n2048,%d,c\n' $((size_of_volume / 512)) | sfdisk -q "$T/source"
  dd if="$T/volume" of="$T/source" bs=1M seek=1 conv=notrunc,sparse status=none
  before=$(hash_of "$T/source")
}
# shrunk SIZE: onto so much it goes, and is what it was
shrunk() {
  local offset size
  poison "$1" "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  says 'vfat.* is brought from'
  read -r _ offset size _ < <(volumes "$T/target")
  rm -f "$T/b"
  cut_out "$T/target" "$offset" "$size" "$T/b"
  fsck.fat -n "$T/b" >"$T/check" 2>&1 || { cat "$T/check" >&2; fail "fsck.fat"; }
  ! grep -qiE 'differ|wrong|reclaim|truncat' "$T/check" || { cat "$T/check" >&2; fail "fsck.fat"; }
  diff <(all "$T/volume") <(all "$T/b") >&2 || fail "other entries"
  diff <(contents "$T/volume") <(contents "$T/b") >&2 || fail "other contents"
  [ "$(blkid -p -o export "$T/b" | grep -E '^(UUID|LABEL|TYPE|VERSION)=')" = "$(blkid -p -o export "$T/volume" | grep -E '^(UUID|LABEL|TYPE|VERSION)=')" ] ||
    fail "another identity"
  [ "$(od -An -tx1 -j 90 -N 420 "$T/b")" = "$(od -An -tx1 -j 90 -N 420 "$T/volume")" ] || fail "other boot code"
  [ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
}
refused() {
  poison "$1" "$T/target"
  was=$(hash_of "$T/target")
  expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
  says "$2"
  [ "$(hash_of "$T/target")" = "$was" ] || fail "a refused target was written to"
}
part=300K; made 8M -F 12 -s 8; shrunk 3M; refused 1300K 'are missing'
part=2M; made 60M -F 16 -s 4; shrunk 13M; refused 5M 'are missing'
part=6M; made 200M -F 32 -s 1; shrunk 45M; refused 30M 'are missing'
part=5M; made 64M -F 32 -s 1 -f 1 -R 40; shrunk 38M
# One that was not closed cleanly is left alone.
printf '\x01' | dd of="$T/source" bs=1 seek=$((1048576 + 65)) conv=notrunc status=none
refused 20M 'it was not closed cleanly'
