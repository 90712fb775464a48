#!/usr/bin/env bash
# The question on the terminal: the plan and what will be lost are shown, only the target's name starts it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-bios "$T/source"
poison "$(size_of "$T/source")" "$T/target"
before=$(hash_of "$T/target")
# answer TEXT: runs the clone on a terminal of its own and types TEXT at the question; prints its exit code
answer() {
  python3 - "$1" "$T/seen" "$disktwin" clone "$T/source" "$T/target" <<'P'
import os, pty, select, sys, time
text, seen, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
output, asked, until = b"", False, time.time() + 60
while time.time() < until:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    output += data
    if not asked and b"anything else to stop: " in output:
        asked = True
        os.write(terminal, text.encode().decode("unicode_escape").encode())
open(seen, "wb").write(output)
status = os.waitpid(pid, 0)[1]
print(os.WEXITSTATUS(status) if os.WIFEXITED(status) else f"signal {os.WTERMSIG(status)}")
P
}
for wrong in 'yes\n' '\n' "$T/source\\n" "$T/targe\\n" '\x03' '\x04'; do
  [ "$(answer "$wrong")" = 130 ] || { cat "$T/seen" >&2; fail "'$wrong' was not taken as no"; }
  [ "$(hash_of "$T/target")" = "$before" ] || fail "'$wrong' started it"
done
grep -q 'WILL BE LOST' "$T/seen" || fail "the question does not say what is at stake"
grep -q 'Ranges' "$T/seen" || fail "the plan is not shown before the question"
[ "$(answer "$T/target\\n")" = 0 ] || { cat "$T/seen" >&2; fail "the right name was not taken"; }
expect 0 "$disktwin" compare "$T/source" "$T/target"
