#!/usr/bin/env bash
# A capture that ends early: killed, stopped, out of room. Nothing looks like an image then, and --resume
# goes on with what is there; what it makes is what a run at one go makes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
truncate -s 400M "$T/source"
mkfs.ext4 -q -F -b 4096 "$T/source"
# What compresses a little, so that it takes a while: a run has to be caught before its end.
poison $((100 << 20)) "$T/random"
base64 -w 0 "$T/random" >"$T/noise"
rm "$T/random"
debugfs -w -R "write $T/noise noise" "$T/source" >/dev/null 2>&1
expect 0 "$disktwin" clone --yes "$T/source" "$T/clone"
image=$T/x.img.zst
printf 'pass\n' >"$T/pass"
printf 'other\n' >"$T/other"

# wait_for BYTES: until the partials hold that much, or the capture has ended
wait_for() {
  local have
  for _ in $(seq 2000); do
    have=$({ stat -c %s "$image".partial "$image".*.partial 2>/dev/null || true; } | awk '{ n += $1 } END { print n + 0 }')
    [ "$have" -lt "$1" ] || return 0
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.01
  done
}
check_image() {
  expect 0 "$disktwin" verify "$@"
  expect 0 "$disktwin" compare "${@:1:$#-1}" "$T/source" "${!#}"
}

