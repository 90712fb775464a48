#!/usr/bin/env bash
# Formats that no reader is built in for: called by their names, copied whole, and said so.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_volume() {  # make_volume KIND FILE
  rm -f "$2"
  truncate -s 64M "$2"
  case $1 in
    reiserfs) mkfs.reiserfs -qff "$2" >/dev/null 2>&1 ;;
    jfs) mkfs.jfs -q "$2" >/dev/null 2>&1 ;;
    nilfs2) truncate -s 200M "$2"; mkfs.nilfs2 -q "$2" >/dev/null 2>&1 ;;
    *) python3 "$root/tests/fixtures/foreign_volume.py" "$1" "$2" ;;
  esac
}
for kind in reiserfs jfs nilfs2 hfsplus apfs ufs BitLocker ReFS zfs_member linux_raid_member bcachefs; do
  make_volume $kind "$T/source" || fail "$kind cannot be made"
  poison "$(size_of "$T/source")" "$T/noise"
  # Something in what may be free space.
  dd if="$T/noise" of="$T/source" bs=1M seek=30 count=4 conv=notrunc status=none
  expect 0 "$disktwin" show --json "$T/source"
  holds disk ".partitions[0].filesystem.type == \"$kind\""
  holds disk '.partitions[0].filesystem.copied_whole_because != null and (.warnings | length) > 0'
  mv "$T/noise" "$T/target"
  expect 0 "$disktwin" clone --yes --verify "$T/source" "$T/target"
  says 'copied whole'
  cmp "$T/source" "$T/target" || fail "$kind was not copied whole"
done
