#!/usr/bin/env bash
# Encrypted images: nothing of the disk shows, and whatever is changed, cut, swapped or opened with
# another passphrase is refused.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
reader="$root/tests/image/read-image"
make_disk mbr-logical "$T/source"
printf 'correct horse\n' >"$T/pass"
printf 'correct horse' >"$T/pass-without-newline"
printf 'wrong horse\n' >"$T/wrong"
with=(--passphrase-file "$T/pass")
expect 0 "$disktwin" capture --encrypt "${with[@]}" --comment 'secret comment' "$T/source" "$T/e.img.zst"
zstd -qt "$T/e.img.zst" || fail "zstd -t"
[ "$(zstd -dc "$T/e.img.zst" | wc -c)" = 0 ] || fail "zstd -dc gives something"
"$reader" check "$T/e.img.zst" "${with[@]}" >/dev/null || fail "the reader written from the format's description refuses it"
for word in 'secret comment' root source Linux ext4; do
  grep -qa "$word" "$T/e.img.zst" && fail "'$word' can be read in an encrypted image"
done
expect 0 "$disktwin" verify --passphrase-file "$T/pass-without-newline" "$T/e.img.zst"
poison "$(size_of "$T/source")" "$T/target"
before=$(hash_of "$T/target")

# Without it, or with a wrong one, nothing is written.
for how in "" "--passphrase-file $T/wrong"; do
  # shellcheck disable=SC2086
  expect 3 "$disktwin" restore --yes $how "$T/e.img.zst" "$T/target"
  says 'passphrase'
done
printf '\n' >"$T/empty"
expect 2 "$disktwin" restore --yes --passphrase-file "$T/empty" "$T/e.img.zst" "$T/target"
expect 1 "$disktwin" restore --yes --passphrase-file "$T/none" "$T/e.img.zst" "$T/target"
expect 3 "$disktwin" capture --encrypt "$T/source" "$T/x.img.zst"
[ "$(hash_of "$T/target")" = "$before" ] || fail "a target was written to without the passphrase"
# What is public shows without it.
expect 0 "$disktwin" show --json "$T/e.img.zst"
holds image '.encrypted and .locked and (has("comment") | not)'
expect 0 "$disktwin" show --json "${with[@]}" "$T/e.img.zst"
holds image '.comment == "secret comment" and (.partitions | length) > 2'

expect 0 "$disktwin" restore --yes --verify "${with[@]}" "$T/e.img.zst" "$T/target"
expect 0 "$disktwin" compare "$T/source" "$T/target"
poison "$(size_of "$T/source")" "$T/target"
"$disktwin" restore -q --yes "${with[@]}" - "$T/target" <"$T/e.img.zst" || fail "restore -"
expect 0 "$disktwin" compare "$T/source" "$T/target"

# Two CHNK frames of the same size, swapped; one repeated; one cut out; the hashes made right again.
cat >"$T/tamper" <<'P'
import struct, sys
import xxhash
how, source, out = sys.argv[1:]
data = bytearray(open(source, 'rb').read())
frames, at = [], 0
while at < len(data):
    size = 8 + struct.unpack_from('<I', data, at + 4)[0]
    frames.append((at, size, bytes(data[at + 16:at + 20])))
    at += size
chunks = [f for f in frames if f[2] == b'CHNK']
def put(place, frame):  # the position and the hash follow
    frame = bytearray(frame)
    struct.pack_into('<Q', frame, 40, place)
    frame[-16:] = xxhash.xxh3_128(bytes(frame[:-16])).digest()
    data[place:place + len(frame)] = frame
a, b = next((x, y) for x in chunks for y in chunks if x[0] < y[0] and x[1] == y[1])
fa, fb = bytes(data[a[0]:a[0] + a[1]]), bytes(data[b[0]:b[0] + b[1]])
if how == 'swap':
    put(a[0], fb); put(b[0], fa)
elif how == 'repeat':
    put(b[0], fa)
elif how == 'remove':
    del data[b[0]:b[0] + b[1]]
elif how == 'change':
    changed = bytearray(fa); changed[100] ^= 1; put(a[0], changed)
open(out, 'wb').write(data)
P
# Random data, so that all frames have the same size.
poison $((40 << 20)) "$T/noise"
expect 0 "$disktwin" capture --encrypt "${with[@]}" --all-sectors "$T/noise" "$T/n.img.zst"
expect 0 "$disktwin" verify "${with[@]}" "$T/n.img.zst"
poison $((40 << 20)) "$T/target"
for how in swap repeat remove change; do
  /usr/bin/python3 "$T/tamper" $how "$T/n.img.zst" "$T/bad.img.zst"
  cmp -s "$T/n.img.zst" "$T/bad.img.zst" && fail "$how: nothing was changed"
  expect 5 "$disktwin" verify "${with[@]}" "$T/bad.img.zst"
  expect 5 "$disktwin" restore --yes "${with[@]}" "$T/bad.img.zst" "$T/target"
  got=0
  "$disktwin" verify -q "${with[@]}" - <"$T/bad.img.zst" 2>"$T/err" || got=$?
  [ $got = 5 ] || { cat "$T/err" >&2; fail "$how: verify - ended with $got"; }
done
truncate -s -100 "$T/n.img.zst"
expect 5 "$disktwin" verify "${with[@]}" "$T/n.img.zst"

# An encrypted parent demands an encrypted child, and the same passphrase.
expect 3 "$disktwin" capture --parent "$T/e.img.zst" "${with[@]}" "$T/source" "$T/c.img.zst"
says 'encrypt'
expect 0 "$disktwin" capture --encrypt --parent "$T/e.img.zst" "${with[@]}" "$T/source" "$T/c.img.zst"
expect 0 "$disktwin" verify "${with[@]}" "$T/c.img.zst"
expect 0 "$disktwin" capture "$T/source" "$T/open.img.zst"
expect 0 "$disktwin" capture --encrypt --parent "$T/open.img.zst" "${with[@]}" "$T/source" "$T/c2.img.zst"
expect 0 "$disktwin" verify "${with[@]}" "$T/c2.img.zst"
# What is encrypted does not become open by accident.
expect 3 "$disktwin" merge "${with[@]}" "$T/c.img.zst" "$T/m.img.zst"
expect 0 "$disktwin" merge --encrypt "${with[@]}" "$T/c.img.zst" "$T/m.img.zst"
expect 0 "$disktwin" verify "${with[@]}" "$T/m.img.zst"
