# exFAT volumes. Filled and read through exfat-fuse, which takes block devices alone: needs root, loop
# devices and FUSE. Packages: exfatprogs, exfat-fuse, fdisk or mount (losetup), python3.
# shellcheck shell=bash disable=SC2154

variants() {
  printf '%s\n' \
    cluster-512 cluster-4k cluster-32k cluster-128k cluster-32m sector-4096 packed-bitmap empty-label \
    fragmented full dirty dirty-bitmap-behind media-failure backup-boot-damaged \
    main-boot-damaged root-called-free dirty-loop truncated
}

# mounted FILE ro|rw COMMAND...: runs it in the root directory of the volume. 77: cannot mount here.
mounted() {
  local file=$1 mode=$2 loop point status=0
  shift 2
  [ "$(id -u)" = 0 ] && [ -e /dev/fuse ] && command -v mount.exfat-fuse >/dev/null || return 77
  local options=(--find --show --sector-size "$((1 << $(number "$file" 108 1)))")
  [ "$mode" = rw ] || options+=(--read-only)
  loop=$(losetup "${options[@]}" "$file") || return 77
  point=$(mktemp -d)
  if mount.exfat-fuse -o "$mode" "$loop" "$point" >/dev/null 2>&1; then
    (cd "$point" && "$@") || status=$?
    umount "$point" || status=1
  else
    status=77
  fi
  losetup --detach "$loop"
  rmdir "$point"
  return $status
}

number() { od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

# patch FILE OFFSET HEX
patch() {
  # shellcheck disable=SC2001,SC2059
  printf "$(sed 's/../\\x&/g' <<<"$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# Files and folders of all sizes in the current directory, some BYTES in all.
tree() {
  python3 - "$1" <<'PY'
import os, random, sys
total = int(sys.argv[1])
rng = random.Random(total)
def write(path, size):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(rng.randbytes(size))
for i in range(40):
    write(f"Folder {i % 7}/eine längere Bezeichnung, Nummer {i}.txt", rng.randrange(0, 9000))
for i in range(5):
    write(f"deep/er/and/deeper/F{i}.BIN", rng.randrange(1, 40000))
write("EMPTY.TXT", 0)
os.makedirs("empty folder")
left = max(total - 300_000, 0)
for i in range(3):
    write(f"big{i}.bin", left // 3 + i)
PY
}

# Rounds of small files of which every other is deleted, and long ones that fill the holes.
fragment() {
  python3 - <<'PY'
import os, random
rng = random.Random(4)
for turn in range(3):
    for i in range(300):
        open(f"r{turn}-{i}", "wb").write(rng.randbytes(i * 97 % 9000 + 1))
    for i in range(0, 300, 2):
        os.remove(f"r{turn}-{i}")
both = [open(f"long{i}", "wb") for i in range(2)]  # written in turns, so that they interleave
for turn in range(200):
    both[turn % 2].write(rng.randbytes(20_000))
    both[turn % 2].flush()
PY
}

fill_up() {
  python3 - <<'PY'
import os, random
rng = random.Random(5)
for size in (1 << 20, 65536, 4096):
    for i in range(100_000):
        path = f"fill-{size}-{i}"
        try:
            with open(path, "wb") as out:
                out.write(rng.randbytes(size))
        except OSError:
            os.remove(path)
            break
PY
}

few_files() {
  python3 - <<'PY'
import random
rng = random.Random(6)
for i in range(2):
    open(f"file{i}", "wb").write(rng.randbytes(3_000_000 + i))
PY
}

# format FILE SIZE OPTION...
format() {
  truncate -s "$2" "$1" && LC_ALL=C.UTF-8 mkfs.exfat "${@:3}" "$1" >/dev/null
}

make_volume() {
  local file=$2
  case $1 in
    cluster-512) format "$file" 24M -c 512 -L SMALL && mounted "$file" rw tree 5000000 ;;
    cluster-4k) format "$file" 48M -c 4K -L 'Größe' && mounted "$file" rw tree 9000000 ;;
    cluster-32k) format "$file" 64M -c 32K -L MEDIUM && mounted "$file" rw tree 9000000 ;;
    cluster-128k) format "$file" 96M -c 128K && mounted "$file" rw tree 9000000 ;;
    cluster-32m) format "$file" 224M -c 32M && mounted "$file" rw few_files ;;
    sector-4096)
      local loop status=0
      truncate -s 64M "$file"
      loop=$(losetup --find --show --sector-size 4096 "$file") || return 77
      mkfs.exfat -c 4K "$loop" >/dev/null || status=$?
      losetup --detach "$loop"
      [ $status -eq 0 ] && mounted "$file" rw tree 9000000
      ;;
    packed-bitmap) format "$file" 48M -c 4K --pack-bitmap && mounted "$file" rw tree 9000000 ;;
    empty-label) format "$file" 32M && mounted "$file" rw tree 3000000 ;;
    fragmented) format "$file" 48M -c 4K && mounted "$file" rw fragment ;;
    full) format "$file" 24M -c 4K && mounted "$file" rw fill_up ;;
    dirty) make_volume cluster-4k "$file" && patch "$file" 106 02 ;;
    media-failure) make_volume cluster-4k "$file" && patch "$file" 106 04 ;;
    dirty-bitmap-behind)
      make_volume fragmented "$file" && patch "$file" 106 02 && "$folder/lag-bitmap" "$file"
      ;;
    backup-boot-damaged) make_volume cluster-4k "$file" && patch "$file" 6656 ffff ;;
    main-boot-damaged) make_volume cluster-4k "$file" && patch "$file" 512 ffff ;;
    root-called-free) make_volume cluster-4k "$file" && "$folder/lag-bitmap" "$file" root ;;
    dirty-loop)
      make_volume cluster-4k "$file" && patch "$file" 106 02 && "$folder/lag-bitmap" "$file" loop
      ;;
    truncated) make_volume cluster-4k "$file" && truncate -s 40M "$file" ;;
    *) return 2 ;;
  esac
}

