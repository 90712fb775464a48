# shellcheck shell=bash
# Sourced by jobs*.sh: jobs that run in the background, steered through $T/in (descriptor 7) and their sockets.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2034
as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups env PATH="/usr/bin:/bin:$PATH")
may_be_other() { [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; }
# Records of root lie where all of them do; all others of these tests in a place of their own.
export XDG_STATE_HOME=$T/state
chmod 711 "$T"
mkdir -m 777 "$T/state"
pid=

# begin_job WORDS...: runs the program with --json in the background, its standard input a pipe that we have open
begin_job() {
  rm -f "$T/in"
  mkfifo "$T/in"
  : >"$T/out"
  "${runs_it[@]}" "$disktwin" "$1" --json "${@:2}" <"$T/in" >"$T/out" 2>"$T/err" & pid=$!
  exec 7>"$T/in"
  wait_for start
  forget_later
}
runs_it=()
started() { jq -r "select(.event==\"start\") | $1" "$T/out"; }
events() { started '.job.events'; }
control() { started '.job.control'; }
# Only what is ours may be removed from a folder that all jobs of this machine share.
forget_later() {
  local record
  record=$(events)
  case $record in */*.events) undo+=("rm -f '$record' '${record%.events}.control'") ;; esac
}
count() { grep -c "\"event\":\"$1\"" "$T/out" || true; }
# wait_for EVENT [COUNT]: until so many of them have come
wait_for() {
  local i
  for ((i = 0; i < 600; i++)); do
    [ "$(count "$1")" -lt "${2:-1}" ] || return 0
    sleep 0.05
  done
  cat "$T/out" "$T/err" >&2
  fail "no $1 event has come"
}
# A job may have come to its end meanwhile; where that is wrong, what is waited for never comes.
say() { (trap '' PIPE; echo "$1" >&7) 2>/dev/null || true; }
# tell LINE...: over the socket; the answers are in $T/told
tell() { python3 "$cli/job_client.py" "$(control)" "$@" >"$T/told" 2>&1 || true; }
told() { [ "$(cat "$T/told")" = "$1" ] || { cat "$T/told" >&2; fail "was told something else than $1"; }; }
# ends CODE: the job ends by itself, within a minute, with that exit code
ends() {
  local i got=0
  for ((i = 0; i < 1200; i++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  kill -0 "$pid" 2>/dev/null && { kill -9 "$pid"; cat "$T/out" >&2; fail "the job does not end"; }
  wait "$pid" || got=$?
  exec 7>&-
  [ $got = "$1" ] || { cat "$T/out" "$T/err" >&2; fail "exit $got, expected $1"; }
}
# is_recorded FILE: what was said is in the record, of progress some
is_recorded() {
  local record
  record=$(jq -r 'select(.event=="start") | .job.events' "$1")
  grep -v '"event":"progress"' "$1" >"$T/said"
  grep -v '"event":"progress"' "$record" | cmp - "$T/said" || fail "the record has other events"
  ! grep -Fxvf "$1" "$record" || fail "the record has progress that was not said"
  [ "$(head -n 1 "$record" | jq -r .event)" = start ] || fail "a record does not begin with start"
  tail -n 1 "$record" | jq -e '.event == "done" or .event == "failed"' >/dev/null || fail "a record has no end"
  [ ! -e "${record%.events}.control" ] || fail "the socket of a job that has ended was left"
}
