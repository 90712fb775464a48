#!/usr/bin/env bash
# Everything that is refused for safety, each by its own reason, and that nothing was written.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-bios "$T/source"
poison "$(size_of "$T/source")" "$T/target"
before=$(hash_of "$T/target")
untouched() { [ "$(hash_of "$T/target")" = "$before" ] || fail "$1: the target was written"; }

# Nobody to ask, and no --yes.
expect 3 "$disktwin" clone "$T/source" "$T/target"
says 'add --yes'
untouched "no terminal"
expect 3 "$disktwin" clone --json "$T/source" "$T/target"
untouched "json"

# The same disk by any name.
ln "$T/source" "$T/hard"
ln -s source "$T/soft"
for name in "$T/source" "$T/hard" "$T/soft" "$T/../$(basename "$T")/source"; do
  expect 3 "$disktwin" clone --yes "$T/source" "$name"
  says 'shares data with it'
  expect 3 "$disktwin" clone --yes "$name" "$T/source"
done

# The plan that was shown, or none.
id=$("$disktwin" clone --json --dry-run "$T/source" "$T/target" | jq -r 'select(.event=="plan").id')
[ ${#id} = 16 ] || fail "plan id '$id'"
expect 3 "$disktwin" clone --yes --expect 0000000000000000 "$T/source" "$T/target"
says "the plan is now $id"
untouched "--expect"
expect 3 "$disktwin" clone --yes --expect "" "$T/source" "$T/target"
untouched "an empty --expect"
[ "$id" = "$("$disktwin" clone --json --dry-run "$T/source" "$T/target" | jq -r 'select(.event=="plan").id')" ] ||
  fail "the plan id changes by itself"
[ "$id" != "$("$disktwin" clone --json --dry-run --all-sectors "$T/source" "$T/target" | jq -r 'select(.event=="plan").id')" ] ||
  fail "another plan has the same id"
cp "$T/source" "$T/elsewhere"
[ "$id" != "$("$disktwin" clone --json --dry-run "$T/elsewhere" "$T/target" | jq -r 'select(.event=="plan").id')" ] ||
  fail "another source has the same id"

# A dry run writes nothing and needs no --yes.
expect 0 "$disktwin" clone --dry-run "$T/source" "$T/target"
says 'nothing was written'
untouched "--dry-run"
expect 0 "$disktwin" clone --dry-run "$T/source" "$T/not-there"
[ ! -e "$T/not-there" ] || fail "--dry-run made a file"

# Read-only to whoever runs it.
if [ "$(id -u)" -ne 0 ]; then
  chmod 400 "$T/target"
  expect 3 "$disktwin" clone --yes "$T/source" "$T/target"
  chmod 600 "$T/target"
fi

# Tables that contradict themselves: an error that says so, nothing written; whole on request.
cp "$T/source" "$T/broken"
printf '\xff\xff\xff\x7f' | dd of="$T/broken" bs=1 seek=520 conv=notrunc status=none   # primary header
printf '\xff' | dd of="$T/broken" bs=1 seek=$(($(size_of "$T/broken") - 512 + 8)) conv=notrunc status=none
expect 5 "$disktwin" clone --yes "$T/broken" "$T/target"
untouched "broken table"
expect 0 "$disktwin" show "$T/broken"
says 'cannot be cloned'
expect 0 "$disktwin" clone --yes --verify --all-sectors "$T/broken" "$T/target"
cmp "$T/broken" "$T/target" || fail "--all-sectors of a broken disk"

# A damaged primary is repaired from the backup, and said.
cp "$T/source" "$T/half"
dd if=/dev/zero of="$T/half" bs=512 seek=1 count=1 conv=notrunc status=none
poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" clone --yes "$T/half" "$T/target"
says 'backup'
sgdisk -v "$T/target" | grep 'No problems found' >/dev/null || fail "the table was not repaired"
cmp -s -n 17408 "$T/source" "$T/target" || fail "the repaired table is not the original"

# What does not make sense as a source or target.
: >"$T/nothing"
expect 1 "$disktwin" clone --yes "$T/nothing" "$T/x"
ln -s nowhere "$T/dangling"
expect 1 "$disktwin" clone --yes "$T/source" "$T/dangling"
says 'leads nowhere'

# --expect with the right id goes through.
poison "$(size_of "$T/source")" "$T/target"
id=$("$disktwin" clone --json --dry-run "$T/source" "$T/target" | jq -r 'select(.event=="plan").id')
expect 0 "$disktwin" clone --yes --expect "$id" "$T/source" "$T/target"

# What is on the target now is named before it is lost; of noise nothing is.
expect 0 "$disktwin" clone --json --dry-run "$T/source" "$T/target"
holds plan '.target.will_be_lost | length == 4 and any(. == "partition 3 (ext4 \"root\"), 40 MiB")'
expect 0 "$disktwin" clone --dry-run "$T/source" "$T/target"
says '^Lost on the target:$'
says '^  partition 3 \(ext4 "root"\), 40 MiB$'
poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" clone --json --dry-run "$T/source" "$T/target"
holds plan '.target.will_be_lost == ["nothing that is known: no partition table, no filesystem"]'
