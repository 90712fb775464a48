#!/usr/bin/env bash
# Page files on volumes made by mkntfs and ntfs-3g: what the reader says of them against where their
# content is found on the raw volume. Every sector of a file bears the file's tag and its own number;
# tags that begin with "keep" belong to files that must not be touched. Exit 77: cannot mount here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$here/../../../build}
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C TZ=UTC
# shellcheck source=/dev/null
. "$here/fixture.sh"
can_mount || { echo "volumes cannot be mounted on this machine"; exit 77; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/disktwin-pages.XXXXXX")
trap 'rm -rf --one-file-system "$scratch"' EXIT
volume=$scratch/volume
fail() { printf '%s: FAILED: %s\n' "$case" "$*" >&2; exit 1; }

# tagged TAG SECTORS: the content of a file.
tagged() {
  python3 -c 'import sys
tag, count = sys.argv[1], int(sys.argv[2])
sys.stdout.buffer.write(b"".join((b"DISKTWIN %s %d " % (tag.encode(), i)).ljust(512, b"x")
                                 for i in range(count)))' "$1" "$2"
}

# Compares the extents in $scratch/said with the sectors that bear the tags "$@", of which each has
# to be there from the first to the last sector ("TAG=SECTORS").
compare() {
  python3 - "$volume" "$scratch/said" "$@" <<'PYTHON'
import sys
disk = open(sys.argv[1], "rb").read()
said = set()
for line in open(sys.argv[2]):
    offset, length = map(int, line.split())
    assert offset % 512 == 0 and length % 512 == 0 and offset + length <= len(disk), line
    said |= set(range(offset // 512, (offset + length) // 512))
places = {}
for sector in range(len(disk) // 512):
    if disk[sector * 512:sector * 512 + 9] == b"DISKTWIN ":
        _, tag, number = disk[sector * 512:sector * 512 + 60].split()[:3]
        places.setdefault(tag.decode(), {}).setdefault(int(number), []).append(sector)
expected = set()
for word in sys.argv[3:]:
    tag, count = word.split("=")
    found = places.get(tag, {})
    if sorted(found) != list(range(int(count))) or any(len(at) != 1 for at in found.values()):
        sys.exit(f"the content of {tag} is not once on the volume: {len(found)} of {count} sectors")
    if not tag.startswith("keep"):
        expected |= {at[0] for at in found.values()}
if said != expected:
    sys.exit(f"{len(expected - said)} sectors are missing, {len(said - expected)} are too many")
PYTHON
}

# expect TAG=SECTORS...
expect() {
  local before after
  before=$(openssl dgst -r -sha256 <"$volume")
  "$BUILD/tests/volume_tool" pagefiles "$volume" >"$scratch/said" || fail "no reader knows it"
  after=$(openssl dgst -r -sha256 <"$volume")
  [ "$before" = "$after" ] || fail "the source was changed"
  compare "$@" || fail "expected $*"
  printf '%s: ok, %s extents\n' "$case" "$(wc -l <"$scratch/said")"
}

mounted() { with_mount "$volume" "${options:-norecover}" "$@"; }

plain_files() {
  mkdir -p sub/deeper
  tagged page 4096 >PAGEFILE.sys && tagged swap 2048 >SwapFile.SYS
  tagged keep-sub 512 >sub/pagefile.sys && tagged keep-deeper 512 >sub/deeper/hiberfil.sys
  tagged keep-like 512 >pagefile.sys.bak && tagged keep-short 512 >pagefile
}

# A volume full of small files, every second of which makes room for the large one.
in_pieces() {
  mkdir pieces
  python3 - <<'PYTHON'
import os
i = 0
try:
    while True:
        with open(f"pieces/{i}", "wb", 0) as out:
            out.write((b"DISKTWIN keep-%d 0 " % i).ljust(2048, b"x"))
        i += 1
except OSError:
    os.remove(f"pieces/{i}")
for name in range(0, i, 2):
    os.remove(f"pieces/{name}")
PYTHON
  tagged page 1000 >pagefile.sys && tagged hiber 7500 >hiberfil.sys
}

linked_files() {
  tagged keep-linked 1024 >pagefile.sys && ln pagefile.sys another-name
  tagged swap 1024 >swapfile.sys
}

compressed_file() {
  python3 -c 'import os
os.setxattr(".", "system.ntfs_attrib_be", (0x800).to_bytes(4, "big"))'
  tagged keep-squeezed 2048 >pagefile.sys
}

odd_files() {
  printf small >pagefile.sys
  mkdir hiberfil.sys && tagged keep-inside 64 >hiberfil.sys/pagefile.sys
  ln -s sub swapfile.sys
}

sparse_file() {
  tagged page 1024 >pagefile.sys
  truncate -s 40M pagefile.sys
}

one_file() { tagged "$1" 1024 >"$2"; }
file_and_names() { many_names && one_file page pagefile.sys; }

# Zeroes what $Bitmap calls free, so that nothing moved is found in its old place too.
clear_free() {
  ntfscat -f -i 6 "$volume" 2>/dev/null | edit bits "$1" >"$scratch/used"
  python3 - "$volume" "$scratch/used" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as disk:
    at = 0
    for line in open(sys.argv[2]):
        offset, length = map(int, line.split())
        disk.seek(at)
        disk.write(bytes(max(offset - at, 0)))
        at = offset + length
PYTHON
}

record_of() { ntfsls -f -i "$volume" | awk -v name="$1" 'tolower($2) == name {print $1}'; }

case=plain
for cluster in 512 1024 4096 65536; do
  case=plain-$cluster
  new "$volume" 48M $cluster && mounted plain_files
  expect page=4096 swap=2048 keep-sub=512 keep-deeper=512 keep-like=512 keep-short=512
done

case=none
new "$volume" 16M 4096 && mounted tree
expect

case=copied-in
new "$volume" 16M 4096 && one_file page "$scratch/content"
ntfscp -q -f "$volume" "$scratch/content" pagefile.sys
expect page=1024

case=large-root
new "$volume" 16M 4096 && mounted file_and_names
expect page=1024

case=fragmented
new "$volume" 16M 512 && mounted in_pieces
ntfsinfo -f -i "$(record_of hiberfil.sys)" "$volume" 2>/dev/null >"$scratch/info"
grep -q 'ATTRIBUTE_LIST' "$scratch/info" || fail "the file fits into one record: nothing is proven"
expect hiber=7500 page=1000
[ "$(wc -l <"$scratch/said")" -gt 500 ] || fail "the file is not in pieces: nothing is proven"

for list in resident outside; do
  case=scattered-list-$list
  new "$volume" 16M 4096 && mounted one_file page pagefile.sys
  edit scatter "$volume" "$(record_of pagefile.sys)" 5 $list && clear_free 4096
  expect page=1024
  [ "$(wc -l <"$scratch/said")" -gt 50 ] || fail "the file is not in pieces: nothing is proven"
done

case=sparse
new "$volume" 48M 4096 && mounted sparse_file
expect page=1024

case=linked
new "$volume" 16M 4096 && mounted linked_files
expect keep-linked=1024 swap=1024

case=compressed
new "$volume" 16M 4096 && options=compression mounted compressed_file
ntfsinfo -f -v -i "$(record_of pagefile.sys)" "$volume" 2>/dev/null >"$scratch/info"
grep -q 'Attribute flags:.*0x0001' "$scratch/info" || fail "the file is not compressed"
expect

case=odd
new "$volume" 16M 4096 && mounted odd_files
expect keep-inside=64

case=forgotten-by-bitmap
new "$volume" 16M 4096 && mounted one_file keep-forgotten pagefile.sys
edit hide "$volume" "$(record_of pagefile.sys)"
expect keep-forgotten=1024

case=dirty
new "$volume" 16M 4096 && mounted one_file page pagefile.sys && edit flags "$volume" 0x0001
expect page=1024

case=journal-open
new "$volume" 16M 4096 && mounted one_file keep-open pagefile.sys && edit log "$volume" open
expect keep-open=1024

case=hibernated
new "$volume" 16M 4096 && mounted one_file keep-asleep pagefile.sys && hiberfile "$volume" hibr
expect keep-asleep=1024
