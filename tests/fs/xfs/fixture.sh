# shellcheck shell=bash
# XFS as mkfs.xfs makes it, in every layout that it knows, as the kernel leaves it, and as a crash does.
xfs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# mkfs.xfs makes no small volumes, except for its own tests.
export TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1

# A name, the size in KiB, and how to make it.
plain_variants() {
  cat <<'END'
v5                 131072  -m crc=1
v4                 131072  -m crc=0
v4-log-v1          131072  -m crc=0 -l version=1
v4-block-512       131072  -m crc=0 -b size=512
v4-block-1k        131072  -m crc=0 -b size=1024
v4-block-16k       131072  -m crc=0 -b size=16384
v4-block-64k       524288  -m crc=0 -b size=65536
v4-sector-4k       131072  -m crc=0 -s size=4096
v4-no-lazy-count   131072  -m crc=0 -l lazy-count=0
v4-log-stripe      131072  -m crc=0 -l su=64k
block-1k           131072  -b size=1024
block-2k           131072  -b size=2048
block-8k           131072  -b size=8192
block-16k          131072  -b size=16384
block-32k          262144  -b size=32768
block-64k          524288  -b size=65536
sector-4k          131072  -s size=4096
sector-2k          131072  -s size=2048
rmapbt             131072  -m rmapbt=1
no-reflink         131072  -m reflink=0
no-finobt          131072  -m finobt=0,inobtcount=0
no-sparse          131072  -i sparse=0
no-bigtime         131072  -m bigtime=0
nrext64            131072  -i nrext64=1
everything         131072  -m rmapbt=1,reflink=1,finobt=1,bigtime=1,inobtcount=1 -i nrext64=1,sparse=1
nothing            131072  -m rmapbt=0,reflink=0,finobt=0,bigtime=0,inobtcount=0 -i sparse=0
large-inodes       131072  -i size=2048
log-stripe         131072  -l su=32k
log-stripe-256k    131072  -l su=256k
log-in-last-group  131072  -l agnum=3
stripe             131072  -d su=64k,sw=4
one-group          131072  -d agcount=1
many-groups        262144  -d agcount=16
short-last-group   131000  -d agsize=25m
ascii-ci           131072  -n version=ci
large-folders      131072  -n size=65536
larger-partition   196608  -d size=128m
END
}

variants() {
  plain_variants | awk '{print $1}'
  printf '%s\n' fresh nearly-full fragmented reflinked quota grown log-wrapped log-wrapped-256k \
    new-uuid repaired log-zeroed read-only unclean unclean-shutdown unclean-flushed frozen realtime \
    external-log needs-repair too-large
}

# A tree with everything that files can be, the same each time. data SEED BYTES
data() {
  { openssl enc -aes-128-ctr -nosalt -pass "pass:$1" -pbkdf2 -in /dev/zero 2>/dev/null || true; } |
    head -c "$2"
}
# files DIR FIRST LAST STEP: files named by numbers, as many times STEP bytes long.
files() {
  python3 -c 'import random, sys
folder, first, last, step = sys.argv[1], *map(int, sys.argv[2:])
for i in range(first, last + 1):
    with open(f"{folder}/{i}", "wb") as out:
        out.write(random.Random(i * step).randbytes(i * step))' "$@"
}
fill() {
  local dir=$1 i
  mkdir -p "$dir/many" "$dir/deep/er/still" "$dir/empty"
  data small 2097152 | split -b 4999 -a 3 - "$dir/many/small-"
  for i in $(seq 200); do : >"$dir/many/an-empty-file-with-a-rather-long-name-$i"; done
  for i in 1 2 3; do data "big$i" $((i * 1500001)) >"$dir/deep/big-$i"; done
  printf 'tiny' >"$dir/deep/er/still/tiny"
  ln -s deep/big-2 "$dir/short-link"
  ln -s "$(printf 'a/%.0s' $(seq 60))target" "$dir/long-link"
}

# Filled by mkfs itself, which needs neither root nor a kernel that knows the format.
make_plain() {
  local file=$1 size=$2 tree status=0
  shift 2
  tree=$(mktemp -d)
  fill "$tree"
  "$xfs/prototype" "$tree" >"$file.proto"
  rm -f "$file"
  truncate -s "${size}K" "$file"
  mkfs.xfs -q -f -L "a label" -p "$file.proto" "$@" "$file" >"$file.log" 2>&1 || status=$?
  [ $status -eq 0 ] || cat "$file.log" >&2
  rm -rf "$tree" "$file.proto" "$file.log"
  return $status
}

# mounted FILE COMMAND...: runs the command with the mount point as its last argument. 77 when this
# user or kernel cannot mount it.
mounted() {
  local file=$1
  shift
  [ "$(id -u)" = 0 ] || return 77
  (
    point=$(mktemp -d)
    trap '! mountpoint -q "$point" || umount "$point"; rmdir "$point"' EXIT
    mount -t xfs -o "loop,nouuid,${MOUNT_OPTIONS:-noatime}" "$file" "$point" 2>/dev/null || exit 77
    "$@" "$point" || exit
    umount "$point"
  )
}

