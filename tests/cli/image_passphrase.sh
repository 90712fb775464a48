#!/usr/bin/env bash
# The passphrase on a terminal: asked for twice for a new image, once to open one, never shown.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
poison 3000000 "$T/source"
# on_terminal ANSWER... -- COMMAND...: prints the exit code; what was shown is in $T/seen
on_terminal() { python3 "$cli/on_terminal.py" "$T/seen" "$@"; }
first='has lost the image): ' second='The same once more: ' open='Passphrase of '
capture=("$disktwin" capture --encrypt --all-sectors "$T/source" "$T/x.img.zst")

[ "$(on_terminal "$first=sesame\\n" "$second=sesamy\\n" -- "${capture[@]}")" = 130 ] || fail "two that differ"
grep -q 'differ' "$T/seen" || fail "it is not said that the two differ"
[ "$(on_terminal "$first=\\n" -- "${capture[@]}")" = 130 ] || fail "an empty one"
[ "$(on_terminal "$first=\\x03" -- "${capture[@]}")" = 130 ] || fail "Ctrl-C at the first question"
[ "$(on_terminal "$first=sesame\\n" "$second=\\x03" -- "${capture[@]}")" = 130 ] || fail "Ctrl-C at the second"
[ -z "$(find "$T" -name 'x.img.zst*')" ] || fail "something was written without a passphrase"
[ "$(on_terminal "$first= open sesame \\n" "$second= open sesame \\n" -- "${capture[@]}")" = 0 ] || fail "the right ones"
! grep -q sesame "$T/seen" || fail "the passphrase was shown"

[ "$(on_terminal "$open= open sesame \\n" -- "$disktwin" verify "$T/x.img.zst")" = 0 ] || fail "verify"
! grep -q sesame "$T/seen" || fail "the passphrase was shown"
# Blanks belong to it.
[ "$(on_terminal "$open=open sesame\\n" -- "$disktwin" verify "$T/x.img.zst")" = 3 ] || fail "a wrong one"
[ "$(on_terminal "$open=\\x04" -- "$disktwin" verify "$T/x.img.zst")" = 3 ] || fail "none at all"
poison 3000000 "$T/target"
before=$(hash_of "$T/target")
[ "$(on_terminal "$open=wrong\\n" -- "$disktwin" restore "$T/x.img.zst" "$T/target")" = 3 ] || fail "restore with a wrong one"
[ "$(hash_of "$T/target")" = "$before" ] || fail "written to in spite of a wrong passphrase"
[ "$(on_terminal "$open= open sesame \\n" "anything else to stop: =$T/target\\n" -- \
  "$disktwin" restore "$T/x.img.zst" "$T/target")" = 0 ] || { cat "$T/seen" >&2; fail "restore"; }
cmp "$T/source" "$T/target" || fail "restored something else"
# The whole chain has one passphrase, asked for once.
[ "$(on_terminal "$open= open sesame \\n" -- \
  "$disktwin" capture --encrypt --all-sectors --parent "$T/x.img.zst" "$T/source" "$T/y.img.zst")" = 0 ] ||
  { cat "$T/seen" >&2; fail "an encrypted child"; }
[ "$(on_terminal "$open= open sesame \\n" -- "$disktwin" verify "$T/y.img.zst")" = 0 ] || fail "verify a chain"
