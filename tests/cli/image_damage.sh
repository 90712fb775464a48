#!/usr/bin/env bash
# Damaged images: found by verify and restore, named by partition and bytes; --salvage saves the rest.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# Two ext4 partitions; the second has 60 MB of noise in it.
truncate -s 200M "$T/source"
printf 'label: gpt\nstart=2048,size=65536,name=first\nstart=69632,size=320000,name=second\n' |
  sfdisk -q "$T/source" >/dev/null
for part in "2048 65536" "69632 320000"; do
  # shellcheck disable=SC2086
  set -- $part
  truncate -s $(($2 * 512)) "$T/part"
  mkfs.ext4 -q -F -b 4096 "$T/part"
  [ "$1" = 2048 ] || { poison 60000000 "$T/noise"; debugfs -w -R "write $T/noise noise" "$T/part" >/dev/null 2>&1; }
  dd if="$T/part" of="$T/source" bs=1M seek=$(($1 * 512)) oflag=seek_bytes conv=notrunc,sparse status=none
done
size=$(size_of "$T/source")
good=$T/good.img.zst
bad=$T/bad.img.zst
expect 0 "$disktwin" capture "$T/source" "$good"
expect 0 "$disktwin" clone --yes "$T/source" "$T/clone"
image_size=$(size_of "$good")
# A place in the middle of a frame of data: the largest are those of the noise.
frame() {  # frame N: "position size disk-offset" of the Nth largest frame of data
  "$root/tests/image/read-image" info "$good" | awk '$1 == "data" {print $2, $3}' | sort -k2 -n -r | sed -n "$1p"
}

damage_found() {  # damage_found TEXT: in $bad, by everything, with the place named
  expect 5 "$disktwin" verify --json "$bad"
  poison "$size" "$T/target"
  expect 5 "$disktwin" restore --yes "$bad" "$T/target"
  says "$1"
  got=0
  "$disktwin" verify -q - <"$bad" 2>"$T/err" || got=$?
  [ $got = 5 ] || { cat "$T/err" >&2; fail "verify - ended with $got"; }
}

# salvaged: $bad restored with --salvage; what was captured and not lost is as it was, what was lost is zeroes
"$root/tests/image/read-image" maps "$good" | awk '$2 == 0 {print $3, $4}' >"$T/captured"
[ -s "$T/captured" ] || fail "no map"
cat >"$T/check-salvaged" <<'P'
import sys
good, target, captured, lost = sys.argv[1:]
read = lambda f: [tuple(map(int, line.split())) for line in open(f)]
lost = read(lost)
a, b = open(good, 'rb').read(), bytearray(open(target, 'rb').read())
expected = bytearray(a)
for offset, length in lost:
    expected[offset:offset + length] = bytes(length)
for offset, length in read(captured):
    if expected[offset:offset + length] != b[offset:offset + length]:
        sys.exit(f'bytes from {offset} are not as they should be')
P
salvaged() {
  poison "$size" "$T/target"
  expect 4 "$disktwin" restore --json --yes --salvage "$bad" "$T/target"
  holds lost '.length > 0 and (.what | length) > 0'
  jq -r 'select(.event=="lost") | "\(.offset) \(.length)"' "$T/out" >"$T/lost"
  python3 "$T/check-salvaged" "$T/clone" "$T/target" "$T/captured" "$T/lost" || fail "salvage"
}

# The first partition, which is never hit.
first_is_whole() {
  cut_out "$T/source" $((2048 * 512)) $((65536 * 512)) "$T/a"
  cut_out "$T/target" $((2048 * 512)) $((65536 * 512)) "$T/b"
  expect 0 "$disktwin" compare "$T/a" "$T/b"
}

poison "$size" "$T/target"
read -r position bytes <<<"$(frame 1)"
[ -n "$position" ] && [ "$bytes" -gt 1000000 ] || fail "no large frame of data was found"

# A flipped bit in the data.
cp "$good" "$bad"; flip "$bad" $((position + bytes / 2))
damage_found 'partition 2.*bytes [0-9,]+ to [0-9,]+'
expect 5 "$disktwin" verify "$bad"
says 'partition 2 \(ext4\), bytes [0-9,]+ to [0-9,]+ of the disk'
salvaged
[ "$(wc -l <"$T/lost")" = 1 ] || fail "more was lost than one frame"
# The filesystem that was not hit is whole.
first_is_whole
# Where nothing is hit, nothing is lost; a good image may be salvaged as well.
expect 0 "$disktwin" restore --yes --salvage "$good" "$T/target"
expect 0 "$disktwin" compare "$T/source" "$T/target"
# Of the partition that is whole, a restore works without --salvage.
expect 0 "$disktwin" restore --yes --partitions 1 "$bad" "$T/first-only"

# In the header of a frame of data, so that its end is not known.
cp "$good" "$bad"; flip "$bad" $((position + 5))
damage_found 'partition 2'
salvaged

