# shellcheck shell=bash
# ext2, ext3 and ext4 as mke2fs makes them, in every layout that it knows, and as a crash leaves them.
ext=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# A name, the size in KiB, and how to make it.
plain_variants() {
  cat <<'END'
ext2                65536  -t ext2
ext3                65536  -t ext3
ext4                65536  -t ext4
block-1k            65536  -t ext4 -b 1024
block-2k            65536  -t ext4 -b 2048
block-4k            65536  -t ext4 -b 4096
block-64k          131072  -t ext4 -b 65536 -O ^has_journal
revision-0          32768  -t ext2 -r 0 -O none
small-inodes        65536  -t ext3 -I 128
large-inodes        65536  -t ext4 -b 4096 -I 4096 -i 32768
bigalloc            65516  -t ext4 -b 4096 -O bigalloc -C 65536
bigalloc-1k         65531  -t ext4 -b 1024 -O bigalloc -C 16384
meta-bg             65536  -t ext4 -b 1024 -g 256 -O meta_bg,^resize_inode
meta-bg-no-flex     65536  -t ext3 -b 1024 -g 1024 -O meta_bg,^resize_inode
64bit               65536  -t ext4 -O 64bit
no-64bit            65536  -t ext4 -O ^64bit
no-sparse-super     65536  -t ext2 -b 1024 -O ^sparse_super,^resize_inode
sparse-super2       65536  -t ext4 -b 1024 -O sparse_super2,^resize_inode
sparse-super2-one   65536  -t ext4 -b 1024 -O sparse_super2,^resize_inode -E num_backup_sb=1
uninit-bg           65536  -t ext4 -b 1024 -O ^metadata_csum,uninit_bg
no-checksums        65536  -t ext4 -b 1024 -O ^metadata_csum,^uninit_bg
checksum-seed       65536  -t ext4 -O metadata_csum_seed
no-flex-bg          65536  -t ext4 -b 1024 -O ^flex_bg
wide-flex-bg        65536  -t ext4 -b 1024 -g 1024 -G 64
quota               65536  -t ext4 -O quota,project
inline-data         65536  -t ext4 -O inline_data
names-and-keys      65536  -t ext4 -O encrypt,casefold,verity,stable_inodes
large-things        65536  -t ext4 -O ea_inode,large_dir,huge_file,dir_nlink
orphan-file         65536  -t ext4 -O orphan_file
mmp                 65536  -t ext4 -O mmp
fast-commit         65536  -t ext4 -O fast_commit
partial-last-block  65535  -t ext4 -b 4096
END
}

variants() {
  plain_variants | awk '{print $1}'
  printf '%s\n' bad-blocks nearly-full fragmented resized grown-online external-journal \
    unclean unclean-ext3 unclean-1k unclean-bigalloc unclean-flushed unclean-fast-commit unclean-no-journal live
}

# A tree with everything that files can be, the same each time.
# data SEED BYTES; files DIR FIRST LAST STEP: files named by numbers, as many times STEP bytes long.
data() {
  { openssl enc -aes-128-ctr -nosalt -pass "pass:$1" -pbkdf2 -in /dev/zero 2>/dev/null || true; } |
    head -c "$2"
}
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
  for i in $(seq 300); do : >"$dir/many/an-empty-file-with-a-rather-long-name-$i"; done
  for i in 1 2 3; do data "big$i" $((i * 1500001)) >"$dir/deep/big-$i"; done
  printf 'tiny' >"$dir/deep/er/still/tiny"
  truncate -s 48M "$dir/sparse"
  for i in 3 17 40; do
    data "sparse$i" 70000 | dd of="$dir/sparse" bs=1M seek=$i conv=notrunc status=none
  done
  ln "$dir/deep/big-1" "$dir/hard-link"
  ln -s deep/big-2 "$dir/short-link"
  ln -s "$(printf 'a/%.0s' $(seq 60))target" "$dir/long-link"
  # Not every place for temporary files takes attributes.
  setfattr -n user.small -v kept "$dir/deep/big-1" 2>/dev/null || true
  setfattr -n user.large -v "$(data attribute 500 | base64 -w0)" "$dir/deep/big-2" 2>/dev/null || true
}

