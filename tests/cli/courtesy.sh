#!/usr/bin/env bash
# --limit and --nice: a job that leaves room for others, and still can be stopped.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
poison $((6 << 20)) "$T/source"
poison $((6 << 20)) "$T/target"
# Six blocks, of which the first one need not wait: one and a quarter seconds at least, twice that with --verify.
slow() {
  expect 0 "$disktwin" "$@"
  holds done ".seconds >= ${least:-1.2}"
}
slow clone --json --yes --limit 4M "$T/source" "$T/target"
cmp "$T/source" "$T/target" || fail "the copy differs"
least=2.4 slow clone --json --yes --verify --limit 4M "$T/source" "$T/target"
least=0.9 slow capture --json --limit 4M "$T/source" "$T/image.img.zst"
slow restore --json --yes --limit 4M "$T/image.img.zst" "$T/target"
expect 0 "$disktwin" compare --limit 4M "$T/source" "$T/target"
# What need not be read need not wait.
truncate -s 8G "$T/empty"
expect 0 timeout 60 "$disktwin" capture --all-sectors --limit 1M "$T/empty" "$T/empty.img.zst"

for wrong in 50 0 x -1 60K; do
  expect 2 "$disktwin" clone --yes --limit $wrong "$T/source" "$T/target"
  says '^--limit: '
done

"$disktwin" clone --yes --nice --limit 64K "$T/source" "$T/target" >"$T/out" 2>"$T/err" </dev/null &
pid=$!
for _ in $(seq 6000); do
  [ "$(find /proc/$pid/task -maxdepth 1 -mindepth 1 2>/dev/null | wc -l)" -lt 4 ] || break
  kill -0 $pid 2>/dev/null || break
  sleep 0.01
done
sleep 0.5  # for the rest of them
seen=0
for task in /proc/$pid/task/*; do
  # Some of them do not live long. The name of the program may have blanks in it.
  nice=$(sed 's/.*) //' "$task/stat" 2>/dev/null | cut -d' ' -f17) || true
  class=$(ionice -p "${task##*/}" 2>/dev/null) || true
  [ -e "$task" ] || continue
  [ "$nice" = 19 ] || fail "a thread of it is not nice: $nice"
  [ "$class" = 'best-effort: prio 7' ] || fail "a thread of it goes first: $class"
  seen=$((seen + 1))
done
[ $seen -ge 4 ] || fail "only $seen threads were seen"
kill -INT $pid
got=0
wait $pid || got=$?
[ $got = 130 ] || fail "exit $got, expected 130"
