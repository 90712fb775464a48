#!/usr/bin/env bash
# Incremental images: five in a row with files changed between, restored, verified, merged; and what is
# refused of parents.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
truncate -s 96M "$T/source"
mkfs.ext4 -q -F -b 4096 "$T/source"
put() { debugfs -w -R "write $1 $2" "$T/source" >/dev/null 2>&1 || fail "debugfs write $2"; }
poison 12000000 "$T/noise"
put "$T/noise" first
expect 0 "$disktwin" capture "$T/source" "$T/0.img.zst"
cp --sparse=always "$T/source" "$T/was-0"
for i in 1 2 3 4 5; do
  head -c $((i * 700000)) /dev/urandom >"$T/new"
  put "$T/new" "file-$i"
  # What became unused in between has to be gone as well.
  [ $i != 3 ] || debugfs -w -R "rm first" "$T/source" >/dev/null 2>&1
  [ $i != 4 ] || debugfs -w -R "rm file-2" "$T/source" >/dev/null 2>&1
  cp --sparse=always "$T/source" "$T/was-$i"
  expect 0 "$disktwin" capture --parent "$T/$((i - 1)).img.zst" "$T/source" "$T/$i.img.zst"
  [ "$(size_of "$T/$i.img.zst")" -lt 9000000 ] || fail "incremental image $i is not small"
  zstd -qt "$T/$i.img.zst" || fail "zstd -t of an incremental image"
  [ "$(zstd -dc "$T/$i.img.zst" | wc -c)" = 0 ] || fail "zstd -dc makes a disk of an incremental image"
done
for i in 0 1 2 3 4 5; do
  poison 100663296 "$T/target"
  expect 0 "$disktwin" restore --yes --verify "$T/$i.img.zst" "$T/target"
  expect 0 "$disktwin" compare "$T/was-$i" "$T/target"
  e2fsck -fn "$T/target" >/dev/null 2>&1 || fail "image $i: e2fsck"
done
debugfs -R "cat file-5" "$T/target" 2>/dev/null | cmp - "$T/new" || fail "a file of the last image"
expect 0 "$disktwin" verify "$T/5.img.zst"
parents=(); for i in 4 3 2 1 0; do parents+=(--parent "$T/$i.img.zst"); done
"$root/tests/image/read-image" disk "$T/5.img.zst" "$T/by-reader" "${parents[@]}"
expect 0 "$disktwin" compare "$T/was-5" "$T/by-reader"

# A stream of the last one, with the parents in files.
poison 100663296 "$T/target"
(cd "$T" && "$disktwin" restore -q --yes --verify - "$T/target" <"$T/5.img.zst") || fail "restore - of a chain"
expect 0 "$disktwin" compare "$T/was-5" "$T/target"

# merge gives a full image that any decoder reads, and that equals one made at once.
expect 0 "$disktwin" merge "$T/5.img.zst" "$T/merged.img.zst"
expect 0 "$disktwin" clone --yes "$T/was-5" "$T/clone"
zstd -dc "$T/merged.img.zst" | cmp - "$T/clone" || fail "merged: zstd -dc gives something else"
expect 0 "$disktwin" verify "$T/merged.img.zst"
expect 0 "$disktwin" show --json "$T/merged.img.zst"
holds image '.incremental == false'

# Other levels have other cells; the grid of the chunks is the same.
expect 0 "$disktwin" capture --level 19 --parent "$T/2.img.zst" "$T/was-3" "$T/other-3.img.zst"
expect 0 "$disktwin" compare "$T/was-3" "$T/other-3.img.zst"
[ "$(size_of "$T/other-3.img.zst")" -lt 9000000 ] || fail "another level stores everything anew"

# Nothing has changed: next to nothing is stored.
expect 0 "$disktwin" capture --json --parent "$T/5.img.zst" "$T/was-5" "$T/same.img.zst"
holds done '.bytes_stored == 0'

