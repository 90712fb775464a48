#!/usr/bin/env bash
# What restore takes beside images of its own: any .zst of a disk, raw files in which something is
# recognised, and with --raw any other; in files and through pipes, with no temporary file.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-bios "$T/source"
size=$(size_of "$T/source")
fresh() { poison "${1:-$size}" "$T/target"; }
head_is_source() { cmp -n "$size" "$T/source" "$T/target" || fail "$1: restored something else"; }

# Made by zstd at one go, in many frames, without content sizes, with a foreign skippable frame.
zstd -qk -1 "$T/source" -o "$T/plain.zst"
split -b 7000000 "$T/source" "$T/piece."
for piece in "$T"/piece.*; do zstd -qc "$piece"; done >"$T/frames.zst"
zstd -qc <"$T/source" >"$T/nosize.zst"
{ printf '\x50\x2a\x4d\x18\x05\x00\x00\x00hello'; cat "$T/frames.zst"; } >"$T/skippable.zst"
for name in plain frames nosize skippable; do
  fresh
  expect 0 "$disktwin" restore --yes --verify "$T/$name.zst" "$T/target"
  head_is_source $name
  fresh
  "$disktwin" restore -q --yes --verify - "$T/target" <"$T/$name.zst" || fail "$name from a pipe"
  head_is_source "$name from a pipe"
done
# Onto a larger file, and a new one.
fresh $((size + 5000000))
expect 0 "$disktwin" restore --yes "$T/plain.zst" "$T/target"
head_is_source larger
expect 0 "$disktwin" restore --yes "$T/plain.zst" "$T/new"
cmp "$T/source" "$T/new" || fail "a new file"
# A file is known to fit before anything is written; a pipe when it does not.
fresh 5000000
before=$(hash_of "$T/target")
expect 3 "$disktwin" restore --yes "$T/plain.zst" "$T/target"
[ "$(hash_of "$T/target")" = "$before" ] || fail "a target that is too small was written to"
got=0
"$disktwin" restore -q --yes - "$T/target" <"$T/plain.zst" 2>"$T/err" || got=$?
[ $got != 0 ] || fail "a stream that does not fit was taken for restored"
grep -q 'incomplete' "$T/err" || fail "it is not said that the target is incomplete"
# Damaged: cut, and a flipped bit (zstd's own checksum finds it).
fresh
before=$(hash_of "$T/target")
head -c 3000000 "$T/plain.zst" >"$T/cut.zst"
cp "$T/plain.zst" "$T/bit.zst"; flip "$T/bit.zst" 2000000
for name in cut bit; do
  expect 5 "$disktwin" restore --yes "$T/$name.zst" "$T/target"
  [ "$(hash_of "$T/target")" = "$before" ] || fail "$name: a target was written to before the file was known to be whole"
  got=0
  "$disktwin" restore -q --yes - "$T/target" <"$T/$name.zst" 2>/dev/null || got=$?
  [ $got = 5 ] || fail "$name from a pipe: exit $got"
  [ "$(blkid -p -o value -s PTTYPE "$T/target" || true)" = "" ] || fail "$name: a half-restored target has a table"
  fresh
done
# What has no index cannot be read at random.
expect 2 "$disktwin" clone --yes "$T/plain.zst" "$T/target"
says 'restore takes it'
expect 5 "$disktwin" verify "$T/plain.zst"

# Raw files.
expect 0 "$disktwin" restore --yes "$T/source" "$T/target"
expect 0 "$disktwin" compare "$T/source" "$T/target"
mke2fs -q -F -t ext4 "$T/bare" 16M >/dev/null 2>&1
poison 16777216 "$T/volume"
expect 0 "$disktwin" restore --yes "$T/bare" "$T/volume"
e2fsck -fn "$T/volume" >/dev/null 2>&1 || fail "a bare filesystem"
poison 4000000 "$T/noise"
poison 4000000 "$T/target"
before=$(hash_of "$T/target")
expect 3 "$disktwin" restore --yes "$T/noise" "$T/target"
says '--raw'
[ "$(hash_of "$T/target")" = "$before" ] || fail "written to without --raw"
expect 0 "$disktwin" restore --yes --raw "$T/noise" "$T/target"
cmp "$T/noise" "$T/target" || fail "--raw"

# An image of ours never passes for raw, whatever has happened to it.
expect 0 "$disktwin" capture "$T/source" "$T/x.img.zst"
for at in 0 3 9 16 40; do
  cp "$T/x.img.zst" "$T/bad"; flip "$T/bad" $at
  expect 5 "$disktwin" restore --yes --raw "$T/bad" "$T/target"
done
tail -c +5 "$T/x.img.zst" >"$T/bad"
expect 5 "$disktwin" restore --yes --raw "$T/bad" "$T/target"
# Nothing, and a little.
: >"$T/nothing"
printf 'x' >"$T/little"
for name in nothing little; do
  got=0
  setsid -w "$disktwin" restore --yes "$T/$name" "$T/target" >"$T/out" 2>"$T/err" </dev/null || got=$?
  [ $got != 0 ] || fail "$name was restored"
  got=0
  "$disktwin" restore -q --yes - "$T/target" <"$T/$name" 2>"$T/err" || got=$?
  [ $got != 0 ] || fail "$name was restored from a pipe"
done
