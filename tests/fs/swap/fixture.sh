# Linux swap areas. There are no files in one: its "manifest" is what swaplabel and blkid read from
# the header, label, UUID and kind, because that is all that a copy has to keep; its "checker" is that
# blkid still knows it. Of a suspended system everything has to be kept, so there the manifest is the
# hash of it all. Needs util-linux, python3.
# shellcheck shell=bash disable=SC2154

uuid=2f1c4b7e-0d35-4a6e-9d2b-3c5a7e9f1b24

variants() {
  printf '%s\n' page-4096 page-8192 page-16384 page-32768 page-65536 no-label swapped-bytes \
    after-resume bad-pages old-kind larger-than-volume smaller-than-volume another-over-it \
    s1suspend s2suspend ulsuspend tuxonice
}

# edit FILE PYTHON: `disk` is the open file, as a mutable buffer.
edit() {
  python3 - "$1" "$2" <<'PY'
import mmap, struct, sys
with open(sys.argv[1], "r+b") as file, mmap.mmap(file.fileno(), 0) as disk:
    exec(sys.argv[2])
PY
}

# Full of other content, as a used swap area is.
format() {
  local file=$1 size=$2 page=$3
  shift 3
  python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(3).randbytes(int(sys.argv[1])))' "$size" >"$file"
  chmod 600 "$file"
  mkswap -q -p "$page" -U "$uuid" "$@" "$file" 2>/dev/null
}

suspended() { format "$1" 16777216 4096 -L sleeping && edit "$1" "$2"; }

make_volume() {
  local file=$2
  case $1 in
    page-*) format "$file" 16777216 "${1#page-}" -L 'swap of a PC' ;;
    no-label) format "$file" 16777216 4096 ;;
    swapped-bytes)
      format "$file" 16777216 4096 -L big &&
        edit "$file" 'disk[1024:1036] = struct.pack(">3I", *struct.unpack("<3I", disk[1024:1036]))'
      ;;
    after-resume)  # the kernel puts the signature back, and leaves what it kept beside it
      format "$file" 16777216 4096 -L rested &&
        edit "$file" 'disk[4056:4086] = b"\x11" * 20 + b"SWAPSPACE2"'
      ;;
    bad-pages)
      format "$file" 16777216 4096 -L spotty &&
        edit "$file" 'disk[1032:1036] = struct.pack("<I", 3); disk[1536:1548] = struct.pack("<3I", 7, 9, 99)'
      ;;
    old-kind)
      format "$file" 16777216 4096 && edit "$file" 'disk[4086:4096] = b"SWAP-SPACE"'
      ;;
    larger-than-volume) format "$file" 16777216 4096 -L cut && truncate -s 12M "$file" ;;
    smaller-than-volume) format "$file" 16777216 4096 -L grown && truncate -s 32M "$file" ;;
    another-over-it)  # a RAID member with its superblock behind the header page
      format "$file" 16777216 4096 -L member &&
        edit "$file" 'disk[4096:4104] = struct.pack("<II", 0xa92b4efc, 1)'
      ;;
    s1suspend | s2suspend | ulsuspend)
      suspended "$file" "disk[4086:4096] = b'${1^^}'.ljust(10, b'\\0'); disk[4076:4086] = b'SWAPSPACE2'"
      ;;
    tuxonice) suspended "$file" 'disk[0:8] = bytes.fromhex("edc302e99856e50c")' ;;
    *) return 2 ;;
  esac
}

expect_state() {
  case $1 in
    *suspend | tuxonice) echo hibernated ;;
    *) echo clean ;;
  esac
}

expect_whole() {
  case $1 in
    *suspend | tuxonice | old-kind | larger-* | smaller-* | another-*) ;;
    *) return 1 ;;
  esac
}

# swaplabel knows the present kind alone.
check_volume() {
  case $variant in
    *suspend | tuxonice) blkid -p -o value -s TYPE "$1" | grep -qx swsuspend ;;
    old-kind) blkid -p -o value -s TYPE "$1" | grep -qx swap ;;
    another-over-it) manifest "$1" >/dev/null ;;
    *) swaplabel "$1" && blkid -p -o value -s TYPE "$1" | grep -qx swap ;;
  esac
}

manifest() {
  if expect_whole "$variant"; then
    openssl dgst -r -sha256 <"$1"
  else
    swaplabel "$1"
    blkid -p -o export "$1" | sed 1d
  fi
}

# The page that ends in the signature.
used_oracle() {
  python3 - "$1" <<'PY'
import sys
start = open(sys.argv[1], "rb").read(65536)
print(0, next(size for size in (4096, 8192, 16384, 32768, 65536)
              if start[size - 10:size] == b"SWAPSPACE2"))
PY
}

most_used() { used_oracle "$2" | cut -d ' ' -f 2; }