# A parent that is missing is named with its id, and nothing is written.
id=$("$disktwin" show --json "$T/2.img.zst" | jq -r 'select(.event=="image").id')
mkdir "$T/away"
mv "$T/2.img.zst" "$T/away/"
poison 100663296 "$T/target"
before=$(hash_of "$T/target")
expect 1 "$disktwin" restore --yes "$T/3.img.zst" "$T/target"
says "$id"
says '2.img.zst'
expect 1 "$disktwin" verify "$T/5.img.zst"
# Found where it is said to be, and the rest of the chain by name.
expect 0 "$disktwin" verify --parent "$T/away/2.img.zst" --parent "$T/1.img.zst" "$T/5.img.zst"
# Another image under its name.
cp "$T/0.img.zst" "$T/2.img.zst"
expect 5 "$disktwin" restore --yes "$T/3.img.zst" "$T/target"
says "$id"
# The parent's own name, made anew: another id.
rm "$T/2.img.zst"
expect 0 "$disktwin" capture "$T/was-2" "$T/2.img.zst"
expect 5 "$disktwin" restore --yes "$T/3.img.zst" "$T/target"
says "$id"
mv "$T/away/2.img.zst" "$T/2.img.zst"
# A parent with a flipped bit.
cp "$T/1.img.zst" "$T/1.good"
flip "$T/1.img.zst" $(($(size_of "$T/1.img.zst") / 2))
expect 5 "$disktwin" verify "$T/5.img.zst"
says '1.img.zst'
[ "$(hash_of "$T/target")" = "$before" ] || fail "a target was written to in spite of a wrong parent"
mv "$T/1.good" "$T/1.img.zst"

# A disk of another size, a disk as parent, several parents.
truncate -s 95M "$T/shorter"
expect 3 "$disktwin" capture --parent "$T/0.img.zst" "$T/shorter" "$T/x.img.zst"
expect 2 "$disktwin" capture --parent "$T/was-0" "$T/source" "$T/x.img.zst"
expect 2 "$disktwin" capture --parent "$T/0.img.zst" --parent "$T/1.img.zst" "$T/source" "$T/x.img.zst"
[ ! -e "$T/x.img.zst" ] && [ ! -e "$T/x.img.zst.partial" ] || fail "something was written"
# Never over a parent, by whatever name.
ln "$T/0.img.zst" "$T/also-0.img.zst"
for name in 0.img.zst also-0.img.zst; do
  expect 3 "$disktwin" capture --yes --parent "$T/1.img.zst" "$T/source" "$T/$name"
  says 'parent'
done

# Chunks and whole cells that have become zeroes, from a pipe: what the parent has there must not come back.
poison 40000000 "$T/full"
expect 0 "$disktwin" capture --all-sectors "$T/full" "$T/p.img.zst"
cp "$T/full" "$T/holes"
for hole in "1048576 1048576" "9437184 3000000" "16777216 12582912"; do
  # shellcheck disable=SC2086
  set -- $hole
  dd if=/dev/zero of="$T/holes" bs=64K seek="$1" count="$2" iflag=count_bytes oflag=seek_bytes conv=notrunc status=none
done
printf x | dd of="$T/holes" bs=1 seek=39000000 conv=notrunc status=none
expect 0 "$disktwin" capture --all-sectors --parent "$T/p.img.zst" "$T/holes" "$T/c.img.zst"
"$root/tests/image/read-image" check "$T/c.img.zst" >/dev/null || fail "the reader written from the format's description refuses it"
zstd -qt "$T/c.img.zst" || fail "zstd -t"
(cd "$T" && "$disktwin" restore -q --yes --verify - target2 <c.img.zst) || fail "restore - of holes"
cmp "$T/holes" "$T/target2" || fail "restore -: what has become zeroes has come back"
(cd "$T" && "$disktwin" verify -q - <c.img.zst) || fail "verify - of a chain"
expect 0 "$disktwin" verify "$T/c.img.zst"
expect 0 "$disktwin" restore --yes "$T/c.img.zst" "$T/target3"
cmp "$T/holes" "$T/target3" || fail "restore: holes"

# A damaged parent: found through a pipe too; --salvage takes all of the chain that is whole.
size=$(size_of "$T/p.img.zst")
cp "$T/p.img.zst" "$T/p.good"
flip "$T/p.img.zst" $((size / 2))
got=0; (cd "$T" && "$disktwin" verify -q - <c.img.zst 2>/dev/null) || got=$?
[ $got = 5 ] || fail "verify - with a damaged parent: exit $got"
cp "$T/p.good" "$T/p.img.zst"
index=$("$root/tests/image/read-image" info "$T/p.img.zst" | awk '$1 == "INDX" {print $2; exit}')
flip "$T/p.img.zst" $((index + 100))
expect 5 "$disktwin" restore --yes "$T/c.img.zst" "$T/target4"
expect 0 "$disktwin" restore --yes --salvage "$T/c.img.zst" "$T/target4"
cmp "$T/holes" "$T/target4" || fail "--salvage of a chain whose parent has lost its index"
cp "$T/p.good" "$T/p.img.zst"

# An image among its own parents is not followed for ever.
cp "$T/c.img.zst" "$T/p.img.zst"
expect 5 "$disktwin" verify "$T/c.img.zst"