# Free space in many pieces: the trees get levels.
fragment() {
  local round i
  for round in 1 2 3; do
    mkdir -p "$1/f$round"
    python3 -c 'import os, subprocess, sys
folder, count = sys.argv[1], int(sys.argv[2])
for i in range(count):
    with open(f"{folder}/{i}", "wb") as out:
        out.write(bytes([i % 251]) * 3000)
subprocess.run(["sync", "-f", folder], check=True)
for i in range(0, count, 2):
    os.remove(f"{folder}/{i}")' "$1/f$round" "${FILES:-800}"
    sync -f "$1"
  done
  setfattr -n user.small -v kept "$1/f1/1"
  setfattr -n user.large -v "$(data attribute 3000 | base64 -w0)" "$1/f1/3"
}

fill_up() { data much 200000000 >"$1/the-rest" 2>/dev/null || true; }

reflink() {
  local i
  for i in $(seq 20); do
    cp --reflink=always "$1/deep/big-3" "$1/deep/shared-$i" || return
    data "change$i" 30000 | dd of="$1/deep/shared-$i" bs=4096 seek=$((i * 7)) conv=notrunc status=none
  done
  rm "$1/deep/big-3"
  xfs_io -c 'cowextsize 1m' "$1/deep/shared-1"
}

grow() {
  local device; device=$(findmnt -n -o SOURCE "$1")
  truncate -s 200M "$file"
  losetup --set-capacity "$device"
  xfs_growfs -d "$1" >/dev/null || return 77
  FILES=200 fragment "$1"
}

# Goes around the log.
wrap_log() {
  local i
  for i in $(seq "${ROUNDS:-25}"); do
    mkdir "$1/w"
    python3 -c 'import os, sys
for i in range(1200):
    os.mkdir(f"{sys.argv[1]}/w/{i}")' "$1"
    sync -f "$1"
    rm -r "$1/w"
    sync -f "$1"
  done
}

# require_cycle FILE LEAST: the log was gone around so often. Each of its blocks begins with the number
# of its round, or with a magic number and then that.
require_cycle() {
  local start words
  start=$(xfs_db -f -r -c 'sb 0' -c 'print logstart' "$1" | cut -d' ' -f3)
  start=$(xfs_db -f -r -c "convert fsblock $start byte" "$1" | sed 's/.*(\(.*\))/\1/')
  read -r -a words < <(od -A n -t u4 --endian=big -j "$start" -N 8 "$1")
  [ "${words[0]}" != 4276992702 ] || words=("${words[1]}")
  [ "${words[0]}" -ge "$2" ] || { echo "$variant: the log is in its round ${words[0]}" >&2; return 1; }
}

