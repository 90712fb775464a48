#!/usr/bin/env bash
# Passphrases that a job asks for: answered over standard input or its socket, again after a wrong one, kept nowhere.
# shellcheck source=tests/cli/jobs_lib.sh
. "$(dirname "$0")/jobs_lib.sh"
mke2fs -q -t ext4 "$T/source" 3M
printf 'open sesame' >"$T/pass"
right='{"command":"passphrase","passphrase":"open sesame"}'
wrong='{"command":"passphrase","passphrase":"open barley"}'
cancel='{"command":"cancel"}'
capture=(capture --encrypt --all-sectors "$T/source")
# All that was said and kept so far, to be looked through at the end.
keep() {
  cat "$T/out" "$T/err" "$(events)" >>"$T/heard" 2>/dev/null || true
  forget_later
}

# For a new image.
begin_job "${capture[@]}" "$T/x.img.zst"
wait_for need-passphrase
holds need-passphrase ".image == \"$T/x.img.zst\" and .new and .attempt == 1"
say "$right"
ends 0
keep
is_recorded "$T/out"
expect 0 "$disktwin" verify --passphrase-file "$T/pass" "$T/x.img.zst"
begin_job "${capture[@]}" "$T/y.img.zst"
wait_for need-passphrase
tell '{"command":"passphrase","passphrase":""}'
ends 2
keep
begin_job "${capture[@]}" "$T/y.img.zst"
wait_for need-passphrase
say "$cancel"
ends 130
keep
begin_job "${capture[@]}" "$T/y.img.zst"
wait_for need-passphrase
exec 7>&-
ends 3
holds failed '.what | test("nobody is there")'
[ -z "$(find "$T" -name 'y.img.zst*')" ] || fail "something was written without a passphrase"
# Nobody could answer: no question.
expect 3 "$disktwin" "${capture[@]}" --json "$T/y.img.zst"
forget_later
! grep -q need-passphrase "$T/out" || fail "asks where nobody is"

# Nor does anybody when a pipe with a name was closed before it was looked at.
mkfifo "$T/quick"
: >"$T/quick" & writer=$!
got=0
# shellcheck disable=SC2016
timeout 60 sh -c 'exec 5<"$1"; sleep 1; exec "$2" verify --json "$3" <&5' - "$T/quick" "$disktwin" "$T/x.img.zst" >"$T/out" || got=$?
wait $writer
keep
[ $got = 3 ] || { cat "$T/out" >&2; fail "exit $got, expected 3, with a pipe that had ended"; }

# To open one: over the socket, after a wrong one over standard input.
begin_job verify "$T/x.img.zst"
wait_for need-passphrase
holds need-passphrase ".image == \"$T/x.img.zst\" and (.new | not) and .attempt == 1"
say "$wrong"
wait_for need-passphrase 2
holds need-passphrase '.attempt == 2'
tell "$right"
told '{"ok":true}'
ends 0
keep
begin_job verify "$T/x.img.zst"
for attempt in 1 2 3; do
  wait_for need-passphrase $attempt
  tell "$wrong"
done
ends 3
holds failed '.what | test("passphrase is wrong")'
[ "$(count need-passphrase)" = 3 ] || fail "was asked $(count need-passphrase) times"
keep
# Standard input has ended, but somebody is connected.
mkfifo "$T/hold"
begin_job verify "$T/x.img.zst"
wait_for need-passphrase
python3 "$cli/job_client.py" "$(control)" --silent 1 <"$T/hold" >"$T/open" & silent=$!
exec 8>"$T/hold"
for _ in $(seq 400); do [ -s "$T/open" ] && break; sleep 0.05; done
exec 7>&-
sleep 0.5
kill -0 $pid || fail "a job ends although somebody is connected"
exec 8>&-
wait $silent
ends 3
says 'there is no passphrase'
keep

# One that was said before it is asked for; and all that is no job.
for words in "verify" "show" "ls" "clone --dry-run --all-sectors" "compare $T/source"; do
  read -r -a words <<<"$words"
  more=()
  [ "${words[0]}" != clone ] || more=("$T/new")
  timeout 60 "$disktwin" "${words[@]}" --json "$T/x.img.zst" "${more[@]}" <<<"" >"$T/out" && [ "${words[0]}" != show ] &&
    fail "$(cat "$T/out"): opened without a passphrase"
  keep
  echo "$right" | timeout 60 "$disktwin" "${words[@]}" --json "$T/x.img.zst" "${more[@]}" >"$T/out" ||
    { cat "$T/out" >&2; fail "a passphrase that was said at once: ${words[*]}"; }
  ! grep -q need-passphrase "$T/out" || holds need-passphrase '.attempt == 1'
  keep
done
echo "$right" | "$disktwin" show --json "$T/x.img.zst" >"$T/out"
holds image '.locked | not'
: | "$disktwin" show --json "$T/x.img.zst" >"$T/out"
holds image '.locked'
# Not twice: the second one is no answer to anything.
begin_job restore --yes --limit 1M "$T/x.img.zst" "$T/target"
say "$right"
wait_for plan
tell "$right"
told '{"ok":false,"why":"no passphrase is asked for now"}'
ends 0
cmp "$T/source" "$T/target" || fail "restored something else"
keep
# Standard input is the passphrase, or the image, and no commands.
"$disktwin" verify --json --passphrase-file /dev/stdin "$T/x.img.zst" < <(cat "$T/pass") >"$T/out" ||
  { cat "$T/out" >&2; fail "a passphrase in standard input"; }
keep
rm "$T/target"
# A pipe, not a file.
# shellcheck disable=SC2002
cat "$T/x.img.zst" | "$disktwin" restore --json --yes --passphrase-file "$T/pass" - "$T/target" >"$T/out" ||
  { cat "$T/out" >&2; fail "an image in standard input"; }
cmp "$T/source" "$T/target" || fail "restored something else from standard input"
keep
# A chain has one, asked for once; a plan that was looked at is the one that is done.
plan=$("$disktwin" capture --json --dry-run --encrypt --all-sectors --passphrase-file "$T/pass" --parent "$T/x.img.zst" \
  "$T/source" "$T/z.img.zst" </dev/null | jq -r 'select(.event=="plan").id')
expect 3 "$disktwin" "${capture[@]}" --json --expect 0123456789abcdef --passphrase-file "$T/pass" "$T/z.img.zst"
forget_later
holds failed '.subject == "--expect"'
[ ! -e "$T/z.img.zst" ] || fail "an image was written in spite of another plan"
begin_job "${capture[@]}" --expect "$plan" --parent "$T/x.img.zst" "$T/z.img.zst"
wait_for need-passphrase
say "$right"
ends 0
[ "$(count need-passphrase)" = 1 ] || fail "asked twice for one chain"
keep

! grep -qE 'sesame|barley' "$T/heard" || fail "a passphrase was repeated"
[ "$(grep -c '"event":"start"' "$T/heard")" -ge 20 ] || fail "not much was looked through"