expect_state() {
  case $1 in
    dirty* | media-failure) echo dirty ;;
    main-boot-damaged | truncated) echo unknown ;;
    *) echo clean ;;
  esac
}

expect_whole() {
  case $1 in
    main-boot-damaged | root-called-free | dirty-loop | truncated) ;;
    *) return 1 ;;
  esac
}

# What is wrong with the volume is wrong with its clone: the checker must say the same of both.
# Without faults it must be content.
check_volume() {
  local was=0 is=0
  fsck.exfat -n "$scratch/source" >"$scratch/check-of-source" 2>&1 || was=$?
  fsck.exfat -n "$1" >"$scratch/check-of-target" 2>&1 || is=$?
  cat "$scratch/check-of-target"
  case $variant in
    dirty* | media-failure | *-damaged | root-called-free | truncated) ;;
    *) [ $is -eq 0 ] || return 1 ;;
  esac
  [ $is -eq $was ] && diff <(sed "s|$scratch/source||" "$scratch/check-of-source") \
    <(sed "s|$1||" "$scratch/check-of-target")
}

list_files() {
  find . -mindepth 1 -type d | sort
  find . -type f -print0 | sort -z | xargs -0r openssl dgst -r -sha256
}

# Volumes that cannot be mounted, or not safely, are kept to the last byte.
manifest() {
  if expect_whole "$variant"; then
    openssl dgst -r -sha256 <"$1"
  else
    mounted "$1" ro list_files
  fi
}

used_oracle() { "$folder/used-bytes" "$1"; }

# Nothing but gaps of less than 64 KiB may be in the map on top of what is in use.
most_used() {
  used_oracle "$2" | awk '
    $1 - end < 65536 { sum += $1 - end }
    { sum += $2; end = $1 + $2 }
    END { printf "%.0f\n", sum }'
}
