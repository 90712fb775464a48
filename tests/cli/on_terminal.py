"""Runs a command on a terminal of its own and types at its questions.

on_terminal.py SEEN ENDING=TEXT... -- COMMAND...    TEXT is typed when what was printed since the last answer ends
                                                     so; escapes such as \\n and \\x03 are understood. Prints the exit
                                                     code, or "signal N"; all that was shown goes to the file SEEN.
"""
import os
import pty
import select
import sys
import time

seen, rest = sys.argv[1], sys.argv[2:]
answers = [word.split('=', 1) for word in rest[:rest.index('--')]]
command = rest[rest.index('--') + 1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
output, since, until = b'', 0, time.time() + 120
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
    if answers and answers[0][0].encode() in output[since:]:
        since = len(output)
        os.write(terminal, answers.pop(0)[1].encode().decode('unicode_escape').encode('latin-1'))
with open(seen, 'wb') as out:
    out.write(output)
status = os.waitpid(pid, 0)[1]
print(os.WEXITSTATUS(status) if os.WIFEXITED(status) else f'signal {os.WTERMSIG(status)}')
