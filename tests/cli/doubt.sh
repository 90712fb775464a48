#!/usr/bin/env bash
# When something speaks against a reader's map, the volume is copied whole, and the reason is said.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
ext4() { rm -f "$T/volume"; mke2fs -q -F -t ext4 -d "$root/docs" "$T/volume" 32M 2>/dev/null; }
# whole REASON: a dry run copies all 32 MiB and says why; a clone is byte for byte the same
whole() {
  expect 0 "$disktwin" clone --json --dry-run "$T/volume" "$T/new"
  holds plan ".regions[0].how == \"all\" and .regions[0].bytes == 33554432"
  holds warning ".text | test(\"$1\")"
  poison 33554432 "$T/target"
  expect 0 "$disktwin" clone --yes "$T/volume" "$T/target"
  cmp "$T/volume" "$T/target" || fail "$1: not all was copied"
}
ext4
expect 0 "$disktwin" clone --json --dry-run "$T/volume" "$T/new"
holds plan '.regions[0].how == "used"'

# A member of a RAID 1 array with its superblock at the end (version 1.0) looks like the ext4 inside.
python3 - "$T/volume" <<'P'
import struct, sys
size = 32 << 20
at = (size - 8192) & ~4095
sb = bytearray(256)
struct.pack_into("<II", sb, 0, 0xA92B4EFC, 1)      # magic, major version
sb[16:32] = bytes(range(16))                       # set UUID
sb[32:40] = b"host:md0"
struct.pack_into("<Q", sb, 144, at // 512)         # super_offset
total = sum(struct.unpack("<64I", sb))
struct.pack_into("<I", sb, 216, ((total & 0xFFFFFFFF) + (total >> 32)) & 0xFFFFFFFF)
with open(sys.argv[1], "r+b") as f:
    f.seek(at)
    f.write(sb)
P
whole 'linux_raid_member'

# Two formats at once: an old FAT boot sector in front of an ext4.
ext4
truncate -s 32M "$T/fat"; mkfs.fat "$T/fat" >/dev/null
dd if="$T/fat" of="$T/volume" bs=512 count=8 conv=notrunc status=none
dd if="$T/fat" of="$T/head" bs=512 count=8 status=none
mke2fs -q -F -t ext4 "$T/pure" 32M 2>/dev/null
dd if="$T/pure" of="$T/volume" bs=1024 skip=1 seek=1 count=3 conv=notrunc status=none
whole 'marks of|several formats|calls it'

# A LUKS header that makes no sense: all of it is copied.
rm -f "$T/volume"; poison 33554432 "$T/volume"
printf 'LUKS\xba\xbe\x00\x01' | dd of="$T/volume" conv=notrunc status=none
expect 0 "$disktwin" clone --json --dry-run "$T/volume" "$T/new"
holds plan '.regions[0].bytes == 33554432 and (.regions[0].what | test("crypto_LUKS"))'
poison 33554432 "$T/target"
expect 0 "$disktwin" clone --yes "$T/volume" "$T/target"
cmp "$T/volume" "$T/target" || fail "not all of a LUKS volume was copied"
# What nobody knows.
rm -f "$T/volume"; poison 33554432 "$T/volume"
whole 'nothing known'

# What lies behind a filesystem that does not fill its place comes along: the last MiB.
rm -f "$T/volume"; poison 33554432 "$T/volume"
mke2fs -q -F -t ext4 "$T/short" 20M 2>/dev/null
dd if="$T/short" of="$T/volume" bs=1M conv=notrunc status=none
printf 'label at the very end' | dd of="$T/volume" bs=1 seek=$((33554432 - 21)) conv=notrunc status=none
rm -f "$T/target"; truncate -s 32M "$T/target"
expect 0 "$disktwin" clone --yes --verify "$T/volume" "$T/target"
cmp -i $((31 << 20)) "$T/volume" "$T/target" || fail "the end of the place was left out"
cmp -s -i $((25 << 20)) -n 1048576 "$T/volume" "$T/target" && fail "unused space was copied"
# It fits onto less, as the filesystem does.
expect 0 "$disktwin" clone --yes --verify --target-size 20M "$T/volume" "$T/smaller"
e2fsck -fn "$T/smaller" >/dev/null 2>&1 || fail "a filesystem onto a smaller target"
expect 3 "$disktwin" clone --yes --target-size 19M "$T/volume" "$T/tiny"

# A Btrfs whose log of fsync has not been replayed: what is in use cannot be told from what is allocated.
"$root/tests/fs/clone-volume" btrfs make log "$T/log" >/dev/null 2>&1 || fail "a Btrfs with a log cannot be made"
expect 0 "$disktwin" clone --json --dry-run "$T/log" "$T/new"
holds plan '.regions[0].how == "used"'
holds warning '.text | test("all of its allocated space is copied: its log of fsync has not been replayed")'