# In the last bytes, in the seek table, in FOOT, in the index: the data is all there.
for offset in 1 6 20 120 400; do
  cp "$good" "$bad"; flip "$bad" $((image_size - offset))
  damage_found .
  poison "$size" "$T/target"
  expect 0 "$disktwin" restore --yes --salvage "$bad" "$T/target"
  expect 0 "$disktwin" compare "$T/source" "$T/target"
done
# In HEAD, INFO, TABL, UMAP: likewise.
for offset in 1 30 60 100 300 1500; do
  cp "$good" "$bad"; flip "$bad" $offset
  expect 5 "$disktwin" verify "$bad"
  expect 5 "$disktwin" restore --yes "$bad" "$T/target"
  poison "$size" "$T/target"
  expect 0 "$disktwin" restore --yes --salvage "$bad" "$T/target"
  expect 0 "$disktwin" compare "$T/source" "$T/target"
done

# Cut in the middle: the front is saved, the rest is named.
head -c $((image_size * 2 / 3)) "$good" >"$bad"
damage_found 'cut|salvage'
poison "$size" "$T/target"
expect 4 "$disktwin" restore --json --yes --salvage "$bad" "$T/target"
holds lost '.length > 0'
first_is_whole
# Cut in the front, so that not even HEAD is there.
tail -c +3000 "$good" >"$bad"
expect 5 "$disktwin" restore --yes "$bad" "$T/target"

# The same with chunks: an encrypted image.
printf 'pass\n' >"$T/pass"
expect 0 "$disktwin" capture --encrypt --passphrase-file "$T/pass" "$T/source" "$T/e.img.zst"
head -c $(($(size_of "$T/e.img.zst") * 2 / 3)) "$T/e.img.zst" >"$bad"
expect 5 "$disktwin" verify --passphrase-file "$T/pass" "$bad"
expect 4 "$disktwin" restore --json --yes --salvage --passphrase-file "$T/pass" "$bad" "$T/target"
first_is_whole

# Bytes that are missing in the middle: what lies behind them is found all the same.
for image in "$good" "$T/e.img.zst"; do
  half=$(($(size_of "$image") / 2))
  { head -c $half "$image"; tail -c +$((half + 6)) "$image"; } >"$bad"
  key=(); [ "$image" = "$good" ] || key=(--passphrase-file "$T/pass")
  poison "$size" "$T/target"
  expect 4 "$disktwin" restore --json --yes --salvage "${key[@]}" "$bad" "$T/target"
  jq -r 'select(.event=="lost") | "\(.offset) \(.length)"' "$T/out" >"$T/lost"
  [ "$(awk '{sum += $2} END {print sum + 0}' "$T/lost")" -le $((8 << 20)) ] || { cat "$T/lost" >&2; fail "far more was lost than was hit"; }
  python3 "$T/check-salvaged" "$T/clone" "$T/target" "$T/captured" "$T/lost" || fail "salvage of $image with missing bytes"
done
# A volume that is missing costs what was in it.
expect 0 "$disktwin" capture --split 16M "$T/source" "$T/s.img.zst"
rm "$T/s.img.zst.002"
poison "$size" "$T/target"
expect 5 "$disktwin" restore --yes "$T/s.img.zst" "$T/target"
expect 4 "$disktwin" restore --json --yes --salvage "$T/s.img.zst" "$T/target"
jq -r 'select(.event=="lost") | "\(.offset) \(.length)"' "$T/out" >"$T/lost"
[ "$(awk '{sum += $2} END {print sum + 0}' "$T/lost")" -le $((24 << 20)) ] || { cat "$T/lost" >&2; fail "more was lost than a volume"; }
python3 "$T/check-salvaged" "$T/clone" "$T/target" "$T/captured" "$T/lost" || fail "salvage with a missing volume"
# Nothing left at all: the target stays.
head -c 230 "$good" >"$bad"
before=$(hash_of "$T/target")
expect 5 "$disktwin" restore --yes --salvage "$bad" "$T/target"
[ "$(hash_of "$T/target")" = "$before" ] || fail "a target was zeroed for an image of which nothing is left"

# What is damaged on its way to the medium is found by a capture that reads it back, and only by that.
poison $((24 << 20)) "$T/noise"
for verify in '' --verify; do
  rm -f "$T/slow.img.zst"
  # shellcheck disable=SC2086
  "$disktwin" capture -q --limit 8M $verify "$T/noise" "$T/slow.img.zst" >"$T/out" 2>"$T/err" </dev/null &
  for _ in $(seq 600); do
    [ "$(size_of "$T/slow.img.zst.partial" 2>/dev/null || echo 0)" -lt $((9 << 20)) ] || break
    sleep 0.05
  done
  printf XXXX | dd of="$T/slow.img.zst.partial" bs=1 seek=$((2 << 20)) conv=notrunc status=none
  got=0
  wait $! || got=$?
  [ "$got" = "$([ -z "$verify" ] && echo 0 || echo 5)" ] || fail "exit $got with '$verify'"
done
says 'is damaged or missing'
[ -e "$T/slow.img.zst" ] || fail "what can still be saved is gone"