# What a crash leaves: the image is copied at once, for unmounting would write what is in memory.
crash() {
  local file=$1 how=$2 point=$3
  mkdir "$point/new"
  files "$point/new" 1 40 3000
  rm "$point"/many/small-aa?
  sync -f "$point"
  files "$point/new" 41 60 3000
  sync "$point"/new/*
  case $how in
    shutdown) xfs_io -x -c shutdown "$point" ;;
    flushed) xfs_io -x -c 'shutdown -f' "$point" ;;
    frozen) xfs_freeze -f "$point" ;;
    read-only) mount -o remount,ro "$point" ;;
  esac
  cp --sparse=always "$file" "$file.copy"
  [ "$how" != frozen ] || xfs_freeze -u "$point"
}

make_crashed() {
  make_plain "$1" 131072 || return
  mounted "$1" crash "$1" "$2" || return
  mv "$1.copy" "$1"
}

make_external() {
  local log; log=$(dirname "$1")/journal
  rm -f "$log"
  truncate -s 64M "$log"
  make_plain "$1" 131072 -l "logdev=$log,size=32m"
}

make_realtime() {
  local other; other=$(dirname "$1")/realtime
  rm -f "$other"
  truncate -s 64M "$other"
  make_plain "$1" 131072 -m reflink=0,rmapbt=0 -r "rtdev=$other"
}

make_volume() {
  local file=$2 line
  : "${variant:=$1}"
  line=$(plain_variants | grep "^$1 ") || line=
  if [ -n "$line" ]; then
    # shellcheck disable=SC2086
    set -- $line
    shift
    make_plain "$file" "$@" || return
    # Where the kernel can, it has its turn, too.
    FILES=300 mounted "$file" fragment || [ $? -eq 77 ]
    return
  fi
  case $1 in
    fresh) make_plain "$file" 131072 -m crc=1,reflink=1 ;;
    nearly-full)
      make_plain "$file" 65536 -b size=1024
      mounted "$file" fill_up ;;
    fragmented)
      make_plain "$file" 131072 -b size=1024 -m rmapbt=1 -d agcount=2
      FILES=4000 mounted "$file" fragment ;;
    reflinked)
      make_plain "$file" 131072
      mounted "$file" reflink ;;
    quota)
      make_plain "$file" 131072
      MOUNT_OPTIONS=uquota,gquota,pquota FILES=200 mounted "$file" fragment ;;
    grown)
      make_plain "$file" 65536
      mounted "$file" grow ;;
    log-wrapped)
      make_plain "$file" 131072 -l size=1368b -m reflink=0
      mounted "$file" wrap_log || return
      require_cycle "$file" 3 ;;
    log-wrapped-256k)
      make_plain "$file" 131072 -l su=256k
      MOUNT_OPTIONS=logbsize=256k mounted "$file" wrap_log || return
      require_cycle "$file" 2 ;;
    new-uuid)
      make_plain "$file" 131072
      xfs_admin -U 01234567-89ab-cdef-0123-456789abcdef "$file" >/dev/null
      FILES=200 mounted "$file" fragment || [ $? -eq 77 ] ;;
    # xfs_repair makes all trees anew.
    repaired)
      make_plain "$file" 131072 -b size=1024
      FILES=3000 mounted "$file" fragment || return
      xfs_repair -f "$file" >/dev/null 2>&1 ;;
    log-zeroed)
      make_crashed "$file" shutdown || return
      xfs_repair -f -L "$file" >/dev/null 2>&1 ;;
    read-only) make_crashed "$file" read-only ;;
    unclean) make_crashed "$file" running ;;
    unclean-shutdown) make_crashed "$file" shutdown ;;
    unclean-flushed) make_crashed "$file" flushed ;;
    frozen) make_crashed "$file" frozen ;;
    realtime) make_realtime "$file" ;;
    external-log) make_external "$file" ;;
    needs-repair)
      make_plain "$file" 131072
      incompat=$(xfs_db -f -r -c 'sb 0' -c 'print features_incompat' "$file" | cut -d' ' -f3)
      xfs_db -f -x -c 'sb 0' -c "write -d features_incompat $((incompat | 16))" "$file" >/dev/null ;;
    too-large)
      make_plain "$file" 131072
      truncate -s 127M "$file" ;;
  esac
}

expect_state() {
  case $1 in
    unclean* | frozen) echo "needs recovery" ;;
    external-log) echo unknown ;;
    needs-repair | too-large) echo dirty ;;
    *) echo clean ;;
  esac
}

expect_whole() { [ "$(expect_state "$1")" != clean ]; }

nothing() { :; }

# replayed FILE COMMAND...: runs the command on FILE, or where the log is not empty, on a copy of it that
# was mounted once.
replayed() {
  local file=$1 status=0
  shift
  if [ "$(expect_state "$variant")" = "needs recovery" ]; then
    cp --sparse=always "$file" "$file.replayed"
    mounted "$file.replayed" nothing && "$@" "$file.replayed" || status=$?
    rm -f "$file.replayed"
    return $status
  fi
  "$@" "$file"
}

repair() {
  local other=()
  [ "$variant" != one-group ] || other=(-o force_geometry)
  [ ! -e "$(dirname "$1")/journal" ] || other=(-l "$(dirname "$1")/journal")
  [ ! -e "$(dirname "$1")/realtime" ] || other=(-r "$(dirname "$1")/realtime")
  xfs_repair -f -n "${other[@]}" "$1"
}
check_volume() {
  # A volume that was cut, or that says itself that it wants a repair, is no better as a copy.
  [ "$variant" != too-large ] && [ "$variant" != needs-repair ] || return 0
  replayed "$1" repair
}

list_files() {
  (cd "$1" && find . -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256
    find . -printf '%y %m %l %s %p\n' | sort
    find . -type f -print0 | sort -z | xargs -0 getfattr -d)
}
# What cannot be mounted: the bytes of each run of blocks that xfs_db does not call free.
list_ranges() {
  local offset length
  "$xfs/used-blocks" "$1" | while read -r offset length; do
    printf '%s  %s\n' "$(tail -c "+$((offset + 1))" "$1" | head -c "$length" | openssl dgst -r -sha256 | cut -c-64)" \
      "$offset+$length"
  done
}
list_volume() {
  local status=0
  MOUNT_OPTIONS=ro,norecovery mounted "$1" list_files || status=$?
  [ $status -eq 77 ] || return $status
  list_ranges "$1"
}
manifest() {
  case $variant in
    too-large) openssl dgst -r -sha256 <"$1" ;;
    *) replayed "$1" list_volume ;;
  esac
}

used_oracle() { "$xfs/used-blocks" "$1"; }

# Gaps below 64 KiB are filled in, free lists are copied. The rest must not be.
most_used() {
  "$xfs/used-blocks" "$2" 65536 | awk '{s += $2} END {printf "%d", s + 1048576}'
}
