#!/usr/bin/env bash
# What --limits says each partition can have is what --fit takes, and no less.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

make_disk gpt-system "$T/source"
size=$(($(size_of "$T/source") / 512 * 512))
before=$(hash_of "$T/source")
expect 0 "$disktwin" clone --dry-run --limits --json "$T/source" "$T/new" --target-size $((size * 2))
jq 'select(.event == "limits")' "$T/out" >"$T/limits"
room=$(jq .room "$T/limits")
align=$(jq .align "$T/limits")
[ "$room" -gt "$size" ] && [ "$room" -lt $((size * 2)) ] || fail "room $room on $((size * 2))"
# The table as it will be is in the plan, and in it what grew.
[ "$(jq -c 'select(.event == "plan") | .table.partitions | map(.number)' "$T/out")" = \
  "$(jq -c '[.partitions[].number]' "$T/limits")" ] || fail "other partitions than the plan has"
tried=0
while read -r number smallest <&3; do
  [ "$smallest" -lt "$(awk -v n="$number" '$1 == n {print $3}' <(volumes "$T/source"))" ] || continue
  tried=$((tried + 1))
  rm -f "$T/new"
  expect 0 "$disktwin" clone --yes "$T/source" "$T/new" --target-size $((size * 2)) --fit "$number=$smallest"
  [ "$(awk -v n="$number" '$1 == n {print $3}' <(volumes "$T/new"))" = "$smallest" ] || fail "$number is not $smallest"
  expect 0 "$disktwin" compare "$T/source" "$T/new"
  rm "$T/new"
  expect 3 "$disktwin" clone --yes "$T/source" "$T/new" --target-size $((size * 2)) \
    --fit "$number=$((smallest - align))"
  [ ! -e "$T/new" ] || fail "refused, and written"
done 3< <(jq -r '.partitions[] | "\(.number) \(.smallest)"' "$T/limits")
[ $tried -gt 0 ] || fail "nothing there can be made smaller"
[ "$(hash_of "$T/source")" = "$before" ] || fail "the source was changed"

expect 0 "$disktwin" clone --dry-run --limits "$T/source" "$T/new" --target-size $((size * 2))
says 'Sizes there'
expect 2 "$disktwin" clone --yes --limits "$T/source" "$T/new" --target-size $((size * 2))
says 'add --dry-run'
