#!/usr/bin/env bash
# Files that lie at the very end of their volume come along when it shrinks to 60 % of its size; the source stays as it is.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
[ -w /dev/fuse ] || { echo "no /dev/fuse"; exit 77; }
full=$((320 * 1048576)) less=$((192 * 1048576))
# keep DIR: the files that stay, of all sizes
keep() {
  local i
  mkdir -p "$1"
  poison 33000000 "$1/large"
  for ((i = 0; i < 60; i++)); do poison $((1 + i * 7919)) "$1/file-$i"; done
}
# A tree is written in order, so what comes last lies last: fillers first, and then they go.
make_ext4() {
  local i
  mkdir -p "$T/tree/a"
  for ((i = 0; i < 24; i++)); do poison 10000000 "$T/tree/a/filler-$i"; done
  keep "$T/tree/keep"
  mke2fs -q -t ext4 -L end -d "$T/tree" "$1" $((full / 1024))k >/dev/null 2>&1
  for ((i = 0; i < 24; i++)); do echo "rm /a/filler-$i"; done | debugfs -w -f - "$1" >/dev/null 2>&1
  e2fsck -fy "$1" >/dev/null 2>&1 || [ $? = 1 ]
  # What is used lies behind where the end will be.
  debugfs -R 'blocks /keep/large' "$1" 2>/dev/null | tail -1 | tr ' ' '\n' | sort -n | tail -1 >"$T/last"
  [ "$(cat "$T/last")" -gt $((less / $(dumpe2fs -h "$1" 2>/dev/null | awk '/^Block size/ {print $3}'))) ] ||
    fail "the files do not lie at the end"
}
make_ntfs() {
  local i last
  truncate -s $full "$1"
  mkntfs -q -F -Q -L end -p 2048 -H 16 -S 63 "$1" 2>/dev/null
  mkdir -p "$T/mnt"
  ntfs-3g "$1" "$T/mnt" >/dev/null 2>&1 || { echo "no ntfs-3g mount here"; exit 77; }
  undo+=("fusermount3 -u $T/mnt")
  mkdir "$T/mnt/a"
  for ((i = 0; i < 24; i++)); do poison 10000000 "$T/mnt/a/filler-$i"; done
  keep "$T/mnt/keep"
  rm -r "$T/mnt/a"
  fusermount3 -u "$T/mnt" 2>/dev/null || fusermount -u "$T/mnt" 2>/dev/null || umount "$T/mnt"
  while pgrep -f "ntfs-3g $1" >/dev/null; do sleep 0.05; done
  last=$(ntfsresize -f -i -v "$1" 2>/dev/null | sed -nE 's/^Ordinary +: +([0-9]+) MB.*/\1/p')
  [ "${last:-0}" -gt $((less / 1000000 + 50)) ] || fail "the files do not lie at the end, but at ${last:-?} MB"
}
# The disk with the new file fills up while the tools move what lies behind the new end.
no_room() {
  mkdir -p "$T/full"
  mount -t tmpfs -o size=1M none "$T/full"; undo+=("umount $T/full")
  expect 1 "$disktwin" clone --json --yes --target-size $((less + 2 * 1048576)) "$T/disk" "$T/full/new"
  [ "$(jq -r 'select(.event == "phase") | .phase' "$T/out" | tail -1)" = resize ] || { cat "$T/out" >&2; fail "it was not full while resizing"; }
  holds failed '.kind == "no-space" and (.subject | endswith("/full/new"))'
  [ -z "$(ls -A "$T/full")" ] || fail "something is left on the full disk: $(ls -A "$T/full")"
  umount "$T/full"
  [ "$(hash_of "$T/disk")" = "$before" ] || fail "the source was changed"
}
for type in ext4 ntfs; do
  rm -rf "$T/volume" "$T/tree" "$T/disk"
  make_$type "$T/volume"
  truncate -s $((full + 2 * 1048576)) "$T/disk"
  code=0FC63DAF-8483-4772-8E79-3D69D8477DE4
  [ $type = ext4 ] || code=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
  printf 'label: gpt\nstart=2048,size=%s,type=%s\n' $((full / 512)) $code | sfdisk -q "$T/disk"
  dd if="$T/volume" of="$T/disk" bs=1M seek=1 conv=notrunc,sparse status=none
  before=$(hash_of "$T/disk")
  [ "$(id -u)" -ne 0 ] || no_room
  poison $((less + 2 * 1048576)) "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/disk" "$T/target"
  says 'is brought from 320 MiB to 192 MiB'
  [ "$(hash_of "$T/disk")" = "$before" ] || fail "the source was changed"
  expect 0 "$disktwin" compare "$T/disk" "$T/target"
  cut_out "$T/target" 1048576 $less "$T/shrunk"
  case $type in
    ext4) e2fsck -fn "$T/shrunk" >"$T/check" 2>&1 ;;
    # The check that ntfsresize has scheduled is Windows' to do.
    ntfs) ntfsfix -n "$T/shrunk" >"$T/check" 2>&1 ;;
  esac || { cat "$T/check" >&2; fail "$type does not check clean"; }
  diff <(with_fixture $type manifest "$T/volume" | grep -v ' \*\./\$') \
    <(with_fixture $type manifest "$T/shrunk" | grep -v ' \*\./\$') >&2 || fail "$type: files differ"
done
