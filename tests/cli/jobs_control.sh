#!/usr/bin/env bash
# Commands to a running job, over standard input and its socket: pause, resume, cancel; and whoever means no good.
# shellcheck source=tests/cli/jobs_lib.sh
. "$(dirname "$0")/jobs_lib.sh"
poison $((24 << 20)) "$T/source"
slow=(clone --yes --limit 1M "$T/source" "$T/target")
pause='{"command":"pause"}' resume='{"command":"resume"}' cancel='{"command":"cancel"}'
# So many of what follows an event of that name in $T/out are of the other name.
after() { sed -n "/\"event\":\"$1\"/,\$p" "$T/out" | grep -c "\"event\":\"$2\"" || true; }

# A pause stops the work itself; what it takes is not counted.
began=$(date +%s%N)
begin_job clone --yes --limit 8M "$T/source" "$T/target"
wait_for progress
say "$pause"
wait_for paused
say "$pause"  # nothing is said of that
tell "$pause"
told '{"ok":true}'
sleep 0.5  # blocks that were under way are written
blocks=$(stat -c %b "$T/target")
sleep 2
[ "$(stat -c %b "$T/target")" = "$blocks" ] || fail "a job that is paused goes on"
[ "$(after paused progress)" = 0 ] || fail "a job that is paused tells of progress"
[ "$(count paused)" = 1 ] || fail "the second command to pause was told of"
tell "$resume" "$resume"
told "$(printf '{"ok":true}\n{"ok":true}')"
wait_for resumed
ends 0
[ "$(count resumed)" = 1 ] || fail "the second command to go on was told of"
[ "$(after resumed progress)" -ge 1 ] || fail "no progress after it went on"
took=$((($(date +%s%N) - began) / 1000000))
holds 'done' ".seconds * 1000 < $took - 2000"
cmp "$T/source" "$T/target" || fail "the copy differs"
is_recorded "$T/out"

# Cancelled over the socket; over standard input while it is paused.
rm "$T/target"
begin_job "${slow[@]}"
wait_for progress
tell "$cancel"
told '{"ok":true}'
ends 130
holds failed '.kind == "cancelled" and .target_state == "incomplete"'
[ ! -e "$T/target" ] || fail "an unfinished new file was left"
is_recorded "$T/out"
begin_job "${slow[@]}"
wait_for progress
say "$pause"
wait_for paused
say "$cancel"
ends 130
holds failed '.kind == "cancelled"'
# A signal, too.
begin_job "${slow[@]}"
wait_for progress
tell "$pause"
kill -TERM $pid
ends 130

# The end of standard input is none of the job; nor is a pipe that nobody writes to or closes.
begin_job clone --yes --limit 16M "$T/source" "$T/target"
exec 7>&-
ends 0
cmp "$T/source" "$T/target" || fail "the copy differs"
begin_job compare "$T/source" "$T/target"
ends 0
# What a resize tool or another helper would wait for, and an image; each of them with a pause in it.
make_disk mbr-logical "$T/disk"
begin_job capture --limit 4M "$T/disk" "$T/disk.img.zst"
wait_for phase
tell "$pause" "$resume" "$pause" "$resume"
ends 0
begin_job verify "$T/disk.img.zst"
say "$pause"
say "$resume"
ends 0

# Work that no limit holds up stands still as well.
poison $((48 << 20)) "$T/noise"
base64 "$T/noise" >"$T/text"
busy() { sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f12; }
begin_job capture --level 19 --threads 1 "$T/text" "$T/text.img.zst"
wait_for phase
tell "$pause"
wait_for paused
for _ in $(seq 100); do
  before=$(busy)
  sleep 0.5
  [ "$(busy)" -gt $((before + 2)) ] || break
done
[ "$(count 'done')" = 0 ] || fail "a job that is paused comes to its end"
tell "$resume"
ends 0
[ "$(after resumed 'done')" = 1 ] || fail "a job that was paused does not come to its end"

