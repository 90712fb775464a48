#!/usr/bin/env bash
# --partitions: a table of those alone with their numbers; one of them into an existing partition.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
make_disk gpt-system "$T/source"
poison "$(size_of "$T/source")" "$T/target"
expect 0 "$disktwin" clone --yes --verify --partitions 2,4 "$T/source" "$T/target"
volumes "$T/target" >"$T/volumes"
[ "$(cut -d' ' -f1 "$T/volumes" | tr '\n' ' ')" = "2 4 " ] || fail "numbers: $(cat "$T/volumes")"
expect 0 "$disktwin" compare --partitions 2,4 "$T/source" "$T/target"
expect 5 "$disktwin" compare "$T/source" "$T/target"

make_disk mbr-logical "$T/mbr"
poison "$(size_of "$T/mbr")" "$T/target"
expect 0 "$disktwin" clone --yes --partitions 1,5 "$T/mbr" "$T/target"
[ "$(volumes "$T/target" | cut -d' ' -f1 | tr '\n' ' ')" = "1 5 " ] || fail "logical numbers"
# 6 would become 5.
expect 3 "$disktwin" clone --yes --partitions 1,6 "$T/mbr" "$T/target"

for wrong in 0 a 1,,2 1-2 ,1 9999999999; do
  expect 2 "$disktwin" clone --yes --partitions "$wrong" "$T/source" "$T/x"
done
expect 2 "$disktwin" clone --yes --partitions 9 "$T/source" "$T/x"
expect 2 "$disktwin" clone --yes --partitions 2 "$T/mbr" "$T/x"  # the container has no content
truncate -s 16M "$T/empty"
expect 2 "$disktwin" clone --yes --partitions 1 "$T/empty" "$T/x"
