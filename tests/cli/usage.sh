#!/usr/bin/env bash
# Help, versions, wrong words, and the shape of what is printed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
for words in "" "clon a b" "clone" "clone a" "clone a b c" "clone --frobnicate a b" "show" "compare a" \
  "clone --target-size 10X a b" "list extra" "help nonsense" "clone --verif a b"; do
  # shellcheck disable=SC2086
  expect 2 "$disktwin" $words
  [ ! -s "$T/out" ] || fail "'$words': errors belong on standard error"
  [ "$(wc -l <"$T/err")" = 1 ] || fail "'$words': an error is one line"
done
for words in "help" "--help" "-h" "help clone" "clone --help" "list -h" "show --help" "compare --help"; do
  # shellcheck disable=SC2086
  expect 0 "$disktwin" $words
  says 'Exit codes'
  [ "$(wc -L <"$T/out")" -le 100 ] || fail "'$words': lines longer than 100 columns"
done
expect 0 "$disktwin" --version
says '^disktwin [0-9]+\.[0-9]+\.[0-9]+$'
# Every option that clone has is in its help and in the manual page.
for option in dry-run yes verify all-sectors partitions target-size expect force-mounted-source json quiet; do
  "$disktwin" help clone | grep -- "--$option" >/dev/null || fail "help clone lacks --$option"
  sed "s/[\\\\]//g" "$root/packaging/man/disktwin.1" | grep -- "$option" >/dev/null || fail "the manual page lacks --$option"
done

for verb in capture restore verify merge show compare ls extract; do
  "$disktwin" help $verb >"$T/help"
  for option in $(grep -oE '^ *(-. \[ )?--[a-z-]+' "$T/help" | grep -oE '[a-z]+(-[a-z]+)*$' | grep -vx help | sort -u); do
    sed "s/[\\\\]//g" "$root/packaging/man/disktwin.1" | grep -- "--$option" >/dev/null || fail "the manual page lacks --$option of $verb"
  done
done

make_disk gpt-system "$T/source"
expect 0 "$disktwin" clone --quiet --yes "$T/source" "$T/target"
[ ! -s "$T/out" ] || fail "--quiet prints"

# A result that does not arrive is a failure, unless nobody reads any more.
for verb in "list" "show $T/source" "clone -n $T/source $T/x" "compare $T/source $T/target"; do
  got=0
  # shellcheck disable=SC2086
  "$disktwin" $verb >/dev/full 2>"$T/err" || got=$?
  [ $got = 1 ] || fail "$verb onto a full disk: exit $got"
done
"$disktwin" show "$T/source" | head -1 >/dev/null || fail "a reader that stops reading"
expect 0 "$disktwin" clone -nq "$T/source" "$T/x"
[ ! -s "$T/out" ] || fail "-nq prints"

# Events: one JSON object a line, begun by start and ended by done or failed.
events() { jq -es . "$T/out" >/dev/null || fail "not JSON, one event a line"; jq -r .event "$T/out"; }
expect 0 "$disktwin" list --json
[ "$(events | tr '\n' ' ')" = "start disks done " ] || fail "list: $(events)"
expect 0 "$disktwin" show --json "$T/source"
[ "$(events | tr '\n' ' ')" = "start disk done " ] || fail "show: $(events)"
holds disk '.partitions | length == 4'
holds disk '.partitions | any(.number==2 and
  .role=="OS" and .filesystem.type=="ext4" and .filesystem.state=="clean" and (.guid|length)==36)'
rm "$T/target"
expect 0 "$disktwin" clone --json --yes --verify "$T/source" "$T/target"
[ "$(events | head -2 | tr '\n' ' ')" = "start plan " ] || fail "clone: begins with $(events | head -2)"
[ "$(events | tail -1)" = done ] || fail "clone: ends with $(events | tail -1)"
[ "$(jq -r 'select(.event=="phase").phase' "$T/out" | tr '\n' ' ')" = "wipe copy flush table verify " ] ||
  fail "phases: $(jq -r 'select(.event=="phase").phase' "$T/out")"
expect 3 "$disktwin" clone --json "$T/source" "$T/target"
[ "$(events | tail -1)" = failed ] || fail "a refusal ends with $(events | tail -1)"
holds failed '.exit_code==3 and .kind=="refused" and .target_state=="untouched"'
expect 2 "$disktwin" clone --json "$T/source"
[ "$(events)" = failed ] || fail "wrong usage in JSON: $(events)"
printf 'x' | dd of="$T/target" bs=1 seek=$((44040192 + 1100)) conv=notrunc status=none
expect 5 "$disktwin" compare --json "$T/source" "$T/target"
holds difference '.partition==2'
