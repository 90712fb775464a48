#!/usr/bin/env bash
# The question on the terminal: the plan and what will be lost are shown, only the target's name starts it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-bios "$T/source"
poison "$(size_of "$T/source")" "$T/target"
before=$(hash_of "$T/target")
# answer TEXT: runs the clone on a terminal of its own and types TEXT at the question; prints its exit code
answer() {
  python3 "$cli/on_terminal.py" "$T/seen" "anything else to stop: =$1" -- "$disktwin" clone "$T/source" "$T/target"
}
for wrong in 'yes\n' '\n' "$T/source\\n" "$T/targe\\n" '\x03' '\x04'; do
  [ "$(answer "$wrong")" = 130 ] || { cat "$T/seen" >&2; fail "'$wrong' was not taken as no"; }
  [ "$(hash_of "$T/target")" = "$before" ] || fail "'$wrong' started it"
done
grep -q 'WILL BE LOST' "$T/seen" || fail "the question does not say what is at stake"
grep -q 'Ranges' "$T/seen" || fail "the plan is not shown before the question"
[ "$(answer "$T/target\\n")" = 0 ] || { cat "$T/seen" >&2; fail "the right name was not taken"; }
expect 0 "$disktwin" compare "$T/source" "$T/target"
