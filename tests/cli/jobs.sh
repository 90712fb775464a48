#!/usr/bin/env bash
# What a job leaves for others to find: its record, whole and bounded, in the right place and hands, whatever happens.
# shellcheck source=tests/cli/jobs_lib.sh
. "$(dirname "$0")/jobs_lib.sh"
poison $((6 << 20)) "$T/source"
slow=(--yes --limit 1M "$T/source")

# All that is said is kept, and what it was that was started.
begin_job clone --yes --limit 2M --verify "$T/source" "$T/target"
record=$(events)
owner=$(id -u)
[ "$(stat -c '%a %u' "$record")" = "600 $owner" ] || fail "the record can be read by others"
[ "$(stat -c '%a %u %F' "$(control)")" = "600 $owner socket" ] || fail "the socket is open to others"
holds start ".arguments == [\"clone\", \"--json\", \"--yes\", \"--limit\", \"2M\", \"--verify\", \"$T/source\", \"$T/target\"]
  and .folder == \"$PWD\" and .pid == $pid and (.time | test(\"^20[0-9-]+T[0-9:]+Z$\"))
  and (.job.id | test(\"^[0-9]{8}T[0-9]{6}-$pid-[0-9a-f]{4}$\")) and .job.control == \"${record%.events}.control\""
ends 0
is_recorded "$T/out"
[ "$(grep -c '"event":"progress"' "$record")" -ge 3 ] || fail "hardly any progress is in the record"
if [ "$owner" = 0 ]; then
  case $record in /run/disktwin/jobs/*) ;; *) fail "the record of root lies elsewhere: $record" ;; esac
  [ "$(stat -c '%a %u' /run/disktwin/jobs)" = '755 0' ] || fail "the folder of root's records is open to others"
  [ -z "$(ls "$T/state")" ] || fail "a variable made root write elsewhere"
else
  [ "$record" = "$T/state/disktwin/jobs/${record##*/}" ] || fail "the record lies elsewhere: $record"
fi

# An error is kept too; a dry run, and what is no job, leaves none.
poison $((1 << 20)) "$T/small"
begin_job restore --yes "$T/small" "$T/new"
ends 3
is_recorded "$T/out"
for words in "clone --dry-run $T/source $T/new" "show $T/source" "list"; do
  # shellcheck disable=SC2086,SC2046
  expect 0 "$disktwin" ${words%% *} --json $(cut -s -d' ' -f2- <<<"$words")
  holds start '(has("job") or has("arguments")) | not'
done

expect 0 "$disktwin" capture -q "$T/source" "$T/image.zst"
expect 1 "$disktwin" extract --json --no-record "$T/image.zst:0/nothing" -o "$T/taken"
holds start '(has("job") or has("arguments")) | not'

# Nobody listens any more: the job goes on, and its record is where it ends.
rm -f "$T/target"
"$disktwin" clone --json --yes --limit 4M "$T/source" "$T/target" </dev/null 2>"$T/err" | head -n 1 >"$T/out"
forget_later
cmp "$T/source" "$T/target" || fail "a closed pipe stopped the copy"
chmod 644 "$T/target"
[ "$(tail -n 1 "$(events)" | jq -r .event)" = "done" ] || fail "the record of a job without listeners has no end"

# One that was killed has no end, and its socket refuses.
begin_job clone "${slow[@]}" "$T/new"
wait_for progress
tell '{"command":"resume"}'
told '{"ok":true}'
kill -9 $pid
wait $pid 2>/dev/null || true
exec 7>&-
grep -q '"event":"\(done\|failed\)"' "$(events)" && fail "a killed job has an end"
[ -S "$(control)" ] || fail "the socket of a killed job is gone"
tell '{"command":"resume"}'
told '(refused)'
rm -f "$T/new"

other=(env)
if may_be_other; then
  other=("${as_other[@]}")
  # What pkexec starts is recorded for whoever called it.
  runs_it=(env PKEXEC_UID=65534)
  begin_job clone "${slow[@]}" "$T/new"
  for file in "$(events)" "$(control)"; do
    [ "$(stat -c '%a %u' "$file")" = '600 65534' ] || fail "$file is not the caller's"
  done
  say '{"command":"cancel"}'
  ends 130
  is_recorded "$T/out"
  "${as_other[@]}" cat "$(events)" | cmp - "$(events)" || fail "the caller cannot read the record"
  runs_it=()
  # Where somebody else could put things, root keeps no record; the job is done all the same.
  unsafe="mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/disktwin && chmod 777 /run/disktwin"
  if unshare -m sh -c "$unsafe" 2>/dev/null; then
    for change in "true" "chmod 755 /run/disktwin; chown 65534 /run/disktwin" \
      "rmdir /run/disktwin; mkdir /run/there; ln -s /run/there /run/disktwin"; do
      expect 0 unshare -m sh -c "$unsafe; $change; '$disktwin' compare --json '$T/source' '$T/target'"
      holds start 'has("job") | not'
      holds warning '.text | test("no record of this job: /run/disktwin")'
    done
  else
    echo "skipped: an unsafe folder of root's, which needs a mount of its own"
  fi
else
  echo "skipped: other users' jobs, which needs root"
fi

# A user without a home of their own, or whose disk is full: one warning, and the job is done.
expect 0 env -u XDG_STATE_HOME HOME=/nonexistent "${other[@]}" "$disktwin" compare --json "$T/source" "$T/target"
forget_later
if [ ${#other[@]} -gt 1 ] || [ "$(id -u)" -ne 0 ]; then
  holds start 'has("job") | not'
  holds warning '.text | test("no record of this job.*/nonexistent")'
fi
if may_be_other; then
  mkdir "$T/full"
  mount -t tmpfs -o size=16k,mode=777 tmpfs "$T/full"
  undo+=("umount $T/full")
  head -c 1M /dev/zero >"$T/full/ballast" 2>/dev/null || true
  expect 0 env XDG_STATE_HOME="$T/full" "${other[@]}" "$disktwin" compare --json "$T/source" "$T/target"
  [ "$(jq -c 'select(.event=="warning")' "$T/out" | wc -l)" = 1 ] || { cat "$T/out" >&2; fail "not one warning of a full disk"; }
  holds warning '.text | test("events: not all .*No space left")'
  holds 'done' '.exit_code == 0'
fi

# Of a user's records the newest hundred are kept, and what runs or is no record.
jobs=$T/state/disktwin/jobs
user=(env)
[ "$(id -u)" -ne 0 ] || user=("${other[@]}")
if [ "$(id -u)" -ne 0 ] || may_be_other; then
  expect 0 "${user[@]}" "$disktwin" compare --json "$T/source" "$T/target"
  is_recorded "$T/out"
  [ "$(stat -c %a "$jobs")" = 700 ] || fail "others can look at the records"
  # shellcheck disable=SC2016
  "${user[@]}" bash -c 'cd "$1"; for i in $(seq 120); do : >20200102T000000-9-$(printf %04x $i).events; done
    : >notes.events; mkdir 20200101T000000-8-0000.events; : >20200101T000000-7-0001.events' - "$jobs"
  "${user[@]}" python3 "$cli/job_client.py" "$jobs/20200102T000000-9-0078.control" --listen </dev/null >/dev/null ||
    fail "no socket"
  mkfifo "$T/hold"
  "${user[@]}" python3 "$cli/job_client.py" "$jobs/20200101T000000-7-0001.control" --listen <"$T/hold" >"$T/ready" & listener=$!
  exec 8>"$T/hold"
  for _ in $(seq 400); do grep -q ready "$T/ready" && break; sleep 0.05; done
  expect 0 "${user[@]}" "$disktwin" compare --json "$T/source" "$T/target"
  exec 8>&-
  wait $listener
  kept() { [ -e "$jobs/$1.events" ]; }
  [ "$(find "$jobs" -type f -name '2*.events' | wc -l)" = 101 ] || fail "$(find "$jobs" -type f | wc -l) records were kept"
  kept notes || fail "what is no record was removed"
  [ -d "$jobs/20200101T000000-8-0000.events" ] || fail "a folder was removed"
  kept 20200101T000000-7-0001 || fail "the record of a running job was removed"
  kept 20200102T000000-9-0016 && fail "a record that is too old was kept"
  kept 20200102T000000-9-0017 || fail "one of the newest hundred was removed"
  is_recorded "$T/out"
  # Once it is too old, the socket of one that was killed goes as well.
  # shellcheck disable=SC2016
  "${user[@]}" bash -c 'cd "$1"; for i in $(seq 100); do : >20210102T000000-9-$(printf %04x $i).events; done' - "$jobs"
  expect 0 "${user[@]}" "$disktwin" compare --json "$T/source" "$T/target"
  [ -z "$(find "$jobs" -name '2020*' ! -type d)" ] || fail "old records were left"
  [ "$(find "$jobs" -type f -name '2*.events' | wc -l)" = 100 ] || fail "not the newest hundred were kept"
else
  echo "skipped: how many records are kept, which needs setpriv"
fi

# What is made for a user, as root, belongs to them.
if [ "$(id -u)" -eq 0 ]; then
  mke2fs -q -t ext4 -d "$cli" "$T/volume" 64M
  expect 0 env PKEXEC_UID=65534 "$disktwin" capture "$T/volume" "$T/theirs.img.zst"
  expect 0 env PKEXEC_UID=65534 "$disktwin" clone --yes "$T/volume" "$T/theirs"
  expect 0 env PKEXEC_UID=65534 "$disktwin" extract "$T/volume:0/" -o "$T/theirs-out"
  for made in theirs.img.zst theirs theirs-out theirs-out/lib.sh theirs-out/job; do
    [ ! -e "$T/$made" ] || [ "$(stat -c %u "$T/$made")" = 65534 ] || fail "$made belongs to $(stat -c %u "$T/$made")"
  done
  [ -e "$T/theirs-out/lib.sh" ] || fail "nothing was taken out"
  expect 0 env PKEXEC_UID=somebody "$disktwin" clone --yes "$T/volume" "$T/ours"
  [ "$(stat -c %u "$T/ours")" = 0 ] || fail "given to nobody in particular"
fi
