#!/usr/bin/env bash
# A disk that is nearly all empty: long gaps are a few frames of zeroes of up to a GiB, in next to no time
# and room; whatever its size, and whatever the size of its last cell.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
poison 3000000 "$T/noise"
# Of much that is zeroes, faster than cmp.
fast_hash() {
  /usr/bin/python3 -c 'import sys, xxhash
h = xxhash.xxh3_128()
while data := sys.stdin.buffer.read(4 << 20):
    h.update(data)
print(h.hexdigest())'
}
for size in 2415919104 1342178304 1345000960; do
  rm -f "$T/source" "$T/x.img.zst"
  truncate -s $size "$T/source"
  dd if="$T/noise" of="$T/source" bs=64K seek=1200000000 oflag=seek_bytes conv=notrunc status=none
  dd if="$T/noise" of="$T/source" bs=64K seek=$((size - 100)) count=100 iflag=count_bytes oflag=seek_bytes conv=notrunc status=none
  expect 0 "$disktwin" capture --all-sectors "$T/source" "$T/x.img.zst"
  [ "$(size_of "$T/x.img.zst")" -lt 3300000 ] || fail "$size: an image of $(size_of "$T/x.img.zst") bytes"
  source=$(fast_hash <"$T/source")
  [ "$(zstd -dcq "$T/x.img.zst" | fast_hash)" = "$source" ] || fail "$size: zstd -dc"
  zstd -qt "$T/x.img.zst" || fail "$size: zstd -t"
  "$root/tests/image/read-image" info "$T/x.img.zst" >"$T/info"
  [ "$(grep -c '^data' "$T/info")" -lt 12 ] || fail "$size: too many frames"
  expect 0 "$disktwin" verify "$T/x.img.zst"
  expect 0 "$disktwin" restore --yes "$T/x.img.zst" "$T/target"
  [ "$(fast_hash <"$T/target")" = "$source" ] || fail "$size: restored something else"
  [ "$(du -k "$T/target" | cut -f1)" -lt 20000 ] || fail "$size: the target is not sparse"
  rm "$T/target"
done
# Nothing at all in it.
truncate -s 1100M "$T/empty"
expect 0 "$disktwin" capture --all-sectors "$T/empty" "$T/e.img.zst"
[ "$(zstd -dcq "$T/e.img.zst" | fast_hash)" = "$(fast_hash <"$T/empty")" ] || fail "nothing at all"
"$root/tests/image/read-image" check "$T/e.img.zst" >/dev/null || fail "nothing at all: the other reader"
expect 0 "$disktwin" verify "$T/e.img.zst"
