#!/usr/bin/env bash
# Broken disks: truncated anywhere, random bytes, damaged sectors. `show` and a dry run end with an
# answer, quickly, in little memory, and never crash; the source stays as it was.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
truncate -s 4G "$T/target"  # sparse: only the planning is of interest
survives() {  # survives WHAT FILE
  local verb got
  for verb in show clone; do
    got=0
    if [ $verb = show ]; then
      timeout 20 "$disktwin" show "$2" >"$T/out" 2>"$T/err" || got=$?
    else
      timeout 20 "$disktwin" clone --dry-run "$2" "$T/target" >"$T/out" 2>"$T/err" || got=$?
    fi
    case $got in 0 | 1 | 3 | 5) ;; *) cat "$T/err" >&2; fail "$1: $verb ended with $got" ;; esac
  done
}
for kind in gpt-system mbr-logical; do
  make_disk $kind "$T/$kind"
  size=$(size_of "$T/$kind")
  # Cut at places that matter: inside tables, superblocks, maps, partitions.
  for at in 0 1 511 512 513 1023 1024 1536 17408 1048576 1049088 1052672 $((size / 3)) $((size / 2)) \
    $((size - 33 * 512)) $((size - 512)) $((size - 1)); do
    cp --sparse=always "$T/$kind" "$T/cut"
    truncate -s $at "$T/cut"
    survives "$kind cut at $at" "$T/cut"
  done
  # Sectors full of zeroes, of ones, of noise, in the places where metadata lies.
  poison 4096 "$T/noise"
  tr '\0' '\377' </dev/zero | head -c 4096 >"$T/ones" || true
  while read -r number offset _ type; do
    for block in 0 1 2 3 4 8 16 64 256 1024; do
      for with in /dev/zero "$T/ones" "$T/noise"; do
        cp --sparse=always --reflink=auto "$T/$kind" "$T/cut"
        dd if="$with" of="$T/cut" bs=4096 count=1 seek=$((offset / 4096 + block)) conv=notrunc status=none
        survives "$kind, partition $number ($type), block $block of $with" "$T/cut"
      done
    done
  done < <(volumes "$T/$kind" | grep -v swap)
done
poison 4194304 "$T/random"
survives "random bytes" "$T/random"