make_plain() {
  local file=$1 size=$2 tree status=0
  shift 2
  tree=$(mktemp -d)
  fill "$tree"
  rm -f "$file"
  truncate -s "${size}K" "$file"
  mke2fs -q -F -L "a label" -d "$tree" "$@" "$file" >/dev/null 2>&1 || status=$?
  rm -rf "$tree"
  return $status
}

# mounted FILE COMMAND...: runs the command with the mount point as its last argument. 77 when this
# user or kernel cannot mount.
mounted() {
  local file=$1 point status=0
  shift
  [ "$(id -u)" = 0 ] || return 77
  point=$(mktemp -d)
  if mount -t "${MOUNT_TYPE:-ext4}" -o "loop,${MOUNT_OPTIONS:-noatime}" "$file" "$point" 2>/dev/null; then
    "$@" "$point" || status=$?
    umount "$point" || status=1
  else
    status=77
  fi
  rmdir "$point"
  return $status
}

fragment() {
  local round i
  for round in 1 2 3; do
    mkdir -p "$1/f$round"
    files "$1/f$round" 1 400 $((round + 40))
    for i in $(seq "$round" 2 400); do echo "$1/f$round/$i"; done | xargs rm
    sync -f "$1"
  done
}

fill_up() { data much 100000000 >"$1/the-rest" 2>/dev/null || true; }

