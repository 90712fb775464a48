#!/usr/bin/env bash
# Ctrl-C, SIGTERM, a full disk, kill -9, a closed pipe: what is said, and what is left.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk mbr-logical "$T/small"
size=$((3 << 30))
truncate -s $size "$T/source"
printf 'label: gpt\nstart=2048,size=2000000\nstart=2100000,size=4000000\n' | sfdisk -q "$T/source" >/dev/null
poison $((500 << 20)) "$T/noise"
dd if="$T/noise" of="$T/source" bs=1M seek=1 conv=notrunc status=none
dd if="$T/noise" of="$T/source" bs=1M seek=1100 conv=notrunc status=none
# The target was a good disk before: it must not look like one afterwards.
prepare() { rm -f "$T/target"; cp --sparse=always "$T/source" "$T/target"; }

for signal in INT TERM; do
  prepare
  "$disktwin" clone --yes --verify "$T/source" "$T/target" >"$T/out" 2>"$T/err" </dev/null & pid=$!
  # Not before it writes: the table of the target is gone then.
  for _ in $(seq 500); do
    cmp -s -n 512 "$T/target" /dev/zero && break
    sleep 0.01
  done
  began=$(date +%s%N)
  kill -$signal $pid
  got=0; wait $pid || got=$?
  took=$((($(date +%s%N) - began) / 1000000))
  [ $got = 130 ] || { cat "$T/out" "$T/err" >&2; fail "$signal: exit $got"; }
  [ $took -lt 1500 ] || fail "$signal: took $took ms"
  says 'is incomplete'
  [ "$("$disktwin" show --json "$T/target" | jq -r 'select(.event=="disk").table')" = none ] ||
    fail "$signal: an interrupted target looks like a disk"
done

# Two at once: the second is refused at once, the first does not notice.
prepare
"$disktwin" clone --yes "$T/source" "$T/target" >/dev/null 2>"$T/first" </dev/null & pid=$!
for _ in $(seq 500); do cmp -s -n 512 "$T/target" /dev/zero && break; sleep 0.01; done
expect 3 "$disktwin" clone --yes "$T/small" "$T/target"
says 'another program is working on it'
expect 3 "$disktwin" clone --yes "$T/target" "$T/other"
wait $pid || { cat "$T/first" >&2; fail "the first of two runs"; }
expect 0 "$disktwin" compare "$T/source" "$T/target"

# A target file that was new is removed.
"$disktwin" clone --yes "$T/source" "$T/new" >"$T/out" 2>"$T/err" </dev/null & pid=$!
for _ in $(seq 500); do [ -e "$T/new" ] && break; sleep 0.01; done
kill -INT $pid
wait $pid && got=0 || got=$?
[ $got = 130 ] || fail "new file: exit $got"
[ ! -e "$T/new" ] || fail "an unfinished new file was left"
says 'was removed'

# kill -9: nothing can be said, but the target still does not pass for a disk.
prepare
"$disktwin" clone --yes --verify "$T/source" "$T/target" >/dev/null 2>&1 </dev/null & pid=$!
for _ in $(seq 500); do cmp -s -n 512 "$T/target" /dev/zero && break; sleep 0.01; done
kill -9 $pid; wait $pid 2>/dev/null || true
expect 0 "$disktwin" show --json "$T/target"
holds disk '.table == "none"'

# With its standard descriptors closed, nothing is printed into the target.
prepare
"$disktwin" clone --yes "$T/source" "$T/target" >&- 2>&- <&- & pid=$!
for _ in $(seq 500); do cmp -s -n 512 "$T/target" /dev/zero && break; sleep 0.01; done
for fd in 0 1 2; do
  [ "$(readlink /proc/$pid/fd/$fd)" = /dev/null ] || fail "descriptor $fd is not held"
done
wait $pid || fail "closed descriptors: exit $?"
expect 0 "$disktwin" compare "$T/source" "$T/target"

# A source that becomes shorter while it is read is an error, not a run of zeroes.
cp --sparse=always "$T/source" "$T/shrinking"
prepare
"$disktwin" clone --yes --verify "$T/shrinking" "$T/target" >"$T/out" 2>"$T/err" </dev/null & pid=$!
for _ in $(seq 500); do cmp -s -n 512 "$T/target" /dev/zero && break; sleep 0.01; done
truncate -s 1200M "$T/shrinking"
got=0; wait $pid || got=$?
[ $got = 1 ] || { cat "$T/out" "$T/err" >&2; fail "a shrinking source: exit $got"; }
says 'shorter|ended|ends'

# A closed pipe does not stop the work.
rm -f "$T/piped"
"$disktwin" clone --json --yes "$T/small" "$T/piped" | head -c 1 >/dev/null || true
expect 0 "$disktwin" compare "$T/small" "$T/piped"

# The disk under the target is full: exit 1, and a warning at the start.
if [ "$(id -u)" -eq 0 ]; then
  mkdir "$T/tiny"
  mount -t tmpfs -o size=12m tmpfs "$T/tiny"; undo+=("umount $T/tiny")
  expect 1 "$disktwin" clone --yes "$T/small" "$T/tiny/target"
  says 'warning.*free'
  says 'No space left'
  [ ! -e "$T/tiny/target" ] || fail "the file that filled the disk was left"
fi
