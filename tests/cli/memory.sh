#!/usr/bin/env bash
# No job of ours takes more than 256 MiB, also not with as many threads as a machine with 64 processors would have.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
[ -z "$(nm -C "$disktwin" 2>/dev/null | grep -m1 __asan_init)" ] || { echo "a sanitizer takes memory of its own"; exit 77; }

peak() {  # peak COMMAND: runs it, prints its largest size in MiB
  python3 -c '
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
sys.exit("failed") if status else print(usage.ru_maxrss // 1024)' "$@"
}
bounded() {  # bounded WHAT COMMAND
  local mib
  mib=$(peak "${@:2}") || fail "$1"
  echo "$1: $mib MiB"
  [ "$mib" -le 256 ] || fail "$1: $mib MiB, expected at most 256"
}

# Hardly anything in it compresses, so all that waits is as large as it can be; but it seems worth trying.
openssl enc -aes-128-ctr -nosalt -pass pass:memory -pbkdf2 -in /dev/zero 2>/dev/null | base64 -w0 | head -c 320M >"$T/source" || true
bounded clone "$disktwin" clone -q --yes --verify "$T/source" "$T/target"
rm "$T/target"
# threadsFor(level, 64): tests/image/threads_test.cc
for pair in 3:16 9:7 12:3 19:2; do
  level=${pair%:*}
  rm -f "$T/x.img.zst"
  [ "$level" -le 9 ] || truncate -s 96M "$T/source"
  bounded "capture, level $level" "$disktwin" capture -q --level "$level" --threads "${pair#*:}" "$T/source" "$T/x.img.zst"
  [ "$level" != 12 ] || continue
  bounded "restore, level $level" "$disktwin" restore -q --yes "$T/x.img.zst" "$T/target"
  bounded "verify, level $level" "$disktwin" verify -q "$T/x.img.zst"
  rm "$T/target"
done
