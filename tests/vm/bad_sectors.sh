#!/usr/bin/env bash
# Disks with bad sectors, in a virtual machine: where nothing is in use nobody notices; elsewhere the clone ends with
# exit code 1, says where, and leaves nothing behind that could pass for a disk.
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
if [ -z "${GUEST:-}" ]; then
  make_disk gpt-system "$T/source"
  start=86016  # of the partition with ext4
  cut_out "$T/source" $((start * 512)) $((100 << 20)) "$T/ext4"
  sectors=$(($(dumpe2fs -h "$T/ext4" 2>/dev/null | awk '/^Block size/ {print $3}') / 512))
  free=$(debugfs -R 'ffb 2048 30000' "$T/ext4" 2>/dev/null | awk '{print $4}')
  used=$(debugfs -R 'bmap /home/someone/file-7 2' "$T/ext4" 2>/dev/null)
  debugfs -R "testb $free 2048" "$T/ext4" 2>/dev/null | grep -q 'marked in use' && fail "no free blocks were found"
  debugfs -R "testb $used" "$T/ext4" 2>/dev/null | grep -q 'marked in use' || fail "no used block was found"
  free=$((start + (free + 1000) * sectors)) used=$((start + used * sectors))
  cp "$T/source" "$T/source2"
  poison "$(size_of "$T/source")" "$T/target"
  cp "$T/target" "$T/target2"
  "$vm/guest" --env free=$free --env used=$used --disk "$T/source,ro,bad=$free+16" \
    --disk "$T/source2,ro,bad=$used" --disk "$T/target" --disk "$T/target2,bad-write=$used" -- "$0"
  exit
fi
! dd if="$DISK0" of=/dev/null bs=512 skip="$free" count=1 iflag=direct status=none 2>/dev/null || fail "no bad sector"
! dd if="$DISK1" of=/dev/null bs=512 skip="$used" count=1 iflag=direct status=none 2>/dev/null || fail "no bad sector"

# In use: an error of the source.
expect 1 "$disktwin" clone --json --yes "$DISK1" "$DISK2"
holds failed ".exit_code == 1 and .kind == \"read\" and .subject == \"$DISK1\" and .target_state == \"incomplete\""
holds failed ".offset <= $used * 512 and .offset + .length > $used * 512"
expect 0 "$disktwin" show --json "$DISK2"
holds disk '.table == "none"'
[ -z "$(blkid -p "$DISK2")" ] || fail "what was left behind passes for a disk"
expect 1 "$disktwin" clone --yes "$DISK1" "$DISK2"
says "$DISK1"
expect 1 "$disktwin" capture "$DISK1" "$T/disk.img.zst"
[ ! -e "$T/disk.img.zst" ] || fail "an image that lacks something looks finished"
rm -f "$T"/disk.img*
# Without the partition that has it, all is well.
expect 0 "$disktwin" clone --yes --verify --partitions 1,3,4 "$DISK1" "$DISK2"

# Not in use: no trouble, but with --all-sectors.
expect 0 "$disktwin" clone --yes --verify --fit keep "$DISK0" "$DISK2"
expect 0 "$disktwin" compare "$DISK0" "$DISK2"
e2fsck -fn "${DISK2}2" >/dev/null 2>&1 || fail "ext4 does not check clean"
expect 1 "$disktwin" clone --yes --all-sectors "$DISK0" "$DISK2"

# A target that cannot be written to.
expect 1 "$disktwin" clone --json --yes "$DISK0" "$DISK3"
holds failed ".kind == \"write\" and .subject == \"$DISK3\" and .target_state == \"incomplete\""
[ -z "$(blkid -p "$DISK3")" ] || fail "what was left behind passes for a disk"