# What a crash leaves: files that are in the journal, but not in the bitmaps in their places. The image
# is copied at once, for unmounting would write what the kernel still has in memory. EXT4_IOC_SHUTDOWN
# ends all writing, 2: without and 1: with flushing the log first; 0: it is still in use.
crash() {
  local file=$1 how=$2 point=$3
  mkdir "$point/new" "$point/newer"
  files "$point/new" 1 40 3000
  rm "$point"/many/small-aa?
  sync -f "$point"
  # Few and large: each is a transaction, and a full log would be written back.
  files "$point/newer" 1 10 50000
  rm "$point"/many/small-ab?
  sync "$point"/newer/*
  [ "$how" = 0 ] || python3 -c 'import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", int(sys.argv[2])))' \
    "$point" "$how"
  cp --sparse=always "$file" "$file.copy"
}

# How many bytes a copy by the bitmaps alone would miss.
stale_bytes() {
  "$ext/used-blocks" "$1" >"$1.before"
  used_oracle "$1" >"$1.after"
  "$ext/../missed-bytes" "$1.before" "$1.after"
  rm -f "$1.before" "$1.after"
}

make_unclean() {
  local file=$1 how=$2 attempt
  shift 2
  # Somebody's sync at the wrong time spoils it: the bitmaps are then in their places.
  for attempt in 1 2 3; do
    make_plain "$file" 65536 "$@" || return
    mounted "$file" crash "$file" "$how" || return
    mv "$file.copy" "$file"
    if expect_whole "$variant" || [ "$(stale_bytes "$file")" -gt 1000000 ]; then return 0; fi
  done
  echo "$variant: after $attempt attempts the bitmaps are still up to date" >&2
  return 1
}

grow() {
  local device; device=$(findmnt -n -o SOURCE "$1")
  truncate -s 64M "$file"
  losetup --set-capacity "$device"
  # Needs CAP_SYS_RESOURCE, which not every root has.
  resize2fs "$device" >/dev/null 2>&1 || return 77
  fragment "$1"
}

make_external() {
  local file=$1 journal device status=0
  [ "$(id -u)" = 0 ] || return 77
  journal=$(dirname "$file")/journal
  rm -f "$journal"
  truncate -s 8M "$journal"
  mke2fs -q -F -b 4096 -O journal_dev "$journal" >/dev/null
  device=$(losetup --find --show "$journal") || return 77
  make_plain "$file" 65536 -t ext4 -b 4096 -J "device=$device" || status=$?
  losetup -d "$device"
  return $status
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
    # mke2fs does not count what it fills in.
    case $* in *quota*) e2fsck -fy "$file" >/dev/null 2>&1 || [ $? -eq 1 ] ;; esac
    return
  fi
  case $1 in
    bad-blocks)
      printf '%s\n' 9000 9001 12345 15000 >"$file.bad"
      make_plain "$file" 65536 -t ext4 -b 4096 -l "$file.bad"
      rm "$file.bad" ;;
    nearly-full)
      make_plain "$file" 32768 -t ext4 -m 0
      mounted "$file" fill_up ;;
    fragmented)
      make_plain "$file" 65536 -t ext4 -b 1024
      mounted "$file" fragment ;;
    resized)
      make_plain "$file" 32768 -t ext4 -b 1024
      truncate -s 64M "$file"
      resize2fs -f "$file" >/dev/null 2>&1 && e2fsck -fy "$file" >/dev/null 2>&1
      resize2fs -f "$file" 48M >/dev/null 2>&1 ;;
    # The kernel goes on with meta_bg where no room was reserved for descriptors.
    grown-online)
      make_plain "$file" 32768 -t ext4 -b 1024 -g 256 -O ^resize_inode
      mounted "$file" grow || return
      dumpe2fs -h "$file" 2>/dev/null | grep -q '^First meta block group: *[1-9]' ||
        { echo "the kernel did not use meta_bg" >&2; return 1; } ;;
    external-journal) make_external "$file" ;;
    unclean) make_unclean "$file" 2 -t ext4 -b 4096 ;;
    unclean-ext3) make_unclean "$file" 2 -t ext3 -b 4096 ;;
    unclean-1k) make_unclean "$file" 2 -t ext4 -b 1024 -O 64bit,meta_bg,^resize_inode ;;
    unclean-bigalloc) make_unclean "$file" 2 -t ext4 -b 4096 -O bigalloc -C 16384 ;;
    unclean-flushed) make_unclean "$file" 1 -t ext4 -b 4096 -O ^metadata_csum,uninit_bg ;;
    unclean-fast-commit) make_unclean "$file" 2 -t ext4 -b 4096 -O fast_commit ;;
    unclean-no-journal) make_unclean "$file" 2 -t ext4 -b 4096 -O ^has_journal ;;
    live) make_unclean "$file" 0 -t ext4 -b 4096 ;;
  esac
}

expect_state() {
  case $1 in
    unclean-no-journal) echo dirty ;;
    unclean* | live) echo "needs recovery" ;;
    *) echo clean ;;
  esac
}

expect_whole() { [ "$1" = unclean-fast-commit ] || [ "$1" = unclean-no-journal ]; }

# repaired FILE HOW COMMAND...: runs the command on FILE, or where a crash was, on a copy of it on which
# e2fsck was run: with "-E journal_only" all that happens is what mounting does.
repaired() {
  local file=$1 how=$2 status=0
  shift 2
  if dumpe2fs -h "$file" 2>/dev/null |
    grep -Eq '^Filesystem features:.*needs_recovery|^Filesystem state: *not clean'; then
    cp --sparse=always "$file" "$file.repaired"
    # shellcheck disable=SC2086
    e2fsck -y $how "$file.repaired" >"$file.log" 2>&1 || status=$?
    # 1: repaired, as was to be expected.
    if [ $status -gt 1 ]; then cat "$file.log" >&2; else status=0; fi
    [ $status -ne 0 ] || "$@" "$file.repaired" || status=$?
    rm -f "$file.log" "$file.repaired"
    return $status
  fi
  "$@" "$file"
}
replayed() {
  local how="-E journal_only"
  # Without a journal there is nothing to replay, and only a full check makes it readable.
  [ "$variant" != unclean-no-journal ] || how=-f
  repaired "$1" "$how" "${@:2}"
}

check_volume() {
  local journal=()
  [ ! -e "$(dirname "$1")/journal" ] || journal=(-j "$(dirname "$1")/journal")
  repaired "$1" -f e2fsck -fn "${journal[@]}"
}

list_files() {
  local tree; tree=$(mktemp -d)
  debugfs -R "rdump / $tree" "$1" >/dev/null 2>&1
  (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 openssl dgst -r -sha256
    find . -printf '%y %m %l %p\n' | sort
    for name in deep/big-1 deep/big-2; do debugfs -R "ea_list $name" "$1" 2>/dev/null; done)
  rm -rf "$tree"
}
manifest() { replayed "$1" list_files; }

used_oracle() { replayed "$1" "$ext/used-blocks"; }

# Gaps below 64 KiB are filled in; a log leaves what it frees. The rest must not be copied.
most_used() {
  local slack=1048576
  [ "$(expect_state "$1")" = clean ] || slack=4194304
  replayed "$2" "$ext/used-blocks" 65536 | awk -v slack=$slack '{s += $2} END {printf "%d", s + slack}'
}
