#!/usr/bin/env bash
# Images in volumes: put together they are the image; a missing, swapped or foreign one is named.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
poison $((60 << 20)) "$T/source"
truncate -s 128M "$T/source"
expect 2 "$disktwin" capture --all-sectors --split 2M "$T/source" "$T/x.img.zst"
says 'at least'
expect 0 "$disktwin" capture --all-sectors --split 16M "$T/source" "$T/x.img.zst"
[ ! -e "$T/x.img.zst" ] || fail "there is an image without a number"
count=$(find "$T" -name 'x.img.zst.*' | wc -l)
[ "$count" -ge 4 ] || fail "only $count volumes"
for volume in "$T"/x.img.zst.*; do
  [ "$(size_of "$volume")" -le $((16 << 20)) ] || fail "$volume is too large"
done
cat "$T"/x.img.zst.* | zstd -dc | cmp - "$T/source" || fail "cat | zstd -dc"
for name in x.img.zst x.img.zst.001; do
  expect 0 "$disktwin" verify "$T/$name"
  expect 0 "$disktwin" show --json "$T/$name"
  holds image ".volumes == $count"
  poison $((128 << 20)) "$T/target"
  expect 0 "$disktwin" restore --yes --verify "$T/$name" "$T/target"
  cmp "$T/source" "$T/target" || fail "$name: restored something else"
done
cat "$T"/x.img.zst.* | "$disktwin" verify -q - || fail "verify - of all volumes"
"$root/tests/image/read-image" check "$T/x.img.zst" >/dev/null || fail "the reader written from the format's description refuses it"

poison $((128 << 20)) "$T/target"
before=$(hash_of "$T/target")
# In the middle, the last, the first.
for gone in 002 00$count 001; do
  mv "$T/x.img.zst.$gone" "$T/away"
  expect 5 "$disktwin" restore --yes "$T/x.img.zst" "$T/target"
  case $gone in
    00"$count") says 'volume behind the last' ;;
    *) says "x.img.zst.$gone.*missing" ;;
  esac
  mv "$T/away" "$T/x.img.zst.$gone"
done
# Two swapped, one of another image, one cut.
mv "$T/x.img.zst.002" "$T/away"; mv "$T/x.img.zst.003" "$T/x.img.zst.002"; mv "$T/away" "$T/x.img.zst.003"
expect 5 "$disktwin" restore --yes "$T/x.img.zst" "$T/target"
says 'x.img.zst.002.*volume 3'
mv "$T/x.img.zst.002" "$T/away"; mv "$T/x.img.zst.003" "$T/x.img.zst.002"; mv "$T/away" "$T/x.img.zst.003"
expect 0 "$disktwin" capture --all-sectors --split 16M "$T/source" "$T/y.img.zst"
mv "$T/x.img.zst.003" "$T/away"; cp "$T/y.img.zst.003" "$T/x.img.zst.003"
expect 5 "$disktwin" restore --yes "$T/x.img.zst" "$T/target"
says 'x.img.zst.003.*not volume 3'
mv "$T/away" "$T/x.img.zst.003"
cp "$T/x.img.zst.002" "$T/away"; truncate -s -5 "$T/x.img.zst.002"
expect 5 "$disktwin" restore --yes "$T/x.img.zst" "$T/target"
says 'x.img.zst.002.*cut'
mv "$T/away" "$T/x.img.zst.002"
[ "$(hash_of "$T/target")" = "$before" ] || fail "a target was written to"
expect 0 "$disktwin" verify "$T/x.img.zst"

# Replaced by fewer volumes, or by one file: nothing of the old one stays.
expect 3 "$disktwin" capture --all-sectors "$T/source" "$T/x.img.zst"
says 'exists'
expect 0 "$disktwin" capture --yes --all-sectors --split 32M "$T/source" "$T/x.img.zst"
[ "$(find "$T" -name 'x.img.zst.*' | wc -l)" -lt "$count" ] || fail "old volumes were left"
expect 0 "$disktwin" verify "$T/x.img.zst"
expect 0 "$disktwin" capture --yes --all-sectors "$T/source" "$T/x.img.zst"
[ "$(find "$T" -name 'x.img.zst*' | wc -l)" = 1 ] || fail "volumes were left beside the one file"
expect 0 "$disktwin" verify "$T/x.img.zst"
