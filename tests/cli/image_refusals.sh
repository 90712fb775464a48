#!/usr/bin/env bash
# Where capture and restore say no, and that nothing was written: names that exist, names that are the
# source, words that do not go together.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-bios "$T/source"
before=$(hash_of "$T/source")
capture=("$disktwin" capture "$T/source")

# A dry run writes nothing and says what would be saved.
expect 0 "${capture[@]}" "$T/x.img.zst" --dry-run
says 'To save:'
[ -z "$(find "$T" -name 'x.img*')" ] || fail "a dry run has written"
# A new image needs no --yes; one that exists does.
expect 0 "${capture[@]}" "$T/x.img.zst"
old=$(hash_of "$T/x.img.zst")
expect 3 "${capture[@]}" "$T/x.img.zst"
says 'exists'
expect 3 "${capture[@]}" "$T/x.img.zst" --resume
[ "$(hash_of "$T/x.img.zst")" = "$old" ] || fail "an image was replaced without --yes"
expect 0 "${capture[@]}" --yes "$T/x.img.zst" --comment second
[ "$(hash_of "$T/x.img.zst")" != "$old" ] || fail "--yes has not replaced it"
# A partial is somebody's work.
echo mine >"$T/y.img.zst.partial"
expect 3 "${capture[@]}" "$T/y.img.zst"
says 'resume'
[ "$(cat "$T/y.img.zst.partial")" = mine ] || fail "a partial was replaced"
# Never the source, by whatever name; never a folder or device.
ln "$T/source" "$T/hard"
ln -s source "$T/soft"
for name in source hard soft; do
  expect 3 "${capture[@]}" --yes "$T/$name"
done
expect 3 "$disktwin" capture --yes "$T/x.img.zst" "$T/x.img.zst"
expect 3 "$disktwin" merge --yes "$T/x.img.zst" "$T/x.img.zst"
mkdir "$T/folder"
expect 3 "${capture[@]}" --yes "$T/folder"
expect 3 "${capture[@]}" --yes /dev/null
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"
got=0
setsid -w "${capture[@]}" "$T/none/x.img.zst" >"$T/out" 2>"$T/err" </dev/null || got=$?
[ $got = 1 ] || fail "a folder that is not there: exit $got"
says 'none/x.img.zst: .*does not exist'

# Wrong usage.
for words in "--level 0" "--level 20" "--level x" "--threads 0" "--split x" "--split 1M" "--partitions 9" "--partitions a"; do
  # shellcheck disable=SC2086
  expect 2 "${capture[@]}" $words "$T/z.img.zst"
done
for words in "--resume" "--split 1G"; do
  got=0
  # shellcheck disable=SC2086
  "${capture[@]}" $words - 2>"$T/err" >"$T/piped" </dev/null || got=$?
  [ $got = 2 ] && [ ! -s "$T/piped" ] || fail "$words with -: exit $got"
done
expect 2 "$disktwin" capture - "$T/z.img.zst"
expect 2 "$disktwin" merge "$T/source" "$T/z.img.zst"
expect 2 "$disktwin" restore --salvage - "$T/z"
expect 1 "$disktwin" restore "$T/none.img.zst" "$T/z"
expect 1 "$disktwin" verify "$T/none.img.zst"
expect 5 "$disktwin" verify "$T/source"
[ -z "$(find "$T" -name 'z*')" ] || fail "something was written"

# With the image on standard output, all else goes to standard error.
"${capture[@]}" --json - 2>"$T/events" >"$T/piped" </dev/null
zstd -qt "$T/piped" || fail "standard output holds something else than the image"
[ "$(jq -r .event "$T/events" | tr '\n' ' ' | grep -c 'start.*plan.*done')" = 1 ] || fail "events"
# A restore from a pipe needs --yes where nobody can be asked.
poison "$(size_of "$T/source")" "$T/target"
target=$(hash_of "$T/target")
got=0
setsid -w "$disktwin" restore - "$T/target" <"$T/piped" >"$T/out" 2>"$T/err" || got=$?
[ $got = 3 ] || fail "restore - without --yes: exit $got"
# A target that is the image, or in use by it.
expect 3 "$disktwin" restore --yes "$T/x.img.zst" "$T/x.img.zst"
ln "$T/x.img.zst" "$T/other"
expect 3 "$disktwin" restore --yes "$T/x.img.zst" "$T/other"
[ "$(hash_of "$T/target")" = "$target" ] || fail "a target was written to"
expect 3 "$disktwin" restore --yes --expect 0000000000000000 "$T/x.img.zst" "$T/target"
id=$("$disktwin" restore --json --dry-run "$T/x.img.zst" "$T/target" | jq -r 'select(.event=="plan").id')
mv "$T/x.img.zst" "$T/moved.img.zst"
expect 0 "$disktwin" restore --yes --expect "$id" "$T/moved.img.zst" "$T/target"
