#!/usr/bin/env bash
# What the boots of this folder would notice: a data partition, a swap area and a file that are not as they were; and a
# system without its data partition is whole when nothing else is asked for.
# shellcheck source=tests/vm/testlib.sh
. "$(dirname "$0")/testlib.sh"
source=$("$vm/system" uefi-ext4)
truncate -s "$(size_of "$source")" "$T/target"
expect 0 "$disktwin" clone --yes --system "$source" "$T/target"

expect 0 "$vm/boot" --expect "$source.expect" --without /data "$T/target"
expect 1 "$vm/boot" --expect "$source.expect" "$T/target"
says 'missing /data UUID='
says 'not so: manifest /data files'

# One bit of one file, a service that fails, and the swap area gone, which systemd calls "running" all the same.
read -r _ offset size _ < <(volumes "$T/target" | awk '$1 == 2')
cut_out "$T/target" "$offset" "$size" "$T/root"
block=$(debugfs -R 'bmap /usr/bin/sha256sum 3' "$T/root" 2>/dev/null)
[ "$block" -gt 0 ] || fail "no such file"
flip "$T/root" $((block * 4096 + 17))
printf '[Service]\nExecStart=/bin/false\n' >"$T/unit"
debugfs -w -f - "$T/root" >/dev/null 2>&1 <<E
cd /etc/systemd/system
write $T/unit fails.service
symlink multi-user.target.wants/fails.service /etc/systemd/system/fails.service
E
dd if="$T/root" of="$T/target" bs=1M seek="$offset" oflag=seek_bytes conv=notrunc status=none
read -r _ offset size _ < <(volumes "$T/target" | awk '$1 == 3')
dd if=/dev/zero of="$T/target" bs=4096 seek=$((offset / 4096)) count=1 conv=notrunc status=none
expect 1 "$vm/boot" --expect "$source.expect" --without /data "$T/target"
says 'not so: manifest /usr files'
says 'missing swap UUID='
says 'not so: state running'
says 'failed fails.service'
