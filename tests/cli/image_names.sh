#!/usr/bin/env bash
# The name of a new image: whatever else has it, or comes to have it, stays as it is.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
poison 12000000 "$T/source"
poison 12000000 "$T/target"
capture=("$disktwin" capture --all-sectors "$T/source")

# Volumes of an image whose first one lies elsewhere.
for number in 002 003; do echo "volume $number" >"$T/x.img.zst.$number"; done
expect 3 "${capture[@]}" "$T/x.img.zst"
expect 3 "${capture[@]}" --split 6M "$T/x.img.zst"
expect 3 "${capture[@]}" --yes --split 6M "$T/x.img.zst"
[ "$(cat "$T"/x.img.zst.*)" = "volume 002"$'\n'"volume 003" ] || fail "volumes were replaced or removed"
rm "$T"/x.img.zst.*
expect 2 "${capture[@]}" "$T/x.img.zst.002"

# What is no image is not replaced by --yes either; an empty file and an image are.
echo 'my thesis' >"$T/thesis"
expect 3 "${capture[@]}" --yes "$T/thesis"
says 'no image of this program'
[ "$(cat "$T/thesis")" = 'my thesis' ] || fail "something else than an image was replaced"
expect 0 "${capture[@]}" "$T/y.img.zst"
expect 3 "$disktwin" capture "$T/y.img.zst" "$T/source"
: >"$T/empty"
expect 0 "${capture[@]}" --yes "$T/empty"
expect 0 "$disktwin" verify "$T/empty"
# An image is no disk to write to.
before=$(hash_of "$T/y.img.zst")
expect 3 "$disktwin" restore --yes --raw "$T/source" "$T/y.img.zst"
says 'is an image of a disk'
expect 3 "$disktwin" clone --yes "$T/source" "$T/y.img.zst"
[ "$(hash_of "$T/y.img.zst")" = "$before" ] || fail "an image was overwritten"
# A link stays a link.
ln -s y.img.zst "$T/link.img.zst"
expect 0 "${capture[@]}" --yes "$T/link.img.zst" --comment linked
[ -L "$T/link.img.zst" ] || fail "a link was replaced"
expect 0 "$disktwin" show --json "$T/y.img.zst"
holds image '.comment == "linked"'

# Partials: a foreign one is not taken for something to go on with; what is left of more volumes goes.
echo 'my work' >"$T/z.img.zst.partial"
expect 3 "${capture[@]}" --resume "$T/z.img.zst"
[ "$(cat "$T/z.img.zst.partial")" = 'my work' ] || fail "a foreign partial was removed"
poison 9000000 "$T/v.img.zst.002.partial"
expect 3 "${capture[@]}" --split 6M "$T/v.img.zst"
expect 0 "${capture[@]}" --yes --split 6M "$T/v.img.zst"
expect 0 "$disktwin" verify "$T/v.img.zst"

# Two runs at once, and a name that comes into being during the work.
base64 -w 0 "$T/source" >"$T/slow"
slow=("$disktwin" capture --all-sectors --level 19 --threads 1 "$T/slow")
begin() {  # begin NAME: until it writes, with its partial locked; then it stands still
  "${slow[@]}" "$1" >"$T/first.out" 2>"$T/first.err" </dev/null & pid=$!
  undo+=('kill -KILL $(jobs -p)')
  for _ in $(seq 3000); do [ ! -s "$1.partial" ] || break; sleep 0.01; done
  [ -s "$1.partial" ] || fail "the first run writes nothing"
  kill -STOP $pid
}
begin "$T/w.img.zst"
expect 3 "${slow[@]}" --yes "$T/w.img.zst"
says 'another run'
expect 3 "${slow[@]}" --resume "$T/w.img.zst"
expect 3 "${slow[@]}" --yes --split 20M "$T/w.img.zst"
kill -CONT $pid
wait $pid || { cat "$T/first.err" >&2; fail "the first run was disturbed"; }
expect 0 "$disktwin" verify "$T/w.img.zst"
begin "$T/u.img.zst"
echo 'came meanwhile' >"$T/u.img.zst"
kill -CONT $pid
got=0; wait $pid || got=$?
[ $got = 3 ] || fail "a name that was taken meanwhile: exit $got"
[ "$(cat "$T/u.img.zst")" = 'came meanwhile' ] || fail "a name that was taken meanwhile was replaced"
[ -e "$T/u.img.zst.partial" ] || fail "what was written is gone"

# A passphrase without --encrypt, and no permission.
echo pass >"$T/pass"
expect 2 "${capture[@]}" --passphrase-file "$T/pass" "$T/p.img.zst"
[ ! -e "$T/p.img.zst" ] || fail "an image that its maker thinks encrypted"