# What is no command is passed over and not repeated, and who says it without end is not listened to any more.
begin_job "${slow[@]}"
say 'open sesame'
say '{"command":"open sesame"}'
say '{"passphrase":"open sesame"'
wait_for warning 3
say '{"command":"passphrase","passphrase":"open sesame"}'  # kept for a question that never comes
say "$cancel"
ends 130
! grep -q sesame "$T/out" "$(events)" || fail "what somebody said is repeated"
"$disktwin" clone --json --yes "$T/source" "$T/target" < <(yes) >"$T/out" || fail "a stream of rubbish ended a job"
forget_later
[ "$(grep -c '"standard input: ' "$T/out")" = 10 ] || fail "$(count warning) warnings of rubbish"

# Over the socket: answers for everything, and harm from nobody.
begin_job "${slow[@]}"
wait_for progress
tell 'what?' '' '{"command":7}' '[[[[' '@65536' '@1000000' "$pause"
[ "$(grep -c '^{"ok":false,"why":"' "$T/told")" = 6 ] || { cat "$T/told" >&2; fail "rubbish is not refused"; }
[ "$(tail -n 1 "$T/told")" = '{"ok":true}' ] || fail "nothing is understood after rubbish"
tell --deaf
told '(closed)'
mkfifo "$T/hold"
python3 "$cli/job_client.py" "$(control)" --silent 12 <"$T/hold" >"$T/open" & silent=$!
exec 8>"$T/hold"
for _ in $(seq 400); do [ -s "$T/open" ] && break; sleep 0.05; done
[ "$(cat "$T/open")" = 8 ] || fail "$(cat "$T/open") connections at once"
say "$resume"
wait_for resumed
tell "$pause"
told '(closed)'
exec 8>&-
wait $silent
for _ in $(seq 100); do
  tell "$pause"
  [ "$(cat "$T/told")" = '(closed)' ] || break
done
told '{"ok":true}'
if may_be_other; then
  # Not even where the mode of the socket lets others in.
  "${as_other[@]}" python3 "$cli/job_client.py" "$(control)" "$cancel" >"$T/told" || true
  told '(denied)'
  chmod 666 "$(control)"
  "${as_other[@]}" python3 "$cli/job_client.py" "$(control)" "$cancel" >"$T/told" || true
  told '(closed)'
  say "$cancel"
  ends 130
  runs_it=(env PKEXEC_UID=65534)
  begin_job "${slow[@]}"
  tell "$pause"
  told '{"ok":true}'
  "${as_other[@]}" python3 "$cli/job_client.py" "$(control)" "$cancel" >"$T/told" || true
  told '{"ok":true}'
else
  echo "skipped: the commands of other users, which needs root"
  say "$cancel"
fi
ends 130
runs_it=()

# A virtual machine stands still as well: one that ran on would take its disk for broken.
if command -v qemu-system-x86_64 >/dev/null && [ -w /dev/fuse ]; then
  {
    printf '\xfa\xeb\xfe'  # cli; busy for ever
    head -c 507 /dev/zero
    printf '\x55\xaa'
    head -c 1M /dev/zero
  } >"$T/busy"
  truncate -s 1M "$T/busy"
  begin_job boot --accel tcg --timeout 120 "$T/busy"
  wait_for watch 2
  tell "$pause"
  wait_for paused
  machine=$(pgrep -P $pid qemu-system)
  used() { sed 's/.*) //' "/proc/$machine/stat" | cut -d' ' -f12; }
  for _ in $(seq 40); do
    before=$(used)
    sleep 0.5
    [ "$(used)" -gt $((before + 5)) ] || break
  done
  seconds=$(jq -s 'map(select(.event=="watch").seconds) | max' "$T/out")
  before=$(used)
  sleep 5
  [ "$(used)" -le $((before + 30)) ] || fail "the machine of a job that is paused runs on"
  [ "$(after paused watch)" = 0 ] || fail "a job that is paused says how its machine does"
  had=$(count watch)
  tell "$resume"
  wait_for watch $((had + 1))
  [ "$(used)" -gt $((before + 5)) ] || fail "the machine does not go on"
  holds watch ".seconds > $seconds and .seconds < $seconds + 6"
  tell "$cancel"
  ends 130
else
  echo "skipped: a machine that stands still, which needs qemu-system-x86 and /dev/fuse"
fi