# kill -9 at points all over, in one file, in volumes, encrypted.
for how in "" "--split 20M" "--encrypt --passphrase-file $T/pass"; do
  key=(); [[ $how != *encrypt* ]] || key=(--passphrase-file "$T/pass")
  rm -f "$image"*
  resume=
  killed=0
  for bytes in 1 300000 20000000 45000000 70000000 90000000; do
    # shellcheck disable=SC2086
    "$disktwin" capture -q --level 12 $how $resume "$T/source" "$image" >/dev/null 2>"$T/err" </dev/null & pid=$!
    wait_for $bytes
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null || true
    [ ! -e "$image" ] && [ ! -e "$image.001" ] || break
    resume=--resume
  done
  [ $killed -ge 3 ] || fail "$how: only $killed runs could be killed"
  if [ ! -e "$image" ] && [ ! -e "$image.001" ]; then
    # shellcheck disable=SC2086
    expect 3 "$disktwin" capture --level 12 $how "$T/source" "$image"
    says 'resume'
    # shellcheck disable=SC2086
    expect 0 "$disktwin" capture --json --level 12 $how --resume "$T/source" "$image"
    holds done '.bytes_resumed > 0'
  fi
  check_image "${key[@]}" "$image"
  [ -z "$(find "$T" -name '*.partial')" ] || fail "a partial was left"
  [ ${#key[@]} -gt 0 ] || cat "$image"* | zstd -dc | cmp - "$T/clone" || fail "$how: zstd -dc gives something else"
done

# Killed while the volumes get their names, from the last to the first: no image yet, and --resume takes them back.
rm -f "$image"*
expect 0 "$disktwin" capture --level 12 --split 20M "$T/source" "$image"
cat "$image".0* >"$T/whole"
volumes=("$image".0*)
[ ${#volumes[@]} -ge 4 ] || fail "too few volumes for the test: ${#volumes[@]}"
for named in 1 $((${#volumes[@]} - 1)); do
  for volume in "${volumes[@]:0:${#volumes[@]}-named}"; do mv "$volume" "$volume.partial"; done
  expect 3 "$disktwin" capture --level 12 --split 20M "$T/source" "$image"
  says 'unfinished image is there'
  expect 5 "$disktwin" verify "$image"
  says 'missing.*--resume'
  # Who is refused finds all as it was.
  names=$(echo "$image"*)
  expect 3 "$disktwin" capture --level 11 --split 20M --resume "$T/source" "$image"
  [ "$(echo "$image"*)" = "$names" ] || fail "a refused run has renamed volumes"
  expect 0 "$disktwin" capture --json --level 12 --split 20M --resume "$T/source" "$image"
  holds done ".bytes_resumed > $(size_of "$T/whole") / 2"
  cat "$image".0* | cmp - "$T/whole" || fail "what was taken back has become another image"
done
# A volume of another image beside a partial is nobody's leftover.
for volume in "${volumes[@]}"; do mv "$volume" "$volume.partial"; done
expect 0 "$disktwin" capture --level 12 --split 20M "$T/source" "$T/other.img.zst"
last=${#volumes[@]}
rm "${volumes[last - 1]}.partial"
cp "$T/other.img.zst.00$last" "${volumes[last - 1]}"
expect 3 "$disktwin" capture --level 12 --split 20M --resume "$T/source" "$image"
says 'an image of that name exists'
cmp "$T/other.img.zst.00$last" "${volumes[last - 1]}" || fail "a volume of another image was touched"
rm -f "$T/whole" "$T/other.img.zst".*

# A partial whose end is torn, or of which a byte has changed, is gone on with before that place.
make_partial() {
  rm -f "$image"*
  "$disktwin" capture -q --level 12 "$T/source" "$image" >/dev/null 2>&1 </dev/null & pid=$!
  wait_for 60000000
  kill -9 $pid || fail "the capture was too fast to be killed"
  wait $pid 2>/dev/null || true
}
make_partial
size=$(size_of "$image.partial")
poison 1000 "$T/torn"
dd if="$T/torn" of="$image.partial" bs=1 seek=$((size / 2)) conv=notrunc status=none
expect 0 "$disktwin" capture --json --level 12 --resume "$T/source" "$image"
holds done ".bytes_resumed > 0 and .bytes_resumed <= $size / 2"
check_image "$image"

# The source has changed meanwhile: what differs is made anew.
make_partial
cp --sparse=always "$T/source" "$T/kept"
head -c 3000000 /dev/urandom | dd of="$T/source" bs=1M seek=40 conv=notrunc status=none
expect 0 "$disktwin" capture --json --level 12 --resume "$T/source" "$image"
check_image "$image"
mv "$T/kept" "$T/source"

# Other options, another key, another source: refused, and the partial stays.
make_partial
before=$(hash_of "$image.partial")
for options in "--level 7" "--level 12 --comment x" "--level 12 --all-sectors" "--level 12 --split 20M" \
  "--level 12 --encrypt --passphrase-file $T/pass"; do
  # shellcheck disable=SC2086
  expect 3 "$disktwin" capture --resume $options "$T/source" "$image"
  says 'another'
done
expect 3 "$disktwin" capture --level 12 --resume "$T/clone" "$image"
[ "$(hash_of "$image.partial")" = "$before" ] || fail "a refused resume changed the partial"
expect 0 "$disktwin" capture --yes --level 12 "$T/source" "$image"
[ ! -e "$image.partial" ] || fail "--yes has left the old partial"
"$disktwin" capture -q --level 12 --encrypt --passphrase-file "$T/pass" "$T/source" "$T/e.img.zst" >/dev/null 2>&1 </dev/null & pid=$!
image=$T/e.img.zst wait_for 50000000
kill -9 $pid || fail "the capture was too fast to be killed"; wait $pid 2>/dev/null || true
expect 3 "$disktwin" capture --level 12 --encrypt --passphrase-file "$T/other" --resume "$T/source" "$T/e.img.zst"
says 'passphrase'
# Nothing to go on with: it starts afresh.
expect 0 "$disktwin" capture --level 12 --resume "$T/source" "$T/fresh.img.zst"
says 'afresh'

# Volumes of an encrypted image, of which a cell has changed since: nothing of the old one stays behind.
image=$T/se.img.zst
how=(--level 12 --split 12M --encrypt --passphrase-file "$T/pass")
"$disktwin" capture -q "${how[@]}" "$T/source" "$image" >/dev/null 2>&1 </dev/null & pid=$!
wait_for 40000000
kill -9 $pid || fail "the capture was too fast to be killed"
wait $pid 2>/dev/null || true
cp --sparse=always "$T/source" "$T/kept"
at=$(grep -abo -m1 "$(head -c 40 "$T/noise")" "$T/source" | head -1 | cut -d: -f1)
yes aaaa | head -c 9000000 | dd of="$T/source" bs=64K seek=$((at + 2000000)) oflag=seek_bytes conv=notrunc status=none || true
expect 3 "$disktwin" capture "${how[@]/12M/14M}" --resume "$T/source" "$image"
says 'another --split'
expect 0 "$disktwin" capture --json "${how[@]}" --resume "$T/source" "$image"
check_image --passphrase-file "$T/pass" "$image"
mv "$T/kept" "$T/source"
image=$T/x.img.zst

# An incremental image: the same parent goes on, another one is refused.
image=$T/child.img.zst
truncate -s 400M "$T/blank"
expect 0 "$disktwin" capture --all-sectors "$T/blank" "$T/parent.img.zst"
expect 0 "$disktwin" capture --all-sectors "$T/blank" "$T/parent2.img.zst"
"$disktwin" capture -q --level 12 --parent "$T/parent.img.zst" "$T/source" "$image" >/dev/null 2>&1 </dev/null & pid=$!
wait_for 40000000
kill -9 $pid || fail "the capture was too fast to be killed"
wait $pid 2>/dev/null || true
expect 3 "$disktwin" capture --level 12 --parent "$T/parent2.img.zst" --resume "$T/source" "$image"
says 'another --parent'
expect 0 "$disktwin" capture --json --level 12 --parent "$T/parent.img.zst" --resume "$T/source" "$image"
holds done '.bytes_resumed > 20000000'
check_image "$image"
image=$T/x.img.zst

# Ctrl-C says what is left; the image that was there before is still there.
rm -f "$image"*
expect 0 "$disktwin" capture --level 1 "$T/clone" "$image"
old=$(hash_of "$image")
"$disktwin" capture --yes --level 12 "$T/source" "$image" >"$T/out" 2>"$T/err" </dev/null & pid=$!
wait_for 50000000
kill -INT $pid
got=0; wait $pid || got=$?
[ $got = 130 ] || { cat "$T/err" >&2; fail "Ctrl-C: exit $got"; }
says 'partial.*--resume'
[ "$(hash_of "$image")" = "$old" ] || fail "the old image was touched before the new one was finished"

# No room: exit 1, a warning at the start, and it goes on once there is room.
if [ "$(id -u)" -eq 0 ]; then
  mkdir "$T/tiny"
  mount -t tmpfs -o size=60m tmpfs "$T/tiny"; undo+=("umount $T/tiny")
  expect 1 "$disktwin" capture "$T/source" "$T/tiny/x.img.zst"
  says 'warning.*free'
  says 'No space left'
  says '--resume'
  [ ! -e "$T/tiny/x.img.zst" ] || fail "an image without its end has its name"
  mount -o remount,size=300m "$T/tiny"
  expect 0 "$disktwin" capture --json --resume "$T/source" "$T/tiny/x.img.zst"
  holds done '.bytes_resumed > 20000000'
  check_image "$T/tiny/x.img.zst"
  # The same where the image goes to a pipe.
  got=0
  "$disktwin" capture -q "$T/source" - 2>"$T/err" | head -c 1000000 >/dev/null || got=$?
  [ $got != 0 ] || fail "a closed pipe was not noticed"
fi
