# FAT12, FAT16 and FAT32 volumes, filled without root by mtools. Needs dosfstools, mtools, python3.
# shellcheck shell=bash disable=SC2154
export MTOOLSRC=/dev/null MTOOLS_SKIP_CHECK=1 MTOOLS_LOWER_CASE=0

variants() {
  printf '%s\n' \
    fat12-floppy fat12 fat12-large-clusters fat16 fat16-four-tables fat16-full \
    fat32 fat32-few-clusters fat32-sector-1024 fat32-sector-2048 fat32-sector-4096 \
    fat32-one-table fat32-reserved fat32-fragmented fat32-full fat32-bad-clusters \
    fat32-one-table-active fat32-tables-differ fat32-lost-clusters \
    fat12-dirty fat16-dirty fat32-dirty fat16-not-shut-down fat32-not-shut-down \
    fat32-truncated fat32-wiped-table
}

# Files and folders of all sizes, some BYTES in all.
tree() {
  python3 - "$1" "$2" <<'PY'
import os, random, sys
root, total = sys.argv[1], int(sys.argv[2])
rng = random.Random(total)
def write(path, size):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(rng.randbytes(size))
for i in range(40):
    write(f"{root}/Folder {i % 7}/a file with quite a long name {i}.txt", rng.randrange(0, 9000))
for i in range(5):
    write(f"{root}/deep/er/and/deeper/F{i}.BIN", rng.randrange(1, 40000))
write(f"{root}/EMPTY.TXT", 0)
os.makedirs(f"{root}/empty folder")
left = max(total - 300_000, 0)
for i in range(3):
    write(f"{root}/big{i}.bin", left // 3 + i)
PY
}

fill() {
  local from status=0
  from=$(mktemp -d)
  tree "$from" "$2" && mcopy -i "$1" -s -Q "$from"/* ::/ || status=1
  rm -rf "$from"
  return $status
}

# Until nothing more fits.
fill_up() {
  local from size i
  from=$(mktemp -d)
  python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(1).randbytes(8 << 20))' >"$from/chunk"
  for size in 8M 1M 128K 16K 4K 512; do
    head -c $size "$from/chunk" >"$from/part"
    i=0
    while mcopy -i "$1" "$from/part" "::/fill-$size-$i" 2>/dev/null; do i=$((i + 1)); done
    mdel -i "$1" "::/fill-$size-$i" 2>/dev/null || true
  done
  rm -rf "$from"
}

# Rounds of small files of which every other is deleted, and long ones that fill the holes.
fragment() {
  local from round status=0
  from=$(mktemp -d)
  python3 - "$from" <<'PY'
import random, sys
rng = random.Random(2)
for turn in range(3):
    for i in range(120):
        open(f"{sys.argv[1]}/r{turn}-{i}", "wb").write(rng.randbytes(i * 97 % 5000 + 1))
    open(f"{sys.argv[1]}/long{turn}", "wb").write(rng.randbytes(700_000))
PY
  for round in 0 1 2; do
    mcopy -i "$1" "$from"/r$round-* ::/ || status=1
    # shellcheck disable=SC2046
    mdel -i "$1" $(seq -f "::/r$round-%g" 0 2 118) || status=1
    mcopy -i "$1" "$from/long$round" ::/ || status=1
  done
  rm -rf "$from"
  return $status
}

# patch FILE OFFSET HEX
patch() {
  # shellcheck disable=SC2001,SC2059
  printf "$(sed 's/../\\x&/g' <<<"$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# format FILE SIZE OPTION...
format() {
  truncate -s "$2" "$1" && mkfs.fat -i CAFE2024 "${@:3}" "$1" >/dev/null
}

# cut FILE SECTORS: makes a filled FAT32 volume end after so many sectors, which must be beyond its
# last file. The tables are then longer than needed, as they may be.
cut() {
  local sectors
  sectors=$(printf '%08x' "$2" | sed -E 's/(..)(..)(..)(..)/\4\3\2\1/')
  local sector; sector=$(number "$1" 11 2)
  patch "$1" 32 "$sectors" && patch "$1" $((6 * sector + 32)) "$sectors" &&
    truncate -s $(($2 * sector)) "$1" && { fsck.fat -a "$1" >/dev/null 2>&1 || true; }
}

make_volume() {
  local file=$2 table
  case $1 in
    fat12-floppy) format "$file" 1440K -F 12 -n FLOPPY && fill "$file" 600000 ;;
    fat12) format "$file" 16M -F 12 -s 16 -n TWELVE && fill "$file" 5000000 ;;
    fat12-large-clusters) format "$file" 64M -F 12 -s 128 && fill "$file" 9000000 ;;
    fat16) format "$file" 32M -F 16 -s 4 -n SIXTEEN && fill "$file" 9000000 ;;
    fat16-four-tables) format "$file" 32M -F 16 -s 4 -f 4 && fill "$file" 9000000 ;;
    fat16-full) format "$file" 24M -F 16 -s 4 && fill "$file" 3000000 && fill_up "$file" ;;
    fat32) format "$file" 40M -F 32 -s 1 -n 'THIRTY TWO' && fill "$file" 20000000 ;;
    # mtools counts clusters to tell FAT16 from FAT32, so small volumes are cut after they are filled.
    fat32-few-clusters) format "$file" 40M -F 32 -s 1 -n EFI && fill "$file" 9000000 && cut "$file" 40000 ;;
    fat32-sector-1024) format "$file" 70M -F 32 -S 1024 -s 1 && fill "$file" 9000000 ;;
    fat32-sector-2048)
      format "$file" 146M -F 32 -S 2048 -s 1 && fill "$file" 9000000 && cut "$file" 20000
      ;;
    fat32-sector-4096)
      format "$file" 264M -F 32 -S 4096 -s 1 && fill "$file" 9000000 && cut "$file" 10000
      ;;
    fat32-one-table) format "$file" 40M -F 32 -s 1 -f 1 && fill "$file" 9000000 ;;
    fat32-reserved) format "$file" 40M -F 32 -s 1 -R 5000 && fill "$file" 9000000 ;;
    fat32-fragmented) format "$file" 40M -F 32 -s 1 && fill "$file" 5000000 && fragment "$file" ;;
    fat32-full) format "$file" 40M -F 32 -s 1 && fill "$file" 3000000 && fill_up "$file" ;;
    fat32-bad-clusters)
      seq 9000 13 9400 >"$file.bad"
      format "$file" 40M -F 32 -s 1 -l "$file.bad" && fill "$file" 9000000 || return
      fsck.fat -a "$file" >/dev/null || true  # mkfs.fat counts the bad ones as free
      rm "$file.bad"
      ;;
    fat32-one-table-active)  # the second one; the first is what a formatter left
      format "$file" 40M -F 32 -s 1 && cp "$file" "$file.empty" && fill "$file" 9000000 || return
      table=$(table_bytes "$file")
      dd if="$file.empty" of="$file" bs=512 skip=32 seek=32 count=$((table / 512)) conv=notrunc \
        status=none
      patch "$file" 40 8100
      rm "$file.empty"
      ;;
    fat32-tables-differ)  # some entries are lost in the first, others in the second
      format "$file" 40M -F 32 -s 1 && fill "$file" 9000000 || return
      table=$(table_bytes "$file")
      dd if=/dev/zero of="$file" bs=512 seek=40 count=32 conv=notrunc status=none
      dd if=/dev/zero of="$file" bs=512 seek=$((table / 512 + 96)) count=32 conv=notrunc status=none
      ;;
    fat32-lost-clusters)  # chains that no file owns, up to the last cluster
      format "$file" 40M -F 32 -s 1 && fill "$file" 5000000 && lose_clusters "$file"
      ;;
    fat12-dirty) make_volume fat12 "$file" && patch "$file" 37 01 ;;
    fat16-dirty) make_volume fat16 "$file" && patch "$file" 37 01 ;;
    fat32-dirty) make_volume fat32 "$file" && patch "$file" 65 01 ;;
    fat16-not-shut-down) make_volume fat16 "$file" && each_table "$file" 2 ff7f ;;
    fat32-not-shut-down) make_volume fat32 "$file" && each_table "$file" 4 ffffff07 ;;
    fat32-truncated)
      format "$file" 40M -F 32 -s 1 && fill "$file" 9000000 && truncate -s 36M "$file"
      ;;
    fat32-wiped-table)  # a boot sector that outlived its volume: nothing is known to be free
      format "$file" 40M -F 32 -s 1 && fill "$file" 9000000 && patch "$file" 16384 00000000
      ;;
    *) return 2 ;;
  esac
}

lose_clusters() {
  python3 - "$1" <<'PY'
import struct, sys
with open(sys.argv[1], "r+b") as disk:
    head = disk.read(64)
    sectors, table = struct.unpack_from("<II", head, 32)
    clusters = sectors - 32 - 2 * table
    for start in (32 * 512, (32 + table) * 512):
        for cluster in (50000, 60000, 70001, clusters + 1):
            disk.seek(start + cluster * 4)
            disk.write(b"\xff\xff\xff\x0f")
PY
}

number() { od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

# Of one table, in bytes.
table_bytes() {
  local sectors
  sectors=$(number "$1" 22 2)
  [ "$sectors" -ne 0 ] || sectors=$(number "$1" 36 4)
  echo $((sectors * $(number "$1" 11 2)))
}

# each_table FILE OFFSET HEX
each_table() {
  local start i
  start=$(($(number "$1" 14 2) * $(number "$1" 11 2)))
  for i in 0 1; do patch "$1" $((start + i * $(table_bytes "$1") + $2)) "$3"; done
}

expect_state() {
  case $1 in
    *-dirty | *-not-shut-down) echo dirty ;;
    fat32-truncated) echo unknown ;;
    *) echo clean ;;
  esac
}

expect_whole() { [ "$1" = fat32-truncated ] || [ "$1" = fat32-wiped-table ]; }

# What is wrong with the volume is wrong with its clone: the checker may complain of the source's own
# faults, but of nothing else. Without faults it must be silent.
check_volume() {
  if [ "$(basename "$1")" != target ] || [ ! -e "$scratch/source" ]; then
    fsck.fat -n "$1"
    return
  fi
  local was=0 is=0
  fsck.fat -n "$scratch/source" >"$scratch/check-of-source" 2>&1 || was=$?
  fsck.fat -n "$1" >"$scratch/check-of-target" 2>&1 || is=$?
  cat "$scratch/check-of-target"
  case $variant in
    *-dirty | *-not-shut-down | *-differ | *-lost-clusters | *-active | *-truncated | \
      *-wiped-table | *-four-tables)
      [ $was -ne 0 ] || { echo "the source was to have a fault"; return 1; }
      ;;
    *) [ $is -eq 0 ] || return 1 ;;
  esac
  [ $is -eq $was ] && diff <(sed "s|$scratch/source||" "$scratch/check-of-source") \
    <(sed "s|$1||" "$scratch/check-of-target")
}

manifest() {
  local out image=$1 sectors; out=$(mktemp -d)
  sectors=$(number "$1" 32 4)
  if [ "$(number "$1" 22 2)" -eq 0 ] && [ "$sectors" -lt 68000 ]; then
    # Undo what cut did, in a copy.
    image=$out.img
    cp --sparse=always "$1" "$image"
    patch "$image" 32 00200100
    truncate -s $((73728 * $(number "$1" 11 2))) "$image"
  fi
  # mcopy fails over what a damaged volume has lost; the clone must lose the same.
  mcopy -i "$image" -s -Q -n ::/ "$out/" >/dev/null 2>&1 || echo "incomplete"
  (cd "$out" && find . -mindepth 1 -type d | sort && find . -type f -print0 | sort -z | xargs -0r openssl dgst -r -sha256)
  mdir -i "$image" -/ -b ::/ 2>/dev/null | sort || true
  rm -rf "$out" "$out.img"
}

used_oracle() { "$folder/used-bytes" "$1"; }

# Nothing but gaps of less than 64 KiB may be in the map on top of what is in use.
most_used() {
  used_oracle "$2" | awk '
    $1 - end < 65536 { sum += $1 - end }
    { sum += $2; end = $1 + $2 }
    END { printf "%.0f\n", sum }'
}
