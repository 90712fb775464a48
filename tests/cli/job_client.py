"""Speaks to the socket of a job.

job_client.py SOCKET LINE...      sends each line and prints the answer to it, or "(closed)"; "(refused)" and the like
                                  when nobody listens. A LINE @N stands for one of N bytes.
job_client.py SOCKET --silent N   prints how many of N connections are still open after a moment, and keeps them
                                  open until its standard input ends
job_client.py SOCKET --deaf       sends commands without end and never reads an answer, until it is cut off
job_client.py SOCKET --listen     is a job: listens there until its standard input ends
"""
import os
import socket
import sys

path, what = sys.argv[1], sys.argv[2:]
# A path may be longer than that of a socket.
os.chdir(os.path.dirname(path))
path = os.path.basename(path)


def connected():
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(20)
    try:
        peer.connect(path)
    except OSError as error:
        print('(%s)' % error.strerror.split()[-1])
        sys.exit(1)
    return peer


if what[0] == '--listen':
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    print('ready', flush=True)
    sys.stdin.read()
elif what[0] == '--silent':
    peers = [connected() for _ in range(int(what[1]))]
    still = 0
    for peer in peers:
        peer.settimeout(0.3)
        try:
            still += peer.recv(1) != b''
        except socket.timeout:
            still += 1
        except OSError:
            pass
    print(still, flush=True)
    sys.stdin.read()
elif what[0] == '--deaf':
    peer = connected()
    try:
        for _ in range(1000000):
            peer.sendall(b'what?\n' * 1000)
        print('(heard for ever)')
    except OSError:
        print('(closed)')
else:
    peer = connected()
    heard = peer.makefile('rb')
    for line in what:
        text = b'x' * int(line[1:]) if line.startswith('@') else line.encode()
        try:
            peer.sendall(text + b'\n')
            answer = heard.readline().decode()
        except OSError:
            answer = ''
        print(answer.rstrip('\n') or '(closed)')
